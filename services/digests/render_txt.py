"""Plain text, and one SMS segment of 160 GSM-7 letters. Pure."""

from __future__ import annotations

from services.digests.point import Block, Point, Section, plain
from services.platform.french import NBSP, THIN, gsm7

SEGMENT = 160
ANNEX = "en annexe"


def render_sms(point: Point) -> str:
    """The most important pieces that fit one segment; the last ones are left out whole, never cut."""
    pieces = list(point.sms.pieces)
    while True:
        words = gsm7(plain(" ".join((point.sms.lead, *pieces, point.sms.last)))).replace("  ", " ").strip()
        if len(words) <= SEGMENT or not pieces:
            return words[:SEGMENT]
        pieces.pop()


def render_txt(point: Point) -> str:
    """The point as text: for a reader without a screen, and as the plain part of the mail."""
    parts = [point.title.upper(), plain(point.heading), plain(point.note), "", "L’ESSENTIEL"]
    parts += [f"{number}. {plain(line)}" for number, line in enumerate(point.essentiel, start=1)]
    parts += ["", plain(point.to_decide)]
    for number, section in enumerate(point.sections, start=1):
        parts += ["", f"{number}. {section.title.upper()} · {section.minutes} min", *_blocks(section)]
    for section in point.annexes:
        parts += ["", section.title.upper(), *_blocks(section)]
    parts += ["", plain(point.foot), "", "SMS", render_sms(point), ""]
    return "\n".join(parts)


def _blocks(section: Section) -> list[str]:
    return [line for block in section.blocks for line in _block(block)]


def _block(block: Block) -> list[str]:
    if block.kind == "table":
        lines = [" | ".join(plain(cell) for cell in row) for row in (block.columns, *block.rows)]
    else:
        mark = "- " if block.kind == "list" else ""
        lines = [mark + plain(line) for line in block.lines]
    if block.left_out:
        lines.append(left_out(block.left_out))
    return lines


def left_out(count: int, where: str = ANNEX) -> str:
    """What stands for the lines a page does not hold."""
    return f"… et {count}{NBSP}{'autre' if count == 1 else 'autres'} {where}".replace(THIN, NBSP)
