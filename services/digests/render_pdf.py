"""PDF by typst, tagged PDF/UA-1, fonts from the wheel: two A4 pages at most, whatever there is to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.digests.point import Block, Point, Section, plain, spans
from services.digests.render_txt import ANNEX, left_out
from services.platform.french import clip
from services.platform.printing import print_pdf

TEMPLATES = Path(__file__).parent / "templates"
PAGES = 2
ON_SCREEN = "à l’écran"
#: Tries, the fullest first: size in points, rows of a table, lines of a list, letters of a cell,
#: then rows of an annex table and how many annexes, the actions (already above) left out first.
TIGHTER = (
    (10.4, 99, 99, 400, 40, 3),
    (10.2, 99, 99, 400, 12, 3),
    (10.2, 99, 99, 400, 12, 2),
    (10.2, 99, 99, 400, 6, 1),
    (10.2, 99, 99, 400, 0, 0),
    (9.8, 7, 7, 260, 0, 0),
    (9.4, 5, 6, 180, 0, 0),
    (9.0, 4, 5, 130, 0, 0),
    (8.6, 3, 4, 90, 0, 0),
    (8.4, 2, 3, 60, 0, 0),
)
LEFT_OUT_FIRST = "annexe-actions"


def compile_pdf(template: str, data: dict[str, Any], *, pages: bool = False) -> tuple[bytes, int]:
    """A template of this package with its data; the bytes and how many pages (0 when not asked)."""
    return print_pdf(TEMPLATES / template, data, pages=pages)


def render_pdf(point: Point) -> bytes:
    """The point on two pages: rows that do not fit are counted and left to the annex."""
    pdf = b""
    preferred = sorted(point.annexes, key=lambda part: part.key == LEFT_OUT_FIRST)
    for size, rows, lines, letters, annex_rows, annexes in TIGHTER:
        kept = preferred[:annexes]
        data = _data(point, size, rows, lines, letters)
        data["annexes"] = [
            _section(part, annex_rows, annex_rows, letters, ON_SCREEN) for part in point.annexes if part in kept
        ]
        if len(kept) < len(point.annexes):
            data["foot_short"] += f" · autres annexes {ON_SCREEN}" if kept else f" · annexes {ON_SCREEN}"
        pdf, count = compile_pdf("point.typ", data, pages=True)
        if count <= PAGES:
            break
    return pdf


def rich(text: str) -> list[dict[str, Any]]:
    """Runs of a text, as the template reads them."""
    return [{"t": span.text, "b": span.bold, "i": span.italic} for span in spans(text)]


def _data(point: Point, size: float, rows: int, lines: int, letters: int) -> dict[str, Any]:
    return {
        "title": plain(point.title),
        "title_spans": rich(point.title),
        "place": point.place,
        "date": [point.day.year, point.day.month, point.day.day],
        "size": size,
        "mode": "EXERCICE" if point.exercise else "RÉEL",
        "heading": rich(point.heading.rsplit(" · ", 1)[0]),
        "note": rich(point.note),
        "essentiel": [rich(_cut(line, max(letters, 220))) for line in point.essentiel],
        "to_decide": rich(point.to_decide),
        "sections": [_section(section, rows, lines, letters) for section in point.sections],
        "annexes": [],
        "foot": rich(point.foot),
        "foot_short": f"{point.place} · point n° {point.number} · {point.version}",
    }  # fmt: skip


def _section(section: Section, rows: int, lines: int, letters: int, where: str = ANNEX) -> dict[str, Any]:
    blocks = [_block(block, rows, lines, letters, where) for block in section.blocks if block.lines or block.rows]
    return {"title": section.title, "minutes": section.minutes, "blocks": blocks}


def _cut(text: str, letters: int) -> str:
    """A text shortened without breaking its marks: an overlong one loses them."""
    return text if len(text) <= letters else clip(plain(text), letters)


def _block(block: Block, rows: int, lines: int, letters: int, where: str) -> dict[str, Any]:
    shown, said = block.rows[:rows], block.lines[:lines]
    hidden = block.left_out + len(block.rows) - len(shown) + len(block.lines) - len(said)
    return {
        "kind": block.kind,
        "caption": plain(block.caption),
        "columns": [rich(column) for column in block.columns],
        "widths": list(block.widths) or [1] * len(block.columns),
        "rows": [[rich(_cut(cell, letters)) for cell in row] for row in shown],
        "lines": [rich(_cut(line, max(letters, 2 * letters))) for line in said],
        "left_out": left_out(hidden, where) if hidden else "",
    }
