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
#: Redactions looked through to find the one that erased an entry: they are rare.
_MOST_REDACTIONS = 500


def entries(session: Session, territory: str, numbers: Sequence[int]) -> list[Listed]:
    """These entries in order of number, with their words; one that does not exist is left out."""
    row: Any = EntryRow
    return _with_words(session, [row.territory == territory, row.number.in_(numbers)], len(numbers))


def of_fact(session: Session, territory: str, fact: str) -> Listed | None:
    """The entry of a fact of this territory."""
    row: Any = EntryRow
    found = _with_words(session, [row.territory == territory, row.fact == fact], 1)
    return found[0] if found else None


def correcting(session: Session, territory: str, number: int, limit: int) -> list[Listed]:
    """Corrections of an entry."""
    row: Any = EntryRow
    return _with_words(session, [row.territory == territory, row.corrects == number], limit)


def commenting(session: Session, territory: str, numbers: Sequence[int], limit: int) -> list[Listed]:
    """Entries written about these."""
    row: Any = EntryRow
    return _with_words(session, [row.territory == territory, row.about.in_(numbers)], limit)


def redaction_of(session: Session, territory: str, number: int) -> Listed | None:
    """The entry that says who erased the words of this one, and why."""
    row: Any = EntryRow
    query = select(row.number, row.erases).where(
        row.territory == territory,
        row.kind == str(EntryKind.CORRECTION),
        row.number > number,
        row.fact_type == TextRedacted.type_name(),
    )
    found = session.execute(query.order_by(row.number).limit(_MOST_REDACTIONS))
    said = next((redaction for redaction, erased in found if number in erased), None)
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


def _with_words(session: Session, conditions: list[Any], limit: int) -> list[Listed]:
    row: Any = EntryRow
    query = (
        select(EntryRow, EntryTextRow)
        .outerjoin(EntryTextRow, EntryTextRow.id == EntryRow.text_id)  # type: ignore[arg-type]
        .where(*conditions)
        .order_by(row.number)
        .limit(limit)
    )
    return [(entry, words) for entry, words in session.execute(query)]
