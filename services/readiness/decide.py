"""Decisions on what is kept ready: pure functions, from what is known and a day to what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.readiness import PremisesEntry, StockEntry
from contracts.yearly import ExerciseState
from services.platform.calendar import A_YEAR, YEARS
from services.platform.errors import Conflict, Invalid

#: A check is worth a year.
CHECK_LASTS = timedelta(days=365)
SOON = timedelta(days=60)
#: Days left to note an exercise held before it is told missed.
TO_NOTE = timedelta(days=7)
#: How far from its planned day a drill of the same scenario counts as that exercise.
NEAR = timedelta(days=45)
OPEN = (ExerciseState.PREVU, ExerciseState.EN_RETARD)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a decision needs of an exercise of the calendar."""

    id: str
    on: date
    scenario: str
    status: ExerciseState


def past_day(on: date | None, today: date) -> date:
    """The day something was done: today, or a day of the last year."""
    if on is None:
        return today
    if on > today:
        raise Invalid(f"Le {on:%d/%m/%Y} est à venir ; donnez le jour où cela s'est fait.")
    if on < today - A_YEAR:
        raise Invalid(f"Le {on:%d/%m/%Y} est à plus d'un an ; corrigez la date.")
    return on


def plausible(*days: date | None) -> None:
    """Refuse a year mistyped."""
    for day in days:
        if day is not None and day.year not in YEARS:
            raise Invalid(f"L'année {day.year} n'est pas plausible ; corrigez la date.")


def stock_flags(entry: StockEntry, checked_on: date | None, today: date) -> tuple[str, ...]:
    """What is wrong with a line of stock, the gravest first."""
    found = []
    if entry.expires_on is not None and entry.expires_on < today:
        found.append("perime")
    if entry.quantity < entry.minimum:
        found.append("sous_minimum")
    if entry.expires_on is not None and today <= entry.expires_on <= today + SOON:
        found.append("bientot_perime")
    if unchecked(checked_on, today):
        found.append("a_verifier")
    return tuple(found)


def premises_flags(entry: PremisesEntry, checked_on: date | None, today: date) -> tuple[str, ...]:
    """What is missing for a place to be counted on."""
    found = ["sans_accord"] if entry.agreed_on is None else []
    return (*found, "a_verifier") if unchecked(checked_on, today) else tuple(found)


def unchecked(checked_on: date | None, today: date) -> bool:
    """Whether a record was never checked, or too long ago."""
    return checked_on is None or checked_on < today - CHECK_LASTS


def over(until: date | None, today: date) -> bool:
    """Whether a term is past."""
    return until is not None and until < today


def to_tell(flags: Iterable[str], told: Iterable[str]) -> tuple[list[str], list[str]]:
    """Flags to say now, and those told once this is done: one that went away may be told again."""
    grave = [flag for flag in flags if flag in ("perime", "sous_minimum")]
    known = set(told)
    return [flag for flag in grave if flag not in known], grave


def exercise_of_drill(scenario: str, ended_on: date, planned: Iterable[Planned]) -> str | None:
    """The planned exercise that a drill played to its end was: same scenario, the nearest day."""
    near = [
        (abs(one.on - ended_on), one.on, one.id)
        for one in planned
        if one.scenario == scenario and one.status in OPEN and abs(one.on - ended_on) <= NEAR
    ]
    return min(near)[2] if near else None


def is_missed(one: Planned, today: date) -> bool:
    """Whether its day is past, and the days left to note it."""
    return one.status == ExerciseState.PREVU and today > one.on + TO_NOTE


def check_open(one: Planned) -> None:
    """Only what was neither held nor given up can be."""
    if one.status not in OPEN:
        word = "tenu" if one.status == ExerciseState.TENU else "annulé"
        raise Conflict(f"Cet exercice est déjà {word} ; prévoyez-en un autre.")


def check_exercise_day(on: date, today: date) -> None:
    """An exercise is planned from today on, within two years."""
    if on < today:
        raise Invalid(f"Le {on:%d/%m/%Y} est passé ; un exercice se prévoit à partir d'aujourd'hui.")
    if on > today + 2 * A_YEAR:
        raise Invalid(f"Le {on:%d/%m/%Y} est à plus de deux ans ; corrigez la date.")
