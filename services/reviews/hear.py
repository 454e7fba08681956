"""What the reviews hear, and how a review opens by itself when its crisis closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Envelope, Fact
from contracts.levels import CrisisClosed, CrisisOpened
from contracts.logbook import EntryWritten
from contracts.reviews import ReviewOpened
from services.platform.calendar import day_bounds, local_day
from services.platform.unit import Unit
from services.reviews import keeping, store
from services.reviews.heard import actions, cell, crises, desk, field
from services.reviews.keeping import Count, Watch
from services.reviews.projections import CrisisRow, Data
from services.reviews.service import SERVICE
from services.reviews.store import ReviewRow

WATCHED: dict[type[Fact], Watch] = crises.WATCHED | actions.WATCHED | field.WATCHED | desk.WATCHED | cell.WATCHED
COUNTED: dict[type[Fact], Count] = field.COUNTED


def preload(session: Session, messages: Sequence[tuple[Envelope, Any]]) -> None:
    """Read together the things a batch will change."""
    keys = [
        (envelope.territory, watch.kind, watch.entity(model))
        for envelope, model in messages
        if (watch := WATCHED.get(type(model))) is not None
    ]
    keeping.preload(session, keys, [])


SERVICE.preload = preload


def _one_more(data: Data) -> Data:
    return data | {"typed_late": data.get("typed_late", 0) + 1}


def note_late(unit: Unit) -> None:
    """What a person typed well after it happened counts on the day it happened."""
    if keeping.typed_late(unit.message):
        keeping.count(unit, local_day(unit.message.time, unit.territory.zone), _one_more)


def _register(fact_type: type[Fact]) -> None:
    watch, counted = WATCHED.get(fact_type), COUNTED.get(fact_type)

    def heard(unit: Unit, fact: Any) -> None:
        if watch is not None:
            keeping.keep(unit, fact, watch)
        if counted is not None:
            envelope = unit.message
            day = counted.day(fact, envelope, unit.territory.zone)
            keeping.count(unit, day, lambda data: counted.lay(data, fact, envelope))
        note_late(unit)

    SERVICE.on(fact_type)(heard)


for _type in {**WATCHED, **COUNTED}:
    _register(_type)


@SERVICE.on(EntryWritten)
def entry_written(unit: Unit, fact: EntryWritten) -> None:
    """Only whether it was written late matters here; its words stay in the journal."""
    recorded = unit.message.recorded or unit.message.time
    if recorded - fact.occurred_at > keeping.LATE_AFTER:
        keeping.count(unit, local_day(fact.occurred_at, unit.territory.zone), _one_more)


@SERVICE.on(CrisisOpened)
def crisis_opened(unit: Unit, fact: CrisisOpened) -> None:
    """From now on what happens counts for this crisis."""
    row = _crisis(unit, fact)
    row.plan_sha256, row.plan_version = fact.plan_sha256, fact.plan_version
    note_late(unit)


@SERVICE.on(CrisisClosed)
def crisis_closed(unit: Unit, fact: CrisisClosed) -> None:
    """Its review opens in the same transaction, to be held before the day its territory gives itself."""
    crisis = _crisis(unit, fact)
    crisis.closed_at = fact.closed_at
    note_late(unit)
    if store.review(unit.session, unit.message.territory, fact.crisis) is not None:
        return  # the facts are told again: the review opened the first time
    row = _opened(unit, crisis, fact.closed_at)
    unit.session.add(row)
    unit.session.flush()
    unit.say(
        ReviewOpened(
            review=row.id, crisis=row.crisis, playbook=row.playbook, plan_sha256=row.plan_sha256,
            closed_at=row.closed_at, due_on=row.due_on,
        )
    )  # fmt: skip


def _crisis(unit: Unit, fact: CrisisOpened | CrisisClosed) -> CrisisRow:
    row = unit.session.get(CrisisRow, fact.crisis)
    if row is None:
        row = CrisisRow(id=fact.crisis, territory=unit.message.territory, playbook=fact.playbook,
                        opened_at=fact.opened_at)  # fmt: skip
        unit.session.add(row)
        unit.session.flush()
    return row


def _opened(unit: Unit, crisis: CrisisRow, closed_at: datetime) -> ReviewRow:
    territory = unit.territory
    due_on = local_day(closed_at, territory.zone) + timedelta(days=territory.thresholds.retex_days)
    return ReviewRow(
        id=unit.new_id(), territory=crisis.territory, crisis=crisis.id, playbook=crisis.playbook,
        plan_sha256=crisis.plan_sha256, opened_at=crisis.opened_at, closed_at=closed_at, due_on=due_on,
        due_at=day_bounds(due_on, territory.zone)[1],
    )  # fmt: skip
