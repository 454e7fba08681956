"""What a CPTS owes every year, the exercises it plans, and all that it keeps ready, as one answer."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.base import Command, Contract, Fact, OpenEnum, Question, TextRef
from contracts.readiness import GovernanceItem, PremisesItem, Reference, StockItem, TrainingItem


class ExerciseState(OpenEnum):
    """Where a planned exercise stands; ``en_retard``: its day passed and nobody noted it held."""

    PREVU = "prevu"
    TENU = "tenu"
    EN_RETARD = "en_retard"
    ANNULE = "annule"
    AUTRE = "autre"


class Duty(OpenEnum):
    """What a CPTS owes every year, each one by a day of the territory's file."""

    ANNUAIRE = "annuaire"
    STOCK = "stock"
    LOCAUX = "locaux"
    EXERCICE = "exercice"
    REVUE_ARS = "revue_ars"
    TRANSMISSION = "transmission"
    AUTRE = "autre"


class PlannedExercise(Contract):
    """An exercise of the calendar: the plan it tries, its day, the scenario if the desk plays it."""

    playbook: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    planned_on: date
    scenario: str = Field(default="", max_length=100)
    pilot: Reference | None = None
    observers: str = Field(default="", max_length=200)
    partners: str = Field(default="", max_length=200)


class CalendarBody(Fact):
    """A planned exercise."""

    exercise: str
    version: int
    playbook: str
    planned_on: date
    scenario: str = ""


class ExercisePlanned(CalendarBody):
    """An exercise has a day, or another one."""

    entity: ClassVar[str] = "calendar"
    happened: ClassVar[str] = "planned"

    by: str
    pilot: str | None = None


class ExerciseHeld(CalendarBody):
    """It was held: ``run`` is the drill played on the desk, with its checks; without one, ``by`` noted it."""

    entity: ClassVar[str] = "calendar"
    happened: ClassVar[str] = "held"

    held_on: date
    run: str = ""
    passed: int = 0
    failed: int = 0
    by: str = ""
    note: TextRef | None = None


class ExerciseMissed(CalendarBody):
    """Its day passed and nobody noted it held."""

    entity: ClassVar[str] = "calendar"
    happened: ClassVar[str] = "missed"


class ExerciseCancelled(CalendarBody):
    """It will not be held."""

    entity: ClassVar[str] = "calendar"
    happened: ClassVar[str] = "cancelled"

    by: str
    reason: TextRef | None = None


class DutyDone(Fact):
    """A person noted a yearly duty that nothing else on the desk shows."""

    entity: ClassVar[str] = "annual-duty"
    happened: ClassVar[str] = "done"

    duty: Duty
    on: date
    by: str
    note: TextRef | None = None


class DutyMissed(Fact):
    """The day of a yearly duty passed; said once."""

    entity: ClassVar[str] = "annual-duty"
    happened: ClassVar[str] = "missed"

    duty: Duty
    year: int
    due_on: date


class PlanExercise(PlannedExercise, Command):
    """Give an exercise a day, or another one (``exercise`` names it)."""

    service: ClassVar[str] = "readiness"
    verb: ClassVar[str] = "plan-exercise"

    exercise: str | None = Field(default=None, max_length=63)


class HoldExercise(Command):
    """Note that an exercise was held, outside the desk or with a drill played on it (``run``)."""

    service: ClassVar[str] = "readiness"
    verb: ClassVar[str] = "hold-exercise"

    exercise: str
    held_on: date | None = None
    run: str = Field(default="", max_length=63)
    note: str = Field(default="", max_length=2000)


class CancelExercise(Command):
    """Give up a planned exercise."""

    service: ClassVar[str] = "readiness"
    verb: ClassVar[str] = "cancel-exercise"

    exercise: str
    reason: str = Field(default="", max_length=500)


class NoteDuty(Command):
    """Note that a yearly duty was done: the plan discussed with the ARS, the directory tested."""

    service: ClassVar[str] = "readiness"
    verb: ClassVar[str] = "duty"

    duty: Literal["annuaire", "revue_ars"]
    on: date | None = None
    note: str = Field(default="", max_length=500)


class AskReadiness(Question):
    """All that is kept ready (``ReadinessFound``)."""

    service: ClassVar[str] = "readiness"
    what: ClassVar[str] = "state"


class ExerciseEntry(PlannedExercise):
    """A planned exercise as it stands; ``passed`` and ``failed`` are the checks of the drill ``run``."""

    id: str
    version: int = 1
    status: ExerciseState = ExerciseState.PREVU
    held_on: date | None = None
    run: str = ""
    title: str = ""
    passed: int = 0
    failed: int = 0
    note: str = ""


class DutyState(Contract):
    """A yearly duty: ``status`` is ``fait``, ``a_faire``, ``bientot``, ``en_retard``; ``last_on`` whatever the year."""

    duty: Duty
    label: str
    year: int
    due_on: date
    done_on: date | None = None
    last_on: date | None = None
    status: Literal["fait", "a_faire", "bientot", "en_retard"]


class DrillPlayed(Contract):
    """A drill played on the desk to its end."""

    run: str
    title: str
    scenario: str
    ended_on: date
    passed: int
    failed: int


class ReadinessFound(Contract):
    """All that is kept ready; ``unplanned`` are drills played that no exercise of the calendar took."""

    governance: tuple[GovernanceItem, ...] = ()
    stock: tuple[StockItem, ...] = ()
    premises: tuple[PremisesItem, ...] = ()
    trainings: tuple[TrainingItem, ...] = ()
    calendar: tuple[ExerciseEntry, ...] = ()
    unplanned: tuple[DrillPlayed, ...] = ()
    duties: tuple[DutyState, ...] = ()
