"""How a fact changes what is kept: a row a thing, a row a day. A fact costs the same after a million."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from contracts.base import Envelope, Fact
from services.platform.calendar import local_day
from services.platform.unit import Unit
from services.reviews import projections
from services.reviews.projections import Data, DayRow, Key, ThingRow

THINGS, DAYS = "reviews_things", "reviews_days"
#: The journal says « saisie tardive » past the same wait; a test holds the two together.
LATE_AFTER = timedelta(minutes=2)
Lay = Callable[[Data, Any, Envelope], Data]
Moment = Callable[[Any, Envelope], datetime]


def told(fact: Any, envelope: Envelope) -> datetime:
    """When it happened."""
    return envelope.time


def moment_of(name: str) -> Moment:
    """The moment a field of the fact gives."""

    def read(fact: Any, envelope: Envelope) -> datetime:
        found: datetime = getattr(fact, name)
        return found

    return read


@dataclass(frozen=True, slots=True)
class Watch:
    """How one type of fact is kept. ``lay`` is pure; ``timeless``: it counts on no day."""

    kind: str
    entity: Callable[[Any], str]
    lay: Lay
    when: Moment = told
    timeless: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How one type of fact is only counted, on which day."""

    day: Callable[[Any, Envelope, ZoneInfo], date]
    lay: Lay


def preload(session: Session, keys: Sequence[Key], days: Sequence[tuple[str, date]]) -> None:
    """Read in a few queries what the facts of a batch will change; ``None`` is: looked up, not there."""
    session.info[THINGS] = dict.fromkeys(keys) | projections.things_named(session, keys)
    session.info[DAYS] = dict.fromkeys(days) | projections.days_named(session, days)


def keep(unit: Unit, fact: Fact, watch: Watch) -> ThingRow:
    """Lay a fact over what was known of its thing. The thing counts from the first moment told of it."""
    envelope, session = unit.message, unit.session
    key: Key = (envelope.territory, watch.kind, watch.entity(fact))
    when = watch.when(fact, envelope)
    row = _thing(session, key)
    if row is None:
        row = ThingRow(territory=key[0], kind=key[1], entity=key[2], at=when)
        session.info[THINGS][key] = row
        session.add(row)
    row.at = min(row.at, when)
    row.day = None if watch.timeless else local_day(row.at, unit.territory.zone)
    row.data = watch.lay(row.data, fact, envelope)
    return row


def _thing(session: Session, key: Key) -> ThingRow | None:
    cache: dict[Key, ThingRow | None] = session.info.setdefault(THINGS, {})
    if key not in cache:
        cache.update(dict.fromkeys([key]) | projections.things_named(session, [key]))
    return cache[key]


def count(unit: Unit, day: date, lay: Callable[[Data], Data]) -> None:
    """Change the counts of a day."""
    key = (unit.message.territory, day)
    cache: dict[tuple[str, date], DayRow | None] = unit.session.info.setdefault(DAYS, {})
    if key not in cache:
        cache.update(dict.fromkeys([key]) | projections.days_named(unit.session, [key]))
    row = cache[key]
    if row is None:
        row = cache[key] = DayRow(territory=key[0], day=day)
        unit.session.add(row)
    row.data = lay(row.data)


def typed_late(envelope: Envelope) -> bool:
    """Whether a person wrote it well after it happened."""
    recorded = envelope.recorded or envelope.time
    return envelope.author != "tocsin" and recorded - envelope.time > LATE_AFTER
