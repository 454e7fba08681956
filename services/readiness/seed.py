"""First enrolment: what the territory file says is kept ready, written once and then lived here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from contracts.readiness import KeepGovernance, KeepPremises, KeepStock, NoteTraining
from contracts.yearly import PlanExercise
from services.platform.errors import BadSettings
from services.platform.territory import Territory
from services.platform.unit import Unit
from services.readiness import store
from services.readiness.exercising import write_exercise
from services.readiness.keeping import Keep, write_record

M = TypeVar("M", bound=BaseModel)
SHELVES: dict[str, type[Any]] = {
    "governance": KeepGovernance, "stock": KeepStock, "premises": KeepPremises, "trainings": NoteTraining,
}  # fmt: skip


def enrol_readiness(unit: Unit, territory: Territory) -> None:
    """Write what the file says and this service never knew; a record changed or removed since stays so.

    Raises ``BadSettings``.
    """
    name = territory.territory
    own = replace(unit, message=unit.message.model_copy(update={"territory": name}))  # what it says is said by both
    ready = territory.seed.get("readiness") or {}
    for shelf, model in SHELVES.items():
        for entry in ready.get(shelf, ()):
            command: Keep = _parse(model, entry, name)
            known = command.record and store.record(unit.session, name, command.record)
            if command.record and not known:
                write_record(own, command, command.record, None, getattr(command, "checked_on", None))
    for entry in ready.get("exercises", ()):
        planned = _parse(PlanExercise, entry, name)
        if planned.exercise and store.exercise(unit.session, name, planned.exercise) is None:
            write_exercise(own, planned, planned.exercise, None)


def _parse(model: type[M], entry: dict[str, Any], territory: str) -> M:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = " › ".join(str(part) for part in first["loc"])
        raise BadSettings(f"Territoire {territory}, « readiness » : {entry} : {where} {first['msg']}") from error
