"""The facts of a review, put together from its case: what stands on the page, and is frozen when it is published."""

from __future__ import annotations

from datetime import date, datetime

from contracts.reviews import ReviewDay, ReviewFacts
from services.platform.calendar import day_bounds
from services.reviews.case import Case
from services.reviews.course import late_actions
from services.reviews.indicators import indicators
from services.reviews.means import due_on, reported_on, unmet
from services.reviews.timeline import timeline
from services.reviews.words import plan_name


def facts_of(case: Case) -> ReviewFacts:
    """Everything the facts say of one crisis."""
    moments, left_out = timeline(case)
    return ReviewFacts(
        timeline=moments,
        left_out=left_out,
        indicators=indicators(case),
        late_actions=late_actions(case),
        unmet_needs=unmet(case),
        daily=tuple(_day(case, day) for day in case.every_day()),
        shared_with=tuple(sorted({plan_name(other.playbook) for other in case.others if _together(case, other.opened_at,
                                                                                                  other.closed_at)})),
    )  # fmt: skip


def _together(case: Case, opened_at: datetime, closed_at: datetime | None) -> bool:
    return opened_at <= case.closed_at and (closed_at is None or closed_at >= case.span.opened_at)


def _day(case: Case, day: date) -> ReviewDay:
    count = case.days.get(day)
    data = count.data if count else {}
    slots = [thing for thing in case.all("slot") if thing.day == day and thing.data.get("state") != "activable"]
    due = due_on(case, day)
    return ReviewDay(
        day=day,
        level=_level(case, day),
        places=sum(int(thing.data.get("places", 0)) for thing in slots) if slots else None,
        booked=sum(int(thing.data.get("booked", 0)) for thing in slots) if slots else None,
        visits=data.get("visits"),
        tensions=data.get("tensions", 0),
        reported=len(due & reported_on(case, day)),
        due=len(due),
        shared=bool(count and count.shared) or any(thing.shared for thing in slots),
    )


def _level(case: Case, day: date) -> int:
    """The highest level of a day: the one it began with, or one decided on it."""
    start, end = day_bounds(day, case.territory.zone)
    levels = [0]
    for thing in case.all("level"):
        if thing.at < start:
            levels = [int(thing.data["level"])]
        elif thing.at < end:
            levels.append(int(thing.data["level"]))
    return max(levels)
