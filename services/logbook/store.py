"""Every query of the journal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contracts.logbook import EntryKind, ListEntries
from services.logbook.chain import GENESIS
from services.logbook.tables import EntryRow, EntryTextRow, ErasedTextRow, HeadRow, KeptTextRow, MissingTextRow
from services.platform.appending import flush
from services.platform.tables import TextRow


def fold(text: str) -> str:
    """Lower case without accents, so that « epinay » finds « Épinay » on both databases."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def head_of(session: Session, territory: str) -> HeadRow:
    """The head of a chain, to move forward; created with the first entry."""
    head = session.get(HeadRow, territory)
    if head is None:
        head = HeadRow(territory=territory)
        session.add(head)
        flush(session)  # the next entry of the same batch finds it by its key
    return head


def entry(session: Session, territory: str, number: int) -> EntryRow | None:
    """One entry by number, those of the current batch included."""
    flush(session)
    return session.get(EntryRow, (territory, number))


def fact_is_entered(session: Session, fact: str) -> bool:
    """Whether a fact already has its entry (asked of replayed facts only)."""
    return session.execute(select(EntryRow.number).where(EntryRow.fact == fact)).first() is not None  # type: ignore[call-overload]


def text_of(session: Session, text_id: str) -> EntryTextRow | None:
    """The words of an entry; empty once erased."""
    flush(session)
    return session.get(EntryTextRow, text_id)


def look_up_erased(session: Session, ids: Sequence[str]) -> None:
    """Remember, for this transaction, which of these references were erased: one query for a whole batch."""
    looked: dict[str, bool] = session.info.setdefault("logbook.erased", {})
    unknown = [ref for ref in ids if ref not in looked]
    if unknown:
        erased = set(session.execute(select(ErasedTextRow.id).where(_in(ErasedTextRow.id, unknown))).scalars())  # type: ignore[call-overload]
        looked.update({ref: ref in erased for ref in unknown})


def erased_among(session: Session, ids: Sequence[str]) -> set[str]:
    """Which of these references a person erased, those of the current batch included."""
    look_up_erased(session, ids)
    return {ref for ref in ids if session.info["logbook.erased"][ref]}


def copies_of(session: Session, ids: Sequence[str]) -> dict[str, KeptTextRow]:
    """A copy of each of these references that the journal keeps."""
    flush(session)
    rows = session.execute(select(KeptTextRow).where(_in(KeptTextRow.id, ids))).scalars()
    return {row.id: row for row in rows}


def kept_texts(session: Session, territory: str, ids: Sequence[str]) -> list[KeptTextRow]:
    """One copy of each reference kept in a territory."""
    query = select(KeptTextRow).where(KeptTextRow.territory == territory, KeptTextRow.id.in_(ids))  # type: ignore[arg-type,attr-defined]
    return list({row.id: row for row in session.execute(query).scalars()}.values())


def entries_sharing(session: Session, territory: str, number: int) -> tuple[list[int], list[str]]:
    """Entries that repeat a text of this one, itself included, and the references they share with it."""
    mine = [KeptTextRow.territory == territory, KeptTextRow.number == number]
    ids = list(session.execute(select(KeptTextRow.id).where(*mine)).scalars())  # type: ignore[call-overload]
    shared = select(KeptTextRow.number).where(KeptTextRow.territory == territory, KeptTextRow.id.in_(ids))  # type: ignore[call-overload,attr-defined]
    return sorted({number, *session.execute(shared).scalars()}), ids


def _in(column: Any, values: Sequence[Any]) -> Any:
    """``column IN values``: SQLModel types its columns as plain values."""
    return column.in_(values)


def erase(session: Session, territory: str, numbers: Sequence[int], ids: Sequence[str]) -> list[str]:
    """Delete every copy of these references, and the words of these entries. Returns all the ids that are gone."""
    where = (EntryRow.territory == territory, EntryRow.number.in_(numbers))  # type: ignore[attr-defined]
    text_ids = list(session.execute(select(EntryRow.text_id).where(*where)).scalars())  # type: ignore[call-overload]
    gone = sorted({*text_ids, *ids})
    for words in (EntryTextRow, TextRow):
        session.execute(delete(words).where(_in(words.id, gone)))
    for copies in (KeptTextRow, MissingTextRow):
        here: Any = copies.territory == territory
        session.execute(delete(copies).where(here, _in(copies.number, numbers)))
        session.execute(delete(copies).where(here, _in(copies.id, gone)))
    known = erased_among(session, gone)
    session.add_all(ErasedTextRow(id=ref, territory=territory, number=numbers[0]) for ref in gone if ref not in known)
    session.info["logbook.erased"].update(dict.fromkeys(gone, True))
    return gone


def missing_due(session: Session, now: datetime, limit: int = 200) -> list[MissingTextRow]:
    """Texts to ask for again, longest waiting first."""
    query = select(MissingTextRow).where(MissingTextRow.next_at <= now).order_by(MissingTextRow.next_at).limit(limit)  # type: ignore[arg-type]
    return list(session.execute(query).scalars())


def listed(session: Session, territory: str, question: ListEntries) -> list[tuple[EntryRow, EntryTextRow | None]]:
    """Entries of a page and one more, with their words."""
    number: Any = EntryRow.number
    query = (
        select(EntryRow, EntryTextRow)
        .outerjoin(EntryTextRow, EntryTextRow.id == EntryRow.text_id)  # type: ignore[arg-type]
        .where(EntryRow.territory == territory, *_filters(question))  # type: ignore[arg-type]
        .order_by(number if question.ascending else number.desc())
        .limit(question.limit + 1)
    )
    alone = _filtered_alone(question)
    if alone is not None:
        query = query.where(number.in_(_numbers(session, territory, question, alone)))
    return [(row, words) for row, words in session.execute(query)]


def _filtered_alone(question: ListEntries) -> list[Any] | None:
    """The conditions, when one index answers them all: some kinds, or a crisis, and nothing else."""
    others = (question.author, question.words, question.first, question.last)
    if any(other is not None for other in others):
        return None
    row: Any = EntryRow
    kinds = kinds_asked(question)
    if kinds and question.crisis is None:
        return [row.kind == kind for kind in kinds]
    return [row.crisis == question.crisis] if question.crisis is not None and not kinds else None


def _numbers(session: Session, territory: str, question: ListEntries, conditions: list[Any]) -> list[int]:
    """Numbers of a page, condition by condition: for whole rows, or for a list, SQLite passes over the index."""
    number: Any = EntryRow.number
    found: list[int] = []
    for condition in conditions:
        query = select(number).where(EntryRow.territory == territory, condition, *_bounds(question))  # type: ignore[arg-type]
        ordered = query.order_by(number if question.ascending else number.desc())
        found += session.execute(ordered.limit(question.limit + 1)).scalars()
    return sorted(found, reverse=not question.ascending)[: question.limit + 1]


def kinds_asked(question: ListEntries) -> list[str]:
    """The kinds of a comma list, each once; no more than there are, whatever was typed."""
    asked = dict.fromkeys(kind.strip() for kind in (question.kind or "").split(",") if kind.strip())
    return list(asked)[: len(EntryKind)]


def _bounds(question: ListEntries) -> Iterable[Any]:
    number: Any = EntryRow.number
    if question.after is not None:
        yield number > question.after
    if question.cursor:
        yield number > int(question.cursor) if question.ascending else number < int(question.cursor)


def _filters(question: ListEntries) -> Iterable[Any]:
    row: Any = EntryRow
    folded: Any = EntryTextRow.folded
    dated = row.written_at if question.dated == "written" else row.occurred_at
    wanted: list[tuple[Any, Callable[[Any], Any]]] = [
        (kinds_asked(question) or None, row.kind.in_),
        (question.author, row.author.__eq__),
        (question.crisis, row.crisis.__eq__),
        (question.first, dated.__ge__),
        (question.last, dated.__lt__),
        (question.words, lambda words: folded.contains(fold(words), autoescape=True)),
    ]
    return [*_bounds(question), *(condition(value) for value, condition in wanted if value is not None)]


def corrections(session: Session, territory: str, numbers: Sequence[int]) -> dict[int, int]:
    """The last correction of each of these entries."""
    query = select(EntryRow.corrects, func.max(EntryRow.number)).where(  # type: ignore[call-overload]
        EntryRow.territory == territory,
        EntryRow.corrects.in_(numbers),  # type: ignore[union-attr]
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(EntryRow.corrects))}


def slice_after(
    session: Session,
    territory: str,
    after: int,
    limit: int,
    *,
    first: datetime | None = None,
    last: datetime | None = None,
) -> list[tuple[EntryRow, EntryTextRow | None]]:
    """Entries above a number, in order, with their words; ``first`` and ``last`` bound the time of writing."""
    row: Any = EntryRow
    query = (
        select(EntryRow, EntryTextRow)
        .outerjoin(EntryTextRow, EntryTextRow.id == EntryRow.text_id)  # type: ignore[arg-type]
        .where(row.territory == territory, row.number > after)
    )
    if first is not None:
        query = query.where(row.written_at >= first)
    if last is not None:
        query = query.where(row.written_at < last)
    return [(entry, words) for entry, words in session.execute(query.order_by(row.number).limit(limit))]


def head_at(session: Session, territory: str, number: int | None, before: datetime | None) -> tuple[int, str]:
    """Number and hash of the last entry, or of the last one at or under ``number``, or written up to ``before``."""
    row: Any = EntryRow
    query = select(EntryRow.number, EntryRow.hash).where(row.territory == territory)  # type: ignore[call-overload]
    if number is not None:
        query = query.where(row.number <= number)
    if before is not None:
        query = query.where(row.written_at <= before)
    found = session.execute(query.order_by(row.written_at.desc(), row.number.desc()).limit(1)).first()
    return (found[0], found[1]) if found else (0, GENESIS)
