"""Every fact becomes an entry: its texts are asked of their owner before, and asked again when they did not come."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Envelope, Text, TextRef
from contracts.logbook import EntryKind
from services.logbook import store, writing
from services.logbook.decide import (
    OWN_FACTS,
    Draft,
    chunks,
    complement_text,
    draft_of_fact,
    references,
    told_by_another,
    words_of,
)
from services.logbook.sentences.words import ERASED, NOT_RECEIVED
from services.logbook.tables import MissingTextRow
from services.platform.errors import Refused
from services.platform.unit import Unit, Worker

#: A text is 4 000 letters at most when typed, a bulletin somewhat more: fifty stay well under a bus message.
TEXTS_PER_QUESTION = 50


@dataclass(slots=True)
class Gathered:
    """Texts the owners gave, and the owners (source, territory) that did not answer."""

    texts: dict[str, Text] = field(default_factory=dict)
    silent: set[tuple[str, str]] = field(default_factory=set)


async def gather_texts(worker: Worker, messages: Sequence[tuple[Envelope, Any]]) -> Gathered:
    """Ask each owner once for all the texts of a batch."""
    wanted: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for envelope, _ in messages:
        if envelope.type not in OWN_FACTS and envelope.caller is None:  # a command carries its words itself
            wanted[envelope.source, envelope.territory].update(dict.fromkeys(references(envelope.data)))
    return await _ask(worker, {owner: list(ids) for owner, ids in wanted.items() if ids})


async def _ask(worker: Worker, wanted: dict[tuple[str, str], list[str]]) -> Gathered:
    gathered = Gathered()

    async def ask(owner: tuple[str, str], ids: tuple[str, ...]) -> None:
        try:
            gathered.texts.update(await worker.ask_texts(owner[0], ids, territory=owner[1]))
        except Refused:
            gathered.silent.add(owner)

    asked = [ask(owner, part) for owner, ids in wanted.items() for part in chunks(ids, TEXTS_PER_QUESTION)]
    await asyncio.gather(*asked)
    return gathered


def enter(unit: Unit, envelope: Envelope) -> None:
    """Write the entry of a fact, known or not."""
    if envelope.type in OWN_FACTS or told_by_another(envelope):
        return
    if unit.replayed and store.fact_is_entered(unit.session, envelope.id):
        return
    refs = references(envelope.data)
    found, erased = _texts(unit, refs)
    words = {ref: _words(ref, digest, found, erased) for ref, digest in refs.items()}
    draft = draft_of_fact(envelope, words, unit.territories.get(envelope.territory))
    row = writing.write(unit, envelope.territory, draft)
    for ref, digest in refs.items():
        if ref in found:
            writing.keep_copy(unit, row.territory, row.number, found[ref])
        elif ref not in erased:
            writing.ask_later(unit, row, envelope.source, TextRef(id=ref, sha256=digest))


def preload(session: Session, messages: Sequence[tuple[Envelope, Any]]) -> None:
    """Look up once, for the whole batch, which references a person erased."""
    refs = [ref for envelope, _ in messages if envelope.caller is None for ref in references(envelope.data)]
    store.look_up_erased(session, refs)


def _texts(unit: Unit, refs: dict[str, str]) -> tuple[dict[str, Text], set[str]]:
    # Its owner may still give a text erased here: the erasure travels to it as a fact.
    erased = store.erased_among(unit.session, list(refs))
    given = unit.prepared.texts if isinstance(unit.prepared, Gathered) else {}
    found = {ref: given[ref] for ref in refs if ref in given and ref not in erased}
    missing = [ref for ref in refs if ref not in found and ref not in erased]
    if missing:
        # A proposal repeats the texts of the alert behind it: this journal has them already.
        kept = store.copies_of(unit.session, missing)
        found.update({ref: Text(id=ref, salt=row.salt, text=row.text) for ref, row in kept.items()})
    return found, erased


def _words(ref: str, digest: str, found: dict[str, Text], erased: set[str]) -> str:
    if ref in found:
        return words_of(found[ref], digest)
    return ERASED if ref in erased else NOT_RECEIVED


async def fetch_missing(worker: Worker) -> None:
    """Ask again for the texts that did not come, and complete their entries."""
    due = await worker.read(lambda session: store.missing_due(session, worker.clock.now()))
    if not due:
        await worker.pause(5)
        return
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in due:
        wanted[row.source, row.territory].append(row.id)
    gathered = await _ask(worker, wanted)
    await worker.transact(lambda unit: _settle(unit, due, gathered))


def _settle(unit: Unit, due: Sequence[MissingTextRow], gathered: Gathered) -> None:
    arrived: dict[tuple[str, int], list[MissingTextRow]] = defaultdict(list)
    for waiting in due:
        row = unit.session.get(MissingTextRow, (waiting.id, waiting.territory, waiting.number))
        if row is None:  # erased meanwhile
            continue
        if row.id in gathered.texts:
            arrived[row.territory, row.number].append(row)
            unit.session.delete(row)
        elif (row.source, row.territory) in gathered.silent:
            writing.retry_later(unit, row)
        else:  # its owner answers and no longer has it: erased at the source
            unit.session.delete(row)
    for (territory, number), rows in arrived.items():
        _complete(unit, territory, number, [(row.id, row.sha256) for row in rows], gathered)


def _complete(unit: Unit, territory: str, number: int, refs: list[tuple[str, str]], gathered: Gathered) -> None:
    told = complement_text(number, [words_of(gathered.texts[ref], digest) for ref, digest in refs])
    draft = Draft(kind=EntryKind.INFORMATION, text=told, occurred_at=unit.now, about=number)
    row = writing.write(unit, territory, draft)
    for ref, _ in refs:
        for entry in (number, row.number):  # erasing either erases both
            writing.keep_copy(unit, territory, entry, gathered.texts[ref])
