"""A running crisis and a newer version of its plan: what taking it would do, and what it did."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from contracts.actions import PlannedAction
from contracts.base import Contract, Fact, Question
from contracts.plans import FieldChange, PlanVersion


class AskAdoption(Question):
    """What taking another version of its plan would do in a running crisis, without doing it (``AdoptionFound``)."""

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "adoption"

    crisis: str
    sha256: str | None = Field(default=None, description="SHA-256 of the content; the newest version without it")


class StepRevised(PlannedAction):
    """A step in force as it will stand, with what the new version says otherwise, field by field in words."""

    changes: tuple[FieldChange, ...] = ()


class AdoptionFound(Contract):
    """The level stays. ``decided_by`` are the duty roles that may decide it, said by the version to be taken."""

    crisis: str
    playbook: str
    level: int
    name: str = ""
    older: PlanVersion
    newer: PlanVersion
    decided_by: tuple[str, ...] = ()
    opens: tuple[PlannedAction, ...] = ()
    closes: tuple[PlannedAction, ...] = ()
    changed: tuple[StepRevised, ...] = ()
    keeps: tuple[PlannedAction, ...] = ()


class PlanApplied(Fact):
    """The steps of a crisis follow the version its people took: how many opened, closed, changed, stayed."""

    entity: ClassVar[str] = "plan"
    happened: ClassVar[str] = "applied"

    crisis: str
    version: int
    playbook: str
    plan_version: int
    from_version: int
    level: int
    opened: int = 0
    closed: int = 0
    changed: int = 0
    kept: int = 0
