"""One crisis and what belongs to it, among everything its days hold. Pure.

Two crises at once have each their own review: what names a crisis counts for it alone; what serves several, or
names none and happened on a day when several were open, counts for each and is said ``shared``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.platform.calendar import local_day
from services.platform.territory import Territory

Data = Mapping[str, Any]
#: Alerts and refused proposals of the week before an opening are part of its story.
LOOKBACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """When a crisis ran. ``closed_at`` is empty while it is open."""

    crisis: str
    playbook: str
    opened_at: datetime
    closed_at: datetime | None = None

    def holds(self, day: date, zone: ZoneInfo) -> bool:
        """Whether it was open at some moment of a local day."""
        until = local_day(self.closed_at, zone) if self.closed_at else date.max
        return local_day(self.opened_at, zone) <= day <= until


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing as it was last told. ``shared``: it counts for another crisis too."""

    kind: str
    entity: str
    at: datetime
    day: date | None
    data: Data
    shared: bool = False

    def moment(self, name: str) -> datetime | None:
        """A moment kept under this name."""
        held = self.data.get(name)
        return datetime.fromisoformat(held) if held else None


@dataclass(frozen=True, slots=True)
class DayCount:
    """What was counted on a day."""

    day: date
    data: Data
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A closed crisis with its own things by kind, its days, and the others open meanwhile."""

    span: Span
    territory: Territory
    things: dict[str, list[Thing]] = field(default_factory=dict)
    days: dict[date, DayCount] = field(default_factory=dict)
    others: tuple[Span, ...] = ()

    @property
    def closed_at(self) -> datetime:
        """When it closed; the end of time while it is open."""
        return self.span.closed_at or datetime.max.replace(tzinfo=self.span.opened_at.tzinfo)

    @property
    def first(self) -> date:
        """Its first local day."""
        return local_day(self.span.opened_at, self.territory.zone)

    @property
    def last(self) -> date:
        """Its last local day."""
        return local_day(self.closed_at, self.territory.zone)

    def every_day(self) -> list[date]:
        """Its days in order."""
        return [self.first + timedelta(days=rank) for rank in range((self.last - self.first).days + 1)]

    def all(self, kind: str) -> list[Thing]:
        """Things of a kind, oldest first."""
        return self.things.get(kind, [])


def case_of(
    span: Span, others: Iterable[Span], territory: Territory, things: Iterable[Thing], days: Iterable[DayCount]
) -> Case:
    """Keep what belongs to this crisis, and say what is shared."""
    others = tuple(other for other in others if other.crisis != span.crisis)
    case = Case(span, territory, others=others)
    every = sorted(things, key=lambda thing: (thing.at, thing.kind, thing.entity))
    ours = _Belongings(case, every)
    kept: dict[str, list[Thing]] = {}
    for thing in every:
        shared = ours.shared(thing)
        if shared is not None:
            kept.setdefault(thing.kind, []).append(replace(thing, shared=shared))
    counts = {
        count.day: replace(count, shared=_others_on(case, count.day))
        for count in days
        if case.first <= count.day <= case.last
    }
    return replace(case, things=kept, days=counts)


def _others_on(case: Case, day: date) -> bool:
    return any(other.holds(day, case.territory.zone) for other in case.others)


class _Belongings:
    """What each thing belongs to: ours alone (False), shared (True), or somebody else's (None)."""

    def __init__(self, case: Case, things: list[Thing]) -> None:
        self.case = case
        proposals = [thing for thing in things if thing.kind == "proposal"]
        self.proposals = {thing.entity for thing in proposals if self._proposed_here(thing)}
        self.alerts = _cited(thing for thing in proposals if thing.entity in self.proposals)
        self.foreign = _cited(thing for thing in proposals if thing.entity not in self.proposals)
        self.crises = {case.span.crisis, *(other.crisis for other in case.others)}
        self.owners = {thing.entity: self._bound(thing) for thing in things if thing.kind != "message"}

    def shared(self, thing: Thing) -> bool | None:
        """Whose it is."""
        if thing.kind == "message" and thing.entity in self.owners:
            return self.owners[thing.entity]  # about a proposal, a text, an alert: it goes where that goes
        if thing.kind == "message" and thing.entity in self.crises:
            return False if thing.entity == self.case.span.crisis else None
        return self._bound(thing)

    def _bound(self, thing: Thing) -> bool | None:
        data, crisis = thing.data, self.case.span.crisis
        if thing.kind in ("structure", "source"):
            return bool(self.case.others)
        if thing.kind == "proposal":
            return False if thing.entity in self.proposals else None
        if thing.kind == "alert" and thing.entity in self.alerts | self.foreign:
            return (thing.entity in self.foreign) if thing.entity in self.alerts else None
        if data.get("crises"):
            return len(data["crises"]) > 1 if crisis in data["crises"] else None
        if data.get("crisis"):
            return False if data["crisis"] == crisis else None
        inside = thing.day is not None and self.case.first <= thing.day <= self.case.last
        return _others_on(self.case, thing.day) if inside and thing.day else None

    def _proposed_here(self, thing: Thing) -> bool:
        span = self.case.span
        if thing.data.get("playbook") != span.playbook or thing.at > self.case.closed_at:
            return False
        before = [other.closed_at for other in self.case.others if other.playbook == span.playbook and other.closed_at]
        since = max([moment for moment in before if moment <= span.opened_at], default=thing.at)
        return thing.at >= since


def _cited(proposals: Iterable[Thing]) -> set[str]:
    return {piece["alert"] for thing in proposals for piece in thing.data.get("evidence", ()) if piece.get("alert")}
