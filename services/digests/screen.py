"""The figures of the situation screen, from the lines a point prints and the same counting."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from contracts.base import Envelope, Role
from contracts.figures import (
    AskBoardFigures,
    BoardFigures,
    BoardPoint,
    BoardRow,
    FreePlaces,
    MissingStructure,
    PlacesThen,
)
from contracts.logbook import AskHead, HeadFound
from services.digests import known, store
from services.digests.answers import allow, is_inside
from services.digests.book import Book
from services.digests.figures import compute
from services.digests.known import World
from services.digests.lines import MISSING, NONE, Line, awaited_lines, change_words, coverage_words, figure_lines
from services.digests.numbers import Figures
from services.digests.service import SERVICE
from services.digests.store import DigestRow
from services.platform import french
from services.platform.calendar import day_bounds
from services.platform.errors import Forbidden, Invalid, Refused
from services.platform.territory import Territory
from services.platform.unit import Worker

READERS = (Role.COORDINATOR, Role.REFERENT, Role.READER, Role.ARS, Role.SAMU)
KINDS = frozenset({"slot", "report", "tension", "certificate", "structure", "crisis"})
POINTS = 5
A_WEEK = 8


@dataclass(frozen=True, slots=True)
class _Read:
    as_of: datetime
    world: World
    said: DigestRow | None
    points: list[store.PointCard]


@SERVICE.answers(AskBoardFigures)
async def ask_board_figures(worker: Worker, envelope: Envelope, question: AskBoardFigures) -> BoardFigures:
    """Yesterday and the eve, the places of the day; names of silent structures for the cell only."""
    caller = allow(envelope)
    if caller.kind != "platform" and not caller.has(*READERS):
        raise Forbidden()
    inside = is_inside(caller)
    territory, now = worker.territories[envelope.territory], worker.clock.now()
    today = now.astimezone(territory.zone).date()
    day = question.day or today
    if day > today:
        raise Invalid("Ce jour est à venir : il n'a pas encore de chiffres.")
    found, number = await asyncio.gather(
        worker.read(lambda session: _read(session, territory, day, now, inside=inside)), _head(worker, envelope)
    )
    return board_figures(found, territory, day, now, number, inside=inside)


def _read(session: Session, territory: Territory, day: date, now: datetime, *, inside: bool) -> _Read:
    name = territory.territory
    point = store.daily(session, name, day)
    published = point if point is not None and point.published_at else None
    _, end = day_bounds(day, territory.zone)
    as_of = now + known.INSTANT if now < end else published.as_of if published else end
    said = published if published and (inside or published.status == "validé") else None
    world = known.read_world(session, name, as_of, day - timedelta(days=2), day, KINDS)
    return _Read(as_of, world, said, store.last_points(session, name, POINTS, validated=not inside))


async def _head(worker: Worker, envelope: Envelope) -> int:
    try:
        return (await worker.ask(AskHead(), HeadFound, territory=envelope.territory)).number
    except Refused:  # the logbook is down: the figures stand without its number
        return 0


def board_figures(
    found: _Read, territory: Territory, day: date, now: datetime, up_to: int, *, inside: bool
) -> BoardFigures:
    """What was read, counted and put in lines."""
    book = Book(found.world)
    figures = compute(found.world, territory, day, book)
    asked = not figures.empty or _crisis_then(found.world, territory, figures.day)
    lines = [*figure_lines(figures), *(awaited_lines(figures) if asked else ())]
    cover = figures.coverage
    silent = cover.missing if asked else ()
    names = {row.entity: str(row.data["name"]) for row in found.world.all("structure")}
    return BoardFigures(
        day=day, figures_of=figures.day, eve=figures.eve, as_of=_shown(found.as_of), up_to=up_to,
        empty=figures.empty, rows=tuple(board_row(line, figures) for line in lines), free=_free(found, figures),
        reported=cover.reported, due=cover.due, missing=len(silent),
        missing_structures=tuple(
            MissingStructure(structure=name, name=names.get(name, name)) for name in silent if inside
        ),
        enrolled=cover.enrolled, closed=cover.closed, other_pace=cover.other_pace,
        points=tuple(BoardPoint(**point._asdict()) for point in found.points),
        next_expected_at=next_expected(book, territory, now),
    )  # fmt: skip


def _shown(as_of: datetime) -> datetime:
    """``now`` is read with the instant that includes it; a person is told the moment itself."""
    return as_of.replace(microsecond=0)


def _crisis_then(world: World, territory: Territory, day: date) -> bool:
    """Whether a crisis open now was open on that day: before it, nobody was asked for anything."""
    opened = [datetime.fromisoformat(row.data["opened_at"]) for row in world.standing("crisis")]
    return any(moment.astimezone(territory.zone).date() <= day for moment in opened)


def board_row(line: Line, figures: Figures) -> BoardRow:
    """A line as the screen shows it."""
    item = line.item
    missing = item is not None and item.value is None and item.due > 0
    missing_eve = item is not None and item.before is None and item.due_before > 0
    return BoardRow(
        key=line.key, label=line.label, day=line.day, eve=line.eve, indent=line.indent,
        day_words=_words(line.day, line.day_words, missing=missing),
        eve_words=_words(line.eve, line.eve_words, missing=missing_eve),
        change_words=change_words(item), coverage_words=coverage_words(line),
        reported=item.reported if item else None, due=item.due if item else None,
        reported_eve=item.reported_before if item else None, due_eve=item.due_before if item else None,
        missing=missing, missing_eve=missing_eve,
        corrected_at=_corrected(line, figures, figures.day), corrected_eve_at=_corrected(line, figures, figures.eve),
    )  # fmt: skip


def _words(value: int | None, words: str, *, missing: bool) -> str:
    if value is None:
        return MISSING if missing else NONE
    return words or french.number(value)


def _corrected(line: Line, figures: Figures, day: date) -> datetime | None:
    if line.item is None:
        return None
    return max((fix.at for fix in figures.corrections if fix.day == day and fix.label == line.label), default=None)


def _free(found: _Read, figures: Figures) -> FreePlaces:
    today = figures.capacity_today
    return FreePlaces(
        as_of=_shown(found.as_of), places=today.places, booked=today.booked, free=today.free,
        free_evening=today.free_evening, activable=today.activable, said=_said(found.said),
    )  # fmt: skip


def _said(row: DigestRow | None) -> PlacesThen | None:
    then = ((row.content.get("figures") or {}).get("capacity_today") if row else None) or None
    if row is None or then is None:
        return None
    return PlacesThen(
        digest=row.id, number=row.number, as_of=row.as_of, places=then["places"], free=then["free"],
        free_evening=then["free_evening"],
    )  # fmt: skip


def next_expected(book: Book, territory: Territory, now: datetime) -> datetime | None:
    """When figures are next awaited: the morning after a day that somebody owes, as the working day starts."""
    yesterday = now.astimezone(territory.zone).date() - timedelta(days=1)
    for ahead in range(A_WEEK):
        day = yesterday + timedelta(days=ahead)
        hour = datetime.combine(day + timedelta(days=1), territory.hours.working_start, territory.zone)
        if hour > now and book.due(day):
            return hour
    return None
