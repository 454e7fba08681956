"""Actions: the steps a level opens, run by the engine from the plan."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, Question, TextRef


class ActionBody(Fact):
    """``run`` is one opening of one action; a repeated action keeps its run, and ``occurrence`` counts its turns.

    ``crises`` holds every crisis the run serves; ``due_at`` is empty for what can never be late;
    ``repeats`` says that it starts again each day.
    """

    run: str
    version: int
    action: str
    crises: tuple[str, ...]
    playbook: str
    level: int
    title: str
    side: Literal["cpts", "structures"]
    modality: Literal["firm", "possible", "optional"]
    owner: str
    due_at: AwareDatetime | None = None
    occurrence: int = 1
    repeats: bool = False


class ActionOpened(ActionBody):
    """A level, or the clock for a repeated one, opened the action."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "opened"


class ActionTaken(ActionBody):
    """Somebody has it in hand."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "taken"

    by: str


class ActionDone(ActionBody):
    """Done, with a word of proof."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "done"

    by: str
    proof: TextRef | None = None


class ActionSkipped(ActionBody):
    """Left aside by a person, with the reason."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "skipped"

    by: str
    reason: TextRef


class ActionClosed(ActionBody):
    """The level that had opened it is over; ``reason`` repeats the decision's."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "closed"

    reason: TextRef | None = None
    because: str = ""


class ActionLate(ActionBody):
    """A firm action passed its deadline."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "late"


class ActionRepeated(ActionBody):
    """A daily step starts again: same run, next ``occurrence``, new deadline."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "repeated"


class ActionShared(ActionBody):
    """A second crisis needs the same step: one run now serves both, or one fewer."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "shared"


class ActionRevised(ActionBody):
    """A newer version of the plan says the step otherwise: same run, ``changes`` names the fields of the step."""

    entity: ClassVar[str] = "action"
    happened: ClassVar[str] = "revised"

    changes: tuple[str, ...]
    plan_version: int


class TakeAction(Command):
    """Take an action in hand, for oneself or for a named person."""

    service: ClassVar[str] = "engine"
    verb: ClassVar[str] = "take"

    run: str
    person: str | None = None


class FinishAction(Command):
    """Say that it is done."""

    service: ClassVar[str] = "engine"
    verb: ClassVar[str] = "done"

    run: str
    proof: str = Field(default="", max_length=2000)


class SkipAction(Command):
    """Leave it aside, with a reason."""

    service: ClassVar[str] = "engine"
    verb: ClassVar[str] = "skip"

    run: str
    reason: str = Field(min_length=1, max_length=2000)


class AdoptIdea(Command):
    """A structure says what it does with an idea of its side: adopted, adapted or left."""

    service: ClassVar[str] = "engine"
    verb: ClassVar[str] = "adopt"

    run: str
    structure: str
    choice: Literal["retenue", "adaptee", "ecartee"]
    note: str = Field(default="", max_length=2000)


class IdeaAdopted(Fact):
    """A structure's answer to an idea of the structures' side."""

    entity: ClassVar[str] = "idea"
    happened: ClassVar[str] = "adopted"

    run: str
    action: str
    structure: str
    choice: str
    note: TextRef | None = None


class ListActions(ListQuestion):
    """The board: ``id, action, title, side, modality, owner, status, due_at, late``, firm ones first."""

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "actions"

    status: str | None = None
    side: str | None = None
    crisis: str | None = None
    owner: str | None = None


class CountActions(Question):
    """How many steps wait and how many are late, without reading the board (``ActionsCounted``)."""

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "count"


class ActionsCounted(Contract):
    """Steps in force: ``open`` waits for somebody, ``taken`` is in hand, ``late`` counts both past their deadline."""

    open: int = 0
    taken: int = 0
    late: int = 0


class AskPlan(Question):
    """What a change of level would open, keep and close, without doing it (``PlanFound``)."""

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "plan"

    playbook: str
    level: int = Field(ge=0, le=3)


class PlannedAction(Contract):
    """One step of a change: ``run`` for what already stands, ``shared`` for a step another crisis has.

    ``shared_with`` are the plans of these other crises.
    """

    action: str
    title: str
    side: Literal["cpts", "structures"]
    modality: Literal["firm", "possible", "optional"]
    owner: str
    level: int
    due_at: AwareDatetime | None = None
    run: str | None = None
    status: str | None = None
    shared: bool = False
    shared_with: tuple[str, ...] = ()


class PlanFound(Contract):
    """What moving a playbook to ``level`` would do now; ``decided_by`` are the duty roles that may decide it."""

    playbook: str
    version: int
    plan_sha256: str
    from_level: int
    level: int
    name: str = ""
    decided_by: tuple[str, ...] = ()
    not_ours: tuple[str, ...] = ()
    opens: tuple[PlannedAction, ...] = ()
    keeps: tuple[PlannedAction, ...] = ()
    closes: tuple[PlannedAction, ...] = ()
