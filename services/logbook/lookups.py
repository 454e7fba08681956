"""Queries behind one entry and its ties, and behind what changed since. Each follows an index and is bounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.logbook import EntryKind, TextRedacted
from services.logbook.since import Seen
from services.logbook.tables import EntryRow, EntryTextRow

Listed = tuple[EntryRow, EntryTextRow | None]
#: Corrections looked through to find the one that erased an entry: they are rare.
_MOST_CORRECTIONS = 500


def entries(session: Session, territory: str, numbers: Sequence[int]) -> list[Listed]:
    """These entries in order of number, with their words; one that does not exist is left out."""
    row: Any = EntryRow
    query = (
        select(EntryRow, EntryTextRow)
        .outerjoin(EntryTextRow, EntryTextRow.id == EntryRow.text_id)  # type: ignore[arg-type]
        .where(row.territory == territory, row.number.in_(numbers))
        .order_by(row.number)
    )
    return [(entry, words) for entry, words in session.execute(query)] if numbers else []


def of_fact(session: Session, territory: str, fact: str) -> Listed | None:
    """The entry of a fact of this territory."""
    return next(iter(entries(session, territory, _numbers(session, territory, EntryRow.fact, fact, 1))), None)


def correcting(session: Session, territory: str, number: int, limit: int) -> list[Listed]:
    """Corrections of an entry."""
    return entries(session, territory, _numbers(session, territory, EntryRow.corrects, number, limit))


def commenting(session: Session, territory: str, number: int, limit: int) -> list[Listed]:
    """Entries written about this one."""
    return entries(session, territory, _numbers(session, territory, EntryRow.about, number, limit))


def redaction_of(session: Session, territory: str, number: int) -> Listed | None:
    """The entry that says who erased the words of this one, and why."""
    row: Any = EntryRow
    kind = str(EntryKind.CORRECTION)
    numbers = _numbers(session, territory, EntryRow.kind, kind, _MOST_CORRECTIONS, newest=True)
    query = select(row.number, row.erases).where(
        row.territory == territory, row.number.in_(numbers), row.fact_type == TextRedacted.type_name()
    )
    said = next((redaction for redaction, erased in session.execute(query) if number in erased), None)
    return next(iter(entries(session, territory, [said])), None) if said else None


def seen_after(session: Session, territory: str, number: int, limit: int) -> list[Seen]:
    """The newest ``limit`` entries above a number, as the rule of what matters looks at them."""
    row: Any = EntryRow
    query = (
        select(row.number, row.kind, row.fact_type)
        .where(row.territory == territory, row.number > number)
        .order_by(row.number.desc())
        .limit(limit)
    )
    return [Seen(*found) for found in session.execute(query)]


def _numbers(
    session: Session, territory: str, column: Any, value: Any, limit: int, *, newest: bool = False
) -> list[int]:
    """Numbers of the entries with this value: asked alone, since for whole rows SQLite passes over the index."""
    number: Any = EntryRow.number
    query = select(number).where(EntryRow.territory == territory, column == value)  # type: ignore[arg-type]
    return list(session.execute(query.order_by(number.desc() if newest else number).limit(limit)).scalars())
