"""Exercises of the calendar and yearly duties noted by hand. Load, decide, save."""

from __future__ import annotations

from datetime import date

from contracts.base import Created, Done
from contracts.yearly import (
    CancelExercise,
    Duty,
    DutyDone,
    ExerciseCancelled,
    ExerciseHeld,
    ExercisePlanned,
    ExerciseState,
    HoldExercise,
    NoteDuty,
    PlanExercise,
)
from services.platform.errors import Conflict, NotFound
from services.platform.unit import Unit
from services.readiness import decide, store
from services.readiness.keeping import today
from services.readiness.service import KEEPERS, SERVICE

PLANNED = ("playbook", "planned_on", "scenario", "pilot", "observers", "partners")


def planned(row: store.ExerciseRow) -> decide.Planned:
    """The state of an exercise, frozen, as decisions read it."""
    return decide.Planned(id=row.id, on=row.planned_on, scenario=row.scenario, status=ExerciseState(row.status))


def body(row: store.ExerciseRow) -> dict[str, object]:
    """What every fact of an exercise carries."""
    return {
        "exercise": row.id, "version": row.version, "playbook": row.playbook, "planned_on": row.planned_on,
        "scenario": row.scenario,
    }  # fmt: skip


def _open(unit: Unit, name: str) -> store.ExerciseRow:
    unit.require(*KEEPERS)
    row = store.exercise(unit.session, unit.message.territory, name)
    if row is None:
        raise NotFound("Cet exercice n'est pas au calendrier ; reprenez la page Préparation.")
    decide.check_open(planned(row))
    return row


@SERVICE.does(PlanExercise)
def plan_exercise(unit: Unit, command: PlanExercise) -> Created | Done:
    """An exercise has a day, or another one."""
    unit.require(*KEEPERS)
    decide.plausible(command.planned_on)
    decide.check_exercise_day(command.planned_on, today(unit))
    row = _open(unit, command.exercise) if command.exercise else None
    saved = write_exercise(unit, command, unit.new_id() if row is None else row.id, row)
    return Created(id=saved.id) if row is None else Done(id=saved.id)


def write_exercise(unit: Unit, command: PlanExercise, name: str, row: store.ExerciseRow | None) -> store.ExerciseRow:
    """Put it in the calendar and say it; one that was late has a day again."""
    if row is None:
        row = store.ExerciseRow(
            territory=unit.message.territory,
            id=name,
            version=0,
            playbook=command.playbook,
            planned_on=command.planned_on,
        )
        unit.session.add(row)
    for field in PLANNED:
        setattr(row, field, getattr(command, field))
    row.version += 1
    row.status = str(ExerciseState.PREVU)
    by = unit.caller.id if unit.caller.kind != "platform" else "tocsin"
    unit.say(ExercisePlanned.model_validate(body(row) | {"by": by, "pilot": row.pilot}))
    unit.session.flush()
    return row


@SERVICE.does(HoldExercise)
def hold_exercise(unit: Unit, command: HoldExercise) -> Done:
    """It was held, around a table or with a drill of the desk."""
    row = _open(unit, command.exercise)
    drill = store.drill(unit.session, command.run) if command.run else None
    if command.run and (drill is None or drill.territory != row.territory):
        raise NotFound("Ce poste n'a pas joué cet exercice ; reprenez son numéro dans la liste des exercices.")
    if drill is not None and drill.exercise is not None:
        raise Conflict("Cet exercice joué compte déjà pour un autre du calendrier.")
    held_on = decide.past_day(command.held_on or (drill.ended_on if drill else None), today(unit))
    attach(unit, row, held_on, drill, by=unit.caller.id, note=command.note)
    return Done(id=row.id)


def attach(
    unit: Unit, row: store.ExerciseRow, held_on: date, drill: store.DrillRow | None, *, by: str, note: str = ""
) -> None:
    """An exercise of the calendar was held, with the score of the drill it was; told in its own territory."""
    kept = unit.keep(note)
    row.version += 1
    row.status, row.held_on, row.note = str(ExerciseState.TENU), held_on, kept.id if kept else None
    if drill is not None:
        row.run, row.title, row.passed, row.failed = drill.run, drill.title, drill.passed, drill.failed
        drill.exercise = row.id
    fact = ExerciseHeld.model_validate(
        body(row) | {"held_on": held_on, "run": row.run, "passed": row.passed, "failed": row.failed, "by": by,
                     "note": kept}
    )  # fmt: skip
    unit.say(fact, territory=row.territory)
    unit.session.flush()


@SERVICE.does(CancelExercise)
def cancel_exercise(unit: Unit, command: CancelExercise) -> Done:
    """It will not be held."""
    row = _open(unit, command.exercise)
    reason = unit.keep(command.reason)
    row.version += 1
    row.status, row.note = str(ExerciseState.ANNULE), reason.id if reason else None
    unit.say(ExerciseCancelled.model_validate(body(row) | {"by": unit.caller.id, "reason": reason}))
    unit.session.flush()
    return Done(id=row.id)


@SERVICE.does(NoteDuty)
def note_duty(unit: Unit, command: NoteDuty) -> Created:
    """The plan was discussed with the ARS, or the directory tested: nothing else on the desk shows it."""
    unit.require(*KEEPERS)
    on = decide.past_day(command.on, today(unit))
    row = store.DutyRow(id=unit.new_id(), territory=unit.message.territory, duty=command.duty, on=on, by=unit.caller.id)
    unit.session.add(row)
    unit.say(DutyDone(duty=Duty(command.duty), on=on, by=unit.caller.id, note=unit.keep(command.note)))
    unit.session.flush()
    return Created(id=row.id)
