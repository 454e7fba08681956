"""What people ask of drills: load, decide, save. The child desks are led elsewhere, outside any transaction."""

from __future__ import annotations

from contracts.base import Created, Done, Role, exercise_of
from contracts.exercises import ExerciseEnded, ExerciseStarted, PaceExercise, StartExercise, StopExercise
from services.exercises import decide, scenarios, store
from services.exercises.noting import own_up, standing
from services.platform.errors import Invalid, NotFound
from services.platform.service import Service
from services.platform.unit import Unit

#: Off duty too: training happens then, and a drill touches nothing of the real desk.
LEADERS = (Role.COORDINATOR, Role.REFERENT)
SERVICE = Service(
    name="exercises",
    purpose="Drills started, paced, stopped and scored from the desk, each played by a child desk of its own",
    says=(ExerciseStarted, ExerciseEnded),
    owns=(store.RunRow,),
)


def _run(unit: Unit, run: str) -> store.RunRow:
    row = store.find(unit.session, decide.home_of(unit.message.territory), run)
    if row is None:
        raise NotFound("Cet exercice n'existe pas ; reprenez son numéro dans la liste des exercices.")
    return row


@SERVICE.does(StartExercise)
def start(unit: Unit, command: StartExercise) -> Created:
    """A drill is wanted, one at a time in a territory; a desk left open by an ended one is closed.

    Being on duty is not asked: training happens off duty.
    """
    unit.require(*LEADERS)
    territory = unit.message.territory
    scenario = scenarios.described(scenarios.path_of(unit.settings, command.scenario))
    if scenario.problem:
        raise Invalid(f"Ce scénario ne se lit pas : {scenario.problem}")
    others = {row.id: row for row in store.open_runs(unit.session, decide.home_of(territory))}
    for ended in decide.check_start(territory, [standing(row) for row in others.values()]):
        others[ended].closing = True
    row = store.RunRow(
        id=unit.new_id(), territory=territory, scenario=scenario.name, title=scenario.title, by=unit.caller.id,
        started_at=unit.now, first_day=command.start, speed=command.speed, paused=command.paused, steps=scenario.steps,
    )  # fmt: skip
    unit.session.add(row)
    fact = ExerciseStarted(run=row.id, scenario=row.scenario, title=row.title, by=row.by)
    unit.say(fact, territory=exercise_of(territory))
    return Created(id=row.id)


@SERVICE.does(PaceExercise)
def pace(unit: Unit, command: PaceExercise) -> Done:
    """Faster, slower, held or let go; on duty or not."""
    unit.require(*LEADERS)
    row = _run(unit, command.run)
    decide.check_pace(standing(row))
    row.speed, row.paused = command.speed, command.paused
    return Done(id=row.id)


@SERVICE.does(StopExercise)
def stop(unit: Unit, command: StopExercise) -> Done:
    """End the playing, or close the pages of what has ended; on duty or not."""
    unit.require(*LEADERS)
    row = _run(unit, command.run)
    if decide.check_stop(standing(row)):
        row.stopping = True
    else:
        row.closing = True
    return Done(id=row.id)


SERVICE.starts(own_up)
