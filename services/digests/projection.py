"""Keeping versions: how a fact becomes what was known from one moment to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contracts.base import Envelope, Fact
from services.digests import known
from services.digests.known import Key, KnownRow
from services.platform.unit import Unit

Data = dict[str, Any]
CACHE = "digests_currents"


@dataclass(frozen=True, slots=True)
class Watch:
    """How one type of fact is kept."""

    kind: str
    entity: Callable[[Any], str]
    day: Callable[[Any, Envelope, ZoneInfo], date | None] = lambda fact, envelope, zone: None
    open: Callable[[Data], bool] = lambda data: False
    adds: Callable[[Any, Envelope], Data] = lambda fact, envelope: {}
    merge: bool = False


def keep(unit: Unit, fact: Fact, watch: Watch) -> KnownRow:
    """Add a version of what ``fact`` tells about; late versions take their place in time."""
    envelope, zone = unit.message, unit.territory.zone
    entity = watch.entity(fact)
    row = KnownRow(
        territory=envelope.territory,
        kind=watch.kind,
        entity=entity,
        version=int(getattr(fact, "version", 0) or 0),
        day=watch.day(fact, envelope, zone),
        type=envelope.type,
        at=envelope.time,
        recorded=envelope.recorded or envelope.time,
        author=envelope.author,
        data=fact.model_dump(mode="json") | watch.adds(fact, envelope),
    )
    _lay(unit.session, row, watch)
    return row


def _lay(session: Session, row: KnownRow, watch: Watch) -> None:
    key: Key = (row.territory, row.kind, row.entity)
    cache: dict[Key, KnownRow | None] = session.info.setdefault(CACHE, {})
    current = cache[key] if key in cache else known.currents(session, [key]).get(key)
    if current is not None and (current.recorded, current.version) > (row.recorded, row.version):
        _lay_late(session, row, watch)
        return
    if current is not None:
        current.until = row.recorded
        if watch.merge:
            row.data = current.data | row.data
            row.day = _kept_day(row, current)
    row.open = watch.open(row.data)
    session.add(row)
    cache[key] = row


def _lay_late(session: Session, row: KnownRow, watch: Watch) -> None:
    """A fact told again after newer ones: it stands only for the time in between."""
    session.flush()
    others = known.versions(session, row.territory, row.kind, row.entity)
    mine = (row.recorded, row.version)
    before = [other for other in others if (other.recorded, other.version) <= mine]
    after = [other for other in others if (other.recorded, other.version) > mine]
    row.until = after[0].recorded
    if before:
        before[-1].until = row.recorded
        if watch.merge:
            row.data = before[-1].data | row.data
    row.open = watch.open(row.data)
    session.add(row)


def _kept_day(row: KnownRow, current: KnownRow) -> date | None:
    """An alert or a request counts on the day something last happened to it; so does everything merged."""
    return row.day or current.day
