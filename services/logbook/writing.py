"""Put a draft at the end of its chain, with its words beside it. The one place that adds an entry."""

from __future__ import annotations

import json
from datetime import timedelta

from contracts.base import Text, TextRef
from services.logbook import items, store
from services.logbook.chain import Sealed, clean, link
from services.logbook.decide import Draft
from services.logbook.tables import EntryRow, EntryTextRow, KeptTextRow, MissingTextRow
from services.platform.appending import append
from services.platform.texts import keep_text, make_text, text_digest
from services.platform.unit import Unit

#: A core NATS message holds 1 MB; past this the feed stays silent and readers fetch the entry by its number.
MAX_FEED_BYTES = 512 * 1024
#: How soon a text its owner did not give is asked for again; doubled each time, up to the second number.
FIRST_RETRY, LAST_RETRY = timedelta(seconds=5), timedelta(minutes=10)


def write(unit: Unit, territory: str, draft: Draft, kept: Text | None = None) -> EntryRow:
    """Add an entry. ``kept`` is given when its words already travel with a fact: entry and fact share one text."""
    text = kept or _salted(clean(draft.text))
    head = store.head_of(unit.session, territory)
    ref = TextRef(id=text.id, sha256=text_digest(text.salt, text.text))
    sealed = _seal(unit, territory, head.number + 1, draft, ref)
    hooked = link(head.hash, sealed)
    row = _row(sealed, hooked.string, hooked.hash, hooked.previous_hash)
    head.number, head.hash = sealed.number, hooked.hash
    unit.session.add(row)
    append(unit.session, EntryTextRow, id=text.id, salt=text.salt, text=text.text, folded=store.fold(text.text))
    if kept:
        keep_copy(unit, territory, row.number, kept)
    body = json.dumps(items.list_item(row, text.text), ensure_ascii=False).encode()
    if len(body) <= MAX_FEED_BYTES:
        unit.feed.append((f"entry.{territory}", body))
    return row


def _salted(words: str) -> Text:
    return make_text(words)[1]


def keep(unit: Unit, words: str) -> tuple[TextRef, Text]:
    """Keep what a person typed, for the fact that carries its reference and for its entry."""
    return keep_text(unit.session, words, unit.message.territory)


def _seal(unit: Unit, territory: str, number: int, draft: Draft, ref: TextRef) -> Sealed:
    return Sealed(
        territory=territory,
        number=number,
        occurred_at=draft.occurred_at,
        written_at=unit.now,
        kind=str(draft.kind),
        author=clean(draft.author),
        role=clean(draft.role),
        crisis=clean(draft.crisis) if draft.crisis else None,
        fact=draft.fact,
        fact_type=clean(draft.fact_type),
        cause=clean(draft.cause) if draft.cause else None,
        corrects=draft.corrects,
        about=draft.about,
        erases=draft.erases,
        verified=draft.verified,
        text_id=ref.id,
        text_sha256=ref.sha256,
    )


def _row(sealed: Sealed, string: str, own_hash: str, previous_hash: str) -> EntryRow:
    return EntryRow(
        territory=sealed.territory,
        number=sealed.number,
        occurred_at=sealed.occurred_at,
        written_at=sealed.written_at,
        late=sealed.late,
        kind=sealed.kind,
        author=sealed.author,
        role=sealed.role,
        crisis=sealed.crisis,
        fact=sealed.fact,
        fact_type=sealed.fact_type,
        cause=sealed.cause,
        corrects=sealed.corrects,
        about=sealed.about,
        erases=list(sealed.erases),
        verified=sealed.verified,
        text_id=sealed.text_id,
        text_sha256=sealed.text_sha256,
        string=string,
        hash=own_hash,
        previous_hash=previous_hash,
    )


def keep_copy(unit: Unit, territory: str, number: int, text: Text) -> None:
    """Keep a source's words beside the entry that repeats them, so that a question or an erasure finds them."""
    words = text.text.replace("\x00", "\N{REPLACEMENT CHARACTER}")  # PostgreSQL stores no NUL; the rest stays as sealed
    append(unit.session, KeptTextRow, id=text.id, territory=territory, number=number, salt=text.salt, text=words)


def ask_later(unit: Unit, entry: EntryRow, source: str, ref: TextRef) -> None:
    """Note a text its owner did not give."""
    row = MissingTextRow(id=ref.id, territory=entry.territory, number=entry.number, source=source, sha256=ref.sha256)
    row.next_at = unit.now + FIRST_RETRY
    unit.session.add(row)


def retry_later(unit: Unit, row: MissingTextRow) -> None:
    """Its owner still does not answer."""
    row.tries += 1
    row.next_at = unit.now + min(FIRST_RETRY * 2 ** min(row.tries, 10), LAST_RETRY)
