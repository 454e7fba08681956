"""The numbers of a point, as values: each with its eve, its coverage, the same-structures comparison."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class _Numbers(BaseModel):
    model_config = ConfigDict(frozen=True)


class Indicator(_Numbers):
    """One reported indicator: yesterday, the eve, who reported out of who was due, the same structures both days."""

    key: str
    label: str
    value: int | None
    before: int | None
    reported: int
    due: int
    reported_before: int
    due_before: int
    same_structures: bool
    same_now: int | None = None
    same_before: int | None = None
    corrected: bool = False
    corrected_before: bool = False


class Capacity(_Numbers):
    """Places of a day: open, taken, free, free after 17:00, free by commune."""

    places: int = 0
    booked: int = 0
    free: int = 0
    free_evening: int = 0
    activable: int = 0
    by_commune: dict[str, int] = {}


class Waiting(_Numbers):
    """A certificate nobody has signed."""

    commune: str
    requested_at: datetime
    minutes: int
    asked: int
    accepted: bool
    hole: bool


class Certificates(_Numbers):
    """Requests of a day and how they ended; delays in minutes."""

    requested: int = 0
    signed: int = 0
    nurses: int = 0
    median: int | None = None
    longest: int | None = None
    longest_commune: str = ""
    longest_at_night: bool = False


class Coverage(_Numbers):
    """Who reported out of who was due on one day; the others answer at another pace, or are closed."""

    enrolled: int = 0
    due: int = 0
    reported: int = 0
    closed: int = 0
    other_pace: int = 0
    missing: tuple[str, ...] = ()


class Correction(_Numbers):
    """A report replaced by another: both values are kept."""

    structure: str
    label: str
    day: date
    was: int
    now: int
    at: datetime


class Figures(_Numbers):
    """All numbers of a point: ``day`` is the day reported (yesterday), ``eve`` the one before."""

    today: date
    day: date
    eve: date
    indicators: tuple[Indicator, ...] = ()
    awaited: tuple[Indicator, ...] = ()
    capacity: Capacity = Capacity()
    capacity_before: Capacity = Capacity()
    capacity_today: Capacity = Capacity()
    tensions: dict[str, int] = {}
    tensions_before: dict[str, int] = {}
    tensions_by_commune: dict[str, int] = {}
    deshydratations_by_commune: dict[str, int] = {}
    certificates: Certificates = Certificates()
    certificates_before: Certificates = Certificates()
    waiting: tuple[Waiting, ...] = ()
    coverage: Coverage = Coverage()
    due_today: int = 0
    corrections: tuple[Correction, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to count yet: no report, no place, no tension, no certificate."""
        numbers = (
            self.capacity.places, self.capacity_before.places, self.capacity_today.places,
            sum(self.tensions.values()), sum(self.tensions_before.values()),
            self.certificates.requested, self.certificates_before.requested, len(self.waiting),
        )  # fmt: skip
        return not self.indicators and not any(numbers)
