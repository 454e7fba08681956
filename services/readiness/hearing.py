"""What the service hears: drills that end, told in the exercise territory, and entries of the directory written."""

from __future__ import annotations

from contracts.base import EXERCISE_SUFFIX
from contracts.directory import PersonEnrolled, PersonErased
from contracts.exercises import ExerciseEnded, ExerciseStatus
from services.platform.calendar import local_day
from services.platform.unit import Unit
from services.readiness import decide, store
from services.readiness.exercising import attach, planned
from services.readiness.service import SERVICE


@SERVICE.on(ExerciseEnded)
def exercise_ended(unit: Unit, fact: ExerciseEnded) -> None:
    """Its score goes to the calendar of the real territory; one interrupted is kept and counts for nothing."""
    home = unit.message.territory.removesuffix(EXERCISE_SUFFIX)
    if home not in unit.territories or store.drill(unit.session, fact.run) is not None:
        return
    ended_on = local_day(unit.message.time, unit.territory_named(home).zone)
    drill = store.DrillRow(
        run=fact.run, territory=home, title=fact.title, scenario=fact.scenario, ended_on=ended_on,
        passed=fact.passed, failed=fact.failed, whole=fact.status == ExerciseStatus.TERMINE,
    )  # fmt: skip
    unit.session.add(drill)
    unit.session.flush()
    rows = {row.id: row for row in store.exercises(unit.session, home, ended_on - decide.NEAR)} if drill.whole else {}
    found = decide.exercise_of_drill(fact.scenario, ended_on, [planned(row) for row in rows.values()])
    if found is not None:
        attach(unit, rows[found], ended_on, drill, by=unit.message.author)


@SERVICE.on(PersonEnrolled)
def person_enrolled(unit: Unit, fact: PersonEnrolled) -> None:
    """When an entry was last written: older than six months and untested, it is told unverified."""
    territory = unit.message.territory
    row = store.person(unit.session, territory, fact.person)
    if row is not None and row.version > fact.version:
        return
    written = store.PersonRow(
        territory=territory, person=fact.person, version=fact.version, written_at=unit.message.time
    )
    unit.session.merge(written)
    unit.session.flush()


@SERVICE.on(PersonErased)
def person_erased(unit: Unit, fact: PersonErased) -> None:
    """Nothing is left to verify."""
    row = store.person(unit.session, unit.message.territory, fact.person)
    if row is not None:
        unit.session.delete(row)
        unit.session.flush()
