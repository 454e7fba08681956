"""What is due, and how a point is numbered. Pure: (calendar, crises, now) -> next step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from services.platform.errors import Conflict, Forbidden
from services.platform.territory import Territory

What = Literal["draft", "publish"]
#: A point published more than this after its hour says that it is late.
GRACE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do at ``due_at`` for the point of ``day``."""

    what: What
    due_at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Span:
    """A crisis: opened, and closed or not."""

    opened_at: datetime
    closed_at: datetime | None = None


def draft_hour(territory: Territory, day: date) -> datetime:
    """When the draft of a day is due."""
    return datetime.combine(day, territory.hours.draft, territory.zone)


def point_hour(territory: Territory, day: date) -> datetime:
    """When the point of a day is due."""
    return datetime.combine(day, territory.hours.point, territory.zone)


def next_step(territory: Territory, after: datetime) -> Step:
    """The first draft or publication due strictly after a moment."""
    day = after.astimezone(territory.zone).date()
    for ahead in (day, day + timedelta(days=1)):
        for what, hour in (("draft", draft_hour), ("publish", point_hour)):
            due_at = hour(territory, ahead)
            if due_at > after:
                return Step("draft" if what == "draft" else "publish", due_at, ahead)
    raise AssertionError("tomorrow has an hour for the point")


def first_step(territory: Territory, opened_at: datetime) -> Step:
    """What is due first once a crisis opened; after the draft's hour and before the point's, the point of the day."""
    return next_step(territory, opened_at)


def step_now(territory: Territory, now: datetime) -> Step | None:
    """What a desk that finds its calendar overdue does at once: today's point, today's draft, or nothing yet."""
    day = now.astimezone(territory.zone).date()
    if now >= point_hour(territory, day):
        return Step("publish", point_hour(territory, day), day)
    if now >= draft_hour(territory, day):
        return Step("draft", draft_hour(territory, day), day)
    return None


def is_late(step_due: datetime, now: datetime) -> bool:
    """Whether publishing now is late."""
    return now > step_due + GRACE


def sequence_start(crises: Iterable[Span], at: datetime) -> datetime | None:
    """When the unbroken run of open crises that holds ``at`` began; empty when none was open.

    Two crises that overlap make one sequence, so that points are numbered without a gap.
    """
    known = [span for span in crises if span.opened_at <= at]
    standing = [span.opened_at for span in known if span.closed_at is None or span.closed_at > at]
    if not standing:
        return None
    start = min(standing)
    while True:
        earlier = [span.opened_at for span in known if span.opened_at < start <= (span.closed_at or at)]
        if not earlier:
            return start
        start = min(earlier)


def check_editable(status: str) -> None:
    """Refuse to change what was already sent."""
    if status in {"publié", "validé"}:
        raise Conflict("Ce point est déjà publié : il ne change plus. Faites-en un nouveau, ou écrivez au journal.")


def check_validable(status: str, *, by_hand: bool) -> None:
    """A point of the hour, or one asked by hand for now, leaves for the outside once; a past one never."""
    if status == "validé":
        raise Conflict("Ce point est déjà validé : la version externe est partie.")
    if status == "refait" and not by_hand:
        raise Conflict("Un point refait sur un moment passé ne part pas ; validez le point publié ce jour-là.")
    if status not in {"publié", "refait"}:
        raise Conflict("Seul un point publié à la cellule peut être validé. Attendez sa publication.")


def check_outside(status: str) -> None:
    """Those outside read a validated point, nothing else."""
    if status != "validé":
        raise Forbidden("Ce point n'est pas encore validé par la personne référente ; il vous parviendra ensuite.")
