"""One entry with its ties, and what changed since a moment: answers for screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.journal import AskSince, SinceFound
from contracts.logbook import EntryFound, ReadEntry
from services.logbook import items, lookups, since, store
from services.logbook.decide import refuse_unknown
from services.logbook.lookups import Listed
from services.logbook.roles import READERS
from services.logbook.tables import EntryRow
from services.platform.unit import View

MOST_TIES = 20


def read_entry(view: View, question: ReadEntry) -> EntryFound:
    """An entry and what it is tied to."""
    view.require(*READERS)
    session, territory, number = view.session, view.message.territory, question.number
    (row, words) = next(iter(lookups.entries(session, territory, [number])), None) or refuse_unknown(number)
    corrections = lookups.correcting(session, territory, number, MOST_TIES + 1)
    about = _about(view, row)
    erases = lookups.entries(session, territory, row.erases[:MOST_TIES])
    tied = _Shown(view)
    return EntryFound(
        entry=tied.one((row, words)),
        cause=tied.maybe(lookups.of_fact(session, territory, row.cause) if row.cause else None),
        corrects=tied.maybe(next(iter(lookups.entries(session, territory, [row.corrects])), None))
        if row.corrects
        else None,
        corrections=tied.many(corrections),
        erases=tied.many(erases),
        erased_by=tied.maybe(lookups.redaction_of(session, territory, number)) if words is None else None,
        about=tied.many(about),
        left_out=sum(max(0, len(found) - MOST_TIES) for found in (corrections, row.erases, about)),
    )


def _about(view: View, row: EntryRow) -> list[Listed]:
    """What this entry comments, what comments the same one, what comments this one; in order, each once."""
    session, territory = view.session, view.message.territory
    found = lookups.commenting(session, territory, row.number, MOST_TIES + 1)
    if row.about is not None:
        found += lookups.entries(session, territory, [row.about])
        found += lookups.commenting(session, territory, row.about, MOST_TIES + 2)
    once = {entry.number: (entry, words) for entry, words in found if entry.number != row.number}
    return [once[number] for number in sorted(once)]


class _Shown:
    """Entries as lists show them, each with its last correction."""

    def __init__(self, view: View) -> None:
        self._view = view

    def many(self, found: Sequence[Listed]) -> tuple[dict[str, Any], ...]:
        found = found[:MOST_TIES]
        numbers = [row.number for row, _ in found]
        fixed = store.corrections(self._view.session, self._view.message.territory, numbers) if numbers else {}
        return tuple(items.list_item(row, words.text if words else None, fixed.get(row.number)) for row, words in found)

    def one(self, found: Listed) -> dict[str, Any]:
        return self.many([found])[0]

    def maybe(self, found: Listed | None) -> dict[str, Any] | None:
        return self.one(found) if found else None


def ask_since(view: View, question: AskSince) -> SinceFound:
    """What matters among the entries written after a moment; the cost is bounded whatever the absence."""
    view.require(*READERS)
    session, territory = view.session, view.message.territory
    now, _ = store.head_at(session, territory, None, None)
    then, _ = store.head_at(session, territory, None, question.since)
    seen = lookups.seen_after(session, territory, then, since.MOST_READ)
    numbers, left_out = since.choose(seen)
    chosen = lookups.entries(session, territory, numbers) if numbers else []
    fixed = store.corrections(session, territory, numbers) if numbers else {}
    types = since.types_of(seen)
    return SinceFound(
        since=question.since,
        number_then=then,
        number_now=max(now, then),
        kinds=since.kinds_of(seen),
        types=types,
        told=since.told(types),
        entries=tuple(
            items.list_item(row, words.text if words else None, fixed.get(row.number)) for row, words in chosen
        ),
        left_out=left_out,
        unread=max(0, now - then - len(seen)),
    )
