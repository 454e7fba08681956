"""The clock: once a day, what became late or out of date is said. An exercise territory owes nothing."""

from __future__ import annotations

from datetime import date, timedelta

from contracts.yearly import DutyMissed, ExerciseMissed, ExerciseState
from services.platform.calendar import local_day
from services.platform.unit import Unit
from services.readiness import decide, store
from services.readiness.exercising import body, planned
from services.readiness.keeping import tell_flags
from services.readiness.reading import duty_states
from services.readiness.seed import enrol_readiness
from services.readiness.service import SERVICE


@SERVICE.starts
def begin(unit: Unit) -> None:
    """Follow each real territory from the first day on, with what its file says is ready."""
    for territory in unit.territories.values():
        if territory.exercise:
            continue
        if store.day(unit.session, territory.territory) is None:
            since = local_day(unit.now, territory.zone)
            unit.session.add(store.DayRow(territory=territory.territory, since=since))
            unit.session.flush()
        enrol_readiness(unit, territory)


@SERVICE.ticks
def review(unit: Unit) -> None:
    """One row read a second for each territory; the rest once a day."""
    for territory in unit.territories.values():
        day = store.day(unit.session, territory.territory)
        today = local_day(unit.now, territory.zone)
        if day is None or day.reviewed_on == today:
            continue
        day.reviewed_on = today
        _review_exercises(unit, territory.territory, today)
        for row in store.records(unit.session, territory.territory, "stock"):
            tell_flags(unit, row)
        _review_duties(unit, territory.territory, today)
        unit.session.flush()


def _review_exercises(unit: Unit, territory: str, today: date) -> None:
    for row in store.exercises(unit.session, territory, today - timedelta(days=1)):
        if decide.is_missed(planned(row), today):
            row.status = str(ExerciseState.EN_RETARD)
            row.version += 1
            unit.say(ExerciseMissed.model_validate(body(row)), territory=territory)


def _review_duties(unit: Unit, territory: str, today: date) -> None:
    for state in duty_states(unit.session, unit.territory_named(territory), today):
        known = store.missed(unit.session, territory, str(state.duty), state.year)
        if state.status == "en_retard" and known is None:
            unit.session.add(store.MissedRow(territory=territory, duty=str(state.duty), year=state.year))
            unit.say(DutyMissed(duty=state.duty, year=state.year, due_on=state.due_on), territory=territory)
