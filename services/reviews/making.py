"""A review made: its rows read over the days of the crisis, its facts computed, the place of the journal asked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from contracts.logbook import AskHead, HeadFound
from contracts.reviews import ReviewFacts
from services.platform.calendar import local_day
from services.platform.territory import Territory
from services.platform.unit import Worker
from services.reviews import projections
from services.reviews.case import LOOKBACK, Case, DayCount, Span, Thing, case_of
from services.reviews.facts import facts_of
from services.reviews.projections import CrisisRow, ThingRow
from services.reviews.store import ReviewRow


@dataclass(frozen=True, slots=True)
class Made:
    """Facts ready to be frozen, with what proves them."""

    facts: ReviewFacts
    up_to: int
    sha256: str


def read_case(session: Session, territory: Territory, row: ReviewRow) -> Case:
    """Everything a review counts: a few hundred rows over indexes, never the whole past."""
    name, zone = row.territory, territory.zone
    first, last = local_day(row.opened_at, zone), local_day(row.closed_at, zone)
    since = row.opened_at - LOOKBACK
    things = projections.things_between(session, name, first - LOOKBACK, last) + projections.timeless(session, name)
    known = {(thing.territory, thing.kind, thing.entity) for thing in things}
    cited = {
        (name, "alert", piece["alert"])
        for thing in things
        if thing.kind == "proposal"
        for piece in thing.data.get("evidence", ())
        if piece.get("alert")
    }
    things += projections.things_named(session, cited - known).values()  # raised long before, and still in force
    spans = [_span(found) for found in projections.crises_between(session, name, since, row.closed_at)]
    days = [DayCount(found.day, found.data) for found in projections.days_between(session, name, first, last)]
    own = Span(row.crisis, row.playbook, row.opened_at, row.closed_at)
    return case_of(own, spans, territory, [_thing(found) for found in things], days)


def _span(row: CrisisRow) -> Span:
    return Span(row.id, row.playbook, row.opened_at, row.closed_at)


def _thing(row: ThingRow) -> Thing:
    return Thing(row.kind, row.entity, row.at, row.day, row.data)


async def make(worker: Worker, territory: Territory, row: ReviewRow) -> Made:
    """The facts as they stand now, and the number of the journal they stand at."""
    case = await worker.read(lambda session: read_case(session, territory, row))
    head = await worker.ask(AskHead(before=worker.clock.now() + timedelta(microseconds=1)), HeadFound,
                            territory=row.territory)  # fmt: skip
    facts = facts_of(case)
    return Made(facts, head.number, print_of(facts))


def print_of(facts: ReviewFacts) -> str:
    """SHA-256 of the facts, texts apart: it still matches once words are erased."""
    content = json.dumps(facts.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()
