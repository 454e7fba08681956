"""Figures of a period, by day, commune and profession: the table the ARS asks for. Pure.

Each total equals the sum of the points: both count the same rows with the same rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from contracts.digests import AskFigures, FigureRow, FiguresFound
from services.digests.book import KNOWN_LABELS, Book, label_of, profession_of, source_of
from services.digests.figures import TENSIONS, capacity, certificates
from services.digests.known import World
from services.platform.territory import Territory

REGISTERS = {
    "places": "Places de crise ouvertes",
    "places_prises": "Places de crise prises",
    "certificats_demandes": "Certificats de décès demandés",
    "certificats_faits": "Certificats de décès faits",
} | {f"tension_{kind}": f"Tensions : {names[1]}" for kind, names in TENSIONS.items()}


class Cell(NamedTuple):
    """What a value is about; a dimension not asked for is empty."""

    indicator: str
    day: date | None
    commune: str | None
    profession: str | None
    crisis: str | None = None


def figures_of_period(world: World, territory: Territory, question: AskFigures, *, up_to: int) -> FiguresFound:
    """Every figure between two days, both included."""
    days = [question.first + timedelta(days=ahead) for ahead in range((question.last - question.first).days + 1)]
    book = Book(world)
    values: dict[Cell, int] = defaultdict(int)
    for indicator, day, commune, profession, crisis, value in [*_reports(world), *_registers(world, territory, days)]:
        values[_cell(question, indicator, day, commune, profession, crisis)] += value
    rows = [_row(book, cell, value, days) for cell, value in values.items()]
    rows += [_row(book, cell, None, days) for cell in _missing(book, question, days, values)]
    rows.sort(
        key=lambda row: (
            row.day or date.min, row.commune or "", _rank(row.indicator), row.profession or "", row.crisis or "",
        )
    )  # fmt: skip
    return FiguresFound(rows=tuple(rows), up_to=up_to, extra={"episode": _episode(world, territory, days)})


def _cell(
    question: AskFigures, indicator: str, day: date, commune: str, profession: str | None, crisis: str | None = None
) -> Cell:
    return Cell(
        indicator,
        day if "day" in question.by else None,
        commune if "commune" in question.by else None,
        profession if "profession" in question.by else None,
        crisis if "crisis" in question.by else None,
    )


#: Indicator, day, commune, profession, plan of the crisis, value.
Value = tuple[str, date, str, str | None, str | None, int]


def _reports(world: World) -> Iterator[Value]:
    for row in world.all("report"):
        if row.day is not None:
            key = row.data["indicator"]
            yield key, row.day, row.data["commune"], profession_of(key), None, int(row.data["value"])


def _registers(world: World, territory: Territory, days: list[date]) -> Iterator[Value]:
    wanted = set(days)
    plans = {crisis.entity: crisis.data["playbook"] for crisis in world.all("crisis")}
    for row in world.all("slot"):
        found = capacity([row], territory)
        if row.day in wanted and found.places:
            where = (row.day, row.data["commune"], row.data["profession"], plans.get(row.data.get("crisis") or ""))
            yield "places", *where, found.places
            yield "places_prises", *where, found.booked
    for row in world.all("tension"):
        if row.day in wanted:
            yield f"tension_{row.data['kind']}", row.day, row.data["commune"], None, None, int(row.data.get("count", 1))
    for row in world.all("certificate"):
        found_certificate = certificates([row], territory)
        if row.day in wanted and found_certificate.requested:
            yield "certificats_demandes", row.day, row.data["commune"], None, None, found_certificate.requested
            yield "certificats_faits", row.day, row.data["commune"], None, None, found_certificate.signed


def _missing(book: Book, question: AskFigures, days: list[date], values: dict[Cell, int]) -> list[Cell]:
    """Cells where somebody was due and nobody sent anything: a row without value, never a zero."""
    present = {cell._replace(indicator=source_of(cell.indicator)) for cell in values}
    homes = {found.structure: found.commune for found in book.structures}
    sources = {name for found in book.structures for name in found.reporting.indicators}
    missing: dict[Cell, None] = {}
    for source in sorted(sources):
        for day in days:
            for structure in book.due(day, source):
                cell = _cell(question, source, day, homes[structure], profession_of(source))
                if cell not in present:
                    missing[cell] = None
    return list(missing)


def _row(book: Book, cell: Cell, value: int | None, days: list[date]) -> FigureRow:
    reported, due = (None, None) if cell.indicator in REGISTERS else _coverage(book, cell, days)
    label = REGISTERS.get(cell.indicator) or label_of(cell.indicator)
    return FigureRow(
        indicator=cell.indicator, label=label, day=cell.day, commune=cell.commune, profession=cell.profession,
        crisis=cell.crisis, value=value, reported=reported, due=due,
    )  # fmt: skip


def _coverage(book: Book, cell: Cell, days: list[date]) -> tuple[int, int]:
    inside = {found.structure for found in book.structures if cell.commune in {None, found.commune}}
    reported = due = 0
    for day in [cell.day] if cell.day else days:
        expected = book.due(day, cell.indicator) & inside
        due += len(expected)
        reported += len(expected & book.reporters(day, source_of(cell.indicator)))
    return reported, due


def _rank(indicator: str) -> tuple[int, str]:
    order = [*REGISTERS, *KNOWN_LABELS]
    return (order.index(indicator) if indicator in order else len(order), indicator)


def _episode(world: World, territory: Territory, days: list[date]) -> dict[str, Any]:
    """The crises of the period and how their level moved; the delays of certificates."""
    wanted = set(days)
    levels = [row.data for row in world.all("level") if row.day in wanted]
    signed = certificates([row for row in world.all("certificate") if row.day in wanted], territory)
    crises = [
        {"playbook": row.data["playbook"], "opened_at": row.data["opened_at"], "closed_at": row.data.get("closed_at")}
        for row in world.all("crisis")
        if datetime.fromisoformat(row.data["opened_at"]).astimezone(territory.zone).date() <= days[-1]
        and (not row.data.get("closed_at")
             or datetime.fromisoformat(row.data["closed_at"]).astimezone(territory.zone).date() >= days[0])
    ]  # fmt: skip
    changes = [{"playbook": data["playbook"], "from": data["from_level"], "to": data["level"], "at": data["changed_at"]}
               for data in levels]  # fmt: skip
    return {"crises": crises, "levels": changes, "certificates": signed.model_dump(mode="json")}
