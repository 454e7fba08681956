"""What is due this year, done or late. Pure: days in, states out.

The agreement with the CPAM and the ARS counts by civil year: what is done in it counts once, whenever it was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from contracts.yearly import Duty, DutyState
from services.platform.territory import YearlyDays

LABELS = {
    Duty.ANNUAIRE: "Tester l’annuaire",
    Duty.STOCK: "Vérifier le stock",
    Duty.LOCAUX: "Vérifier les locaux mobilisables",
    Duty.EXERCICE: "Tenir un exercice",
    Duty.REVUE_ARS: "Revoir le plan avec l’ARS",
    Duty.TRANSMISSION: "Transmettre le plan à l’ARS et à la CPAM",
}
#: A desk that has just been installed is late for nothing.
GRACE = timedelta(days=90)
SOON = timedelta(days=30)
Status = Literal["fait", "a_faire", "bientot", "en_retard"]


@dataclass(frozen=True, slots=True)
class Kept:
    """Days on which each duty is known to have been done, whatever the year."""

    days: Mapping[Duty, tuple[date, ...]]

    def of(self, duty: Duty) -> tuple[date, ...]:
        """Days of one duty."""
        return self.days.get(duty, ())


def annual_duty(today: date, since: date, ends: YearlyDays, kept: Kept) -> tuple[DutyState, ...]:
    """The duties of the civil year of ``today``, soonest due first; ``since`` is when this desk began."""
    states = [_state(duty, today, due_on(duty, today.year, since, ends), kept.of(duty)) for duty in LABELS]
    return tuple(sorted(states, key=lambda state: (state.due_on, list(LABELS).index(state.duty))))


def due_on(duty: Duty, year: int, since: date, ends: YearlyDays) -> date:
    """Last day of a duty in a year; later for a desk that began near it, never later than the year's end."""
    month, day = (int(part) for part in str(getattr(ends, duty.value)).split("-"))
    return min(max(date(year, month, day), since + GRACE), date(year, 12, 31))


def _state(duty: Duty, today: date, due: date, days: Iterable[date]) -> DutyState:
    told = sorted(day for day in days if day <= today)
    done = next((day for day in told if day.year == today.year), None)
    return DutyState(
        duty=duty, label=LABELS[duty], year=today.year, due_on=due, done_on=done, last_on=told[-1] if told else None,
        status=_status(today, due, done),
    )  # fmt: skip


def _status(today: date, due: date, done: date | None) -> Status:
    if done is not None:
        return "fait"
    if today > due:
        return "en_retard"
    return "bientot" if due - today <= SOON else "a_faire"


def whole_check(checked: Iterable[date | None]) -> tuple[date, ...]:
    """Days on which a whole shelf was checked: that of its oldest check, none when a line never was."""
    days = list(checked)
    known = [day for day in days if day is not None]
    return (min(known),) if days and len(known) == len(days) else ()


def both_sent(deliveries: Iterable[tuple[date, Iterable[str]]]) -> tuple[date, ...]:
    """Days on which the plan had reached both the ARS and the CPAM in one year: that of the second sending."""
    first: dict[tuple[int, str], date] = {}
    for day, recipients in deliveries:
        for who in recipients:
            first[day.year, who] = min(day, first.get((day.year, who), day))
    years = {year for year, _ in first}
    return tuple(
        max(first[year, "ars"], first[year, "cpam"])
        for year in sorted(years)
        if (year, "ars") in first and (year, "cpam") in first
    )
