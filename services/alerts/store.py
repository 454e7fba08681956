"""Every query of the alerts service, and what a batch reads ahead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from contracts.base import TextRef
from services.alerts.report import Words
from services.alerts.tables import AlertRow, DocumentRow, QuarantineRow, SlotRow, SourceRow
from services.platform.tables import TextRow
from services.platform.texts import keep_text

#: Well under the 32 766 variables of one SQLite statement.
_IN_LIMIT = 5000
_WORDS = ("headline", "description", "requests", "reporter")


@dataclass(slots=True)
class Shelf:
    """What a batch read ahead and what it added, by key: with autoflush off, SQL would not see the latter.

    It lives as long as the session, that is one transaction. A key that holds None is known to be absent.
    """

    receipts: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    slots: dict[str, SlotRow | None] = field(default_factory=dict)
    keys_read: set[str] = field(default_factory=set)
    alerts: dict[str, list[AlertRow]] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    received: dict[str, Any] = field(default_factory=dict)


def shelf(session: Session) -> Shelf:
    """The shelf of this transaction."""
    found: Shelf = session.info.setdefault("alerts_shelf", Shelf())
    return found


def load_receipts(session: Session, ids: Iterable[str]) -> None:
    """Which documents are here already, with their receipts (their bytes stay on disk)."""
    known = shelf(session).receipts
    missing = [key for key in dict.fromkeys(ids) if key not in known]
    if not missing:
        return
    known.update(dict.fromkeys(missing))
    rows = session.execute(select(DocumentRow.id, DocumentRow.receipt).where(_column(DocumentRow, "id").in_(missing)))  # type: ignore[call-overload]
    known.update({row.id: row.receipt for row in rows})


def slot_id(territory: str, key: str) -> str:
    """A key in one territory."""
    return f"{territory}|{key}"


def load_keys(session: Session, keys: Iterable[str]) -> None:
    """Read the slots of these keys ahead, in every territory, with the alerts in force under them."""
    held = shelf(session)
    missing = [key for key in dict.fromkeys(keys) if key not in held.keys_read]
    for start in range(0, len(missing), _IN_LIMIT):
        _take_slots(session, _column(SlotRow, "key").in_(missing[start : start + _IN_LIMIT]))
    held.keys_read.update(missing)


def load_slots(session: Session, names: Iterable[str]) -> None:
    """The slots behind these names, then the alerts in force under them, with their words."""
    held = shelf(session)
    missing = [
        name for name in dict.fromkeys(names) if name not in held.slots and name.partition("|")[2] not in held.keys_read
    ]
    if missing:
        held.slots.update(dict.fromkeys(missing))
        _take_slots(session, _column(SlotRow, "id").in_(missing))


def _take_slots(session: Session, where: Any) -> None:
    held = shelf(session)
    rows = list(session.execute(select(SlotRow).where(where)).scalars())
    held.slots.update({row.id: row for row in rows})
    reached = {slot: None for row in rows for slot in row.slots}
    load_slots(session, reached)
    _load_alerts(session, [slot for slot in reached if slot not in held.alerts])


def _load_alerts(session: Session, slots: Sequence[str]) -> None:
    held = shelf(session)
    if not slots:
        return
    held.alerts.update({slot: [] for slot in slots})
    query = select(AlertRow).where(_column(AlertRow, "slot").in_(slots), _column(AlertRow, "standing") == "in_force")
    rows = list(session.execute(query.order_by(_column(AlertRow, "raised_at"), _column(AlertRow, "id"))).scalars())
    for row in rows:
        held.alerts[row.slot].append(row)
    load_words(session, rows)


def load_words(session: Session, rows: Sequence[AlertRow]) -> dict[str, Words]:
    """The words of these alerts, by alert; an erased text is empty."""
    held = shelf(session)
    wanted = {ref["id"] for row in rows if row.id not in held.words for ref in row.texts.values()}
    texts: dict[str, str] = {}
    if wanted:
        found = session.execute(select(TextRow).where(_column(TextRow, "id").in_(wanted))).scalars()
        texts = {text.id: text.text for text in found}
    for row in rows:
        if row.id not in held.words:
            parts = {name: texts.get(ref["id"], "") for name, ref in row.texts.items()}
            held.words[row.id] = Words(**parts)
    return {row.id: held.words[row.id] for row in rows}


def keep_words(session: Session, row: AlertRow, words: Words) -> dict[str, TextRef]:
    """References of the words; only those that changed are kept anew."""
    before = shelf(session).words.get(row.id)
    refs: dict[str, TextRef] = {}
    for name in _WORDS:
        text = getattr(words, name)
        if not text:
            continue
        if before is not None and getattr(before, name) == text and name in row.texts:
            refs[name] = TextRef.model_validate(row.texts[name])
            continue
        refs[name], _ = keep_text(session, text, row.territory)
    row.texts = {name: ref.model_dump() for name, ref in refs.items()}
    shelf(session).words[row.id] = words
    return refs


def add_alert(session: Session, row: AlertRow) -> None:
    """A new alert, seen at once by the next messages of the batch."""
    session.add(row)
    shelf(session).alerts.setdefault(row.slot, []).append(row)


def settle(session: Session, row: AlertRow) -> None:
    """An alert that is over no longer stands under its slot."""
    standing = shelf(session).alerts.get(row.slot)
    if standing and row in standing:
        standing.remove(row)


def slot_row(session: Session, name: str, territory: str) -> SlotRow:
    """The row of a slot or alias, made when it is not there."""
    held = shelf(session)
    found = held.slots.get(name)
    if found is None:
        found = SlotRow(id=name, territory=territory, key=name.partition("|")[2], slots=[])
        session.add(found)
        held.slots[name] = found
    return found


def alert(session: Session, territory: str, alert_id: str) -> AlertRow | None:
    """One alert of a territory."""
    row = session.get(AlertRow, alert_id)
    return row if row is not None and row.territory == territory else None


def due_alerts(session: Session, now: datetime, limit: int = 200) -> list[AlertRow]:
    """Alerts that time alone changes now, oldest first, all territories."""
    query = select(AlertRow).where(_column(AlertRow, "due_at") <= now)
    return list(
        session.execute(query.order_by(_column(AlertRow, "due_at"), _column(AlertRow, "id")).limit(limit)).scalars()
    )


def next_due(session: Session) -> datetime | None:
    """The next moment at which an alert changes by itself or a source is to be read."""
    moments = [
        session.execute(select(func.min(_column(AlertRow, "due_at")))).scalar(),
        session.execute(select(func.min(_column(SourceRow, "next_at")))).scalar(),
    ]
    return min((found for found in moments if found), default=None)


def page_of_alerts(
    session: Session, territory: str, *, in_force: bool, cursor: str | None, limit: int
) -> list[AlertRow]:
    """Alerts of a territory, newest first, after the one the cursor names."""
    query = select(AlertRow).where(_column(AlertRow, "territory") == territory)
    if in_force:
        query = query.where(_column(AlertRow, "standing") == "in_force")
    last = session.get(AlertRow, cursor) if cursor else None
    if last is not None:
        query = query.where(_before(AlertRow, "raised_at", last.raised_at, last.id))
    query = query.order_by(_column(AlertRow, "raised_at").desc(), _column(AlertRow, "id").desc()).limit(limit)
    return list(session.execute(query).scalars())


def page_of_quarantine(
    session: Session, territory: str, *, cursor: str | None, limit: int
) -> list[tuple[QuarantineRow, DocumentRow]]:
    """Quarantined documents of a territory, newest first, with their bytes."""
    query = select(QuarantineRow, DocumentRow).join(
        DocumentRow, _column(DocumentRow, "id") == _column(QuarantineRow, "id")
    )
    query = query.where(_column(QuarantineRow, "territory") == territory)
    last = session.get(QuarantineRow, cursor) if cursor else None
    if last is not None:
        query = query.where(_before(QuarantineRow, "received_at", last.received_at, last.id))
    query = query.order_by(_column(QuarantineRow, "received_at").desc(), _column(QuarantineRow, "id").desc())
    return [(row[0], row[1]) for row in session.execute(query.limit(limit))]


def source(session: Session, name: str) -> SourceRow | None:
    """A source that is read at set hours, or None when none was set up."""
    return session.get(SourceRow, name)


def _before(table: type[SQLModel], name: str, value: datetime, row_id: str) -> Any:
    column, key = _column(table, name), _column(table, "id")
    return or_(column < value, and_(column == value, key < row_id))


def _column(table: type[SQLModel], name: str) -> Any:
    """A column as SQLAlchemy sees it; the type checker only sees the value it holds."""
    return getattr(table, name)
