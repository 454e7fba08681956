"""Plans as people read them: versions kept by the engine, their content in words, their differences, a file checked."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, Field

from contracts.base import Contract, ListQuestion, Question


class ListPlans(ListQuestion):
    """Every content of a plan ever loaded (``PlanVersion`` items), by playbook, newest version first."""

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "plans"

    playbook: str | None = Field(default=None, description="versions of this plan only")


class PlanVersion(Contract):
    """One version of a plan.

    ``status`` is ``modele`` until the CPTS says ``valide``. ``in_use``: a crisis open in this territory is pinned
    to this content. ``newest``: a crisis opened now would follow it. ``reviews``: the experience reviews it answers.
    """

    playbook: str
    version: int
    sha256: str
    title: str
    typology: str
    orsan: str | None = None
    status: str = "modele"
    status_words: str = ""
    first_loaded_at: AwareDatetime | None = None
    in_use: bool = False
    newest: bool = False
    reviews: tuple[str, ...] = ()


class ReadPlan(Question):
    """A plan in words (``PlanRead``): the newest version, or the one with this SHA-256."""

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "plan-content"

    playbook: str
    sha256: str | None = None


class PlanStep(Contract):
    """A step in words. ``due``, ``tolerance`` and ``lasts`` are sentences; an empty one says nothing special."""

    id: str
    title: str
    help: str = ""
    side: str = "cpts"
    modality: str = "firm"
    modality_words: str = ""
    owner: str = ""
    owner_words: str = ""
    due: str = ""
    tolerance: str = ""
    lasts: str = ""
    theme: str = ""
    theme_title: str = ""
    actors: str = ""
    channel: str = ""
    indicator: str = ""
    documents: tuple[str, ...] = ()
    shared_key: str = ""
    phase: str = ""
    phase_words: str = ""
    fiche: str = ""
    fiche_words: str = ""
    checklist: str = ""


class PlanChecklist(Contract):
    """A ready list to tick: ``parts`` are (title, lines)."""

    key: str
    title: str
    source: str = ""
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()


class PlanReason(Contract):
    """What proposes a level: the condition told as a sentence, and ``because`` as the proposal would say it."""

    condition: str
    because: str
    evidence_only: bool = False


class PlanLevel(Contract):
    """One level; ``supported_by`` strengthens a proposal and never makes one."""

    number: int
    name: str
    decided_by: tuple[str, ...] = ()
    proposed_by: tuple[PlanReason, ...] = ()
    supported_by: tuple[PlanReason, ...] = ()
    themes: tuple[str, ...] = ()
    firm: tuple[PlanStep, ...] = ()
    possible: tuple[PlanStep, ...] = ()
    optional: tuple[PlanStep, ...] = ()
    structures: tuple[PlanStep, ...] = ()


class PlanRead(Contract):
    """A whole plan as a person reads it. ``lowering`` are the rules to go down and to close, as sentences.

    ``validation`` says who accepted it, ``revision`` why this version, ``missing`` which sheets no step serves,
    ``scenario`` the drill that tries it.
    """

    about: PlanVersion
    not_ours: tuple[str, ...] = ()
    engagements: tuple[PlanStep, ...] = ()
    levels: tuple[PlanLevel, ...] = ()
    closing: tuple[PlanStep, ...] = ()
    lowering: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    checklists: tuple[PlanChecklist, ...] = ()
    validation: tuple[str, ...] = ()
    revision: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    scenario: str = ""


class ComparePlans(Question):
    """Two versions side by side (``PlanDifferences``); by default the newest and the one before it."""

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "plan-differences"

    playbook: str
    older: str | None = Field(default=None, description="SHA-256 of the older content")
    newer: str | None = Field(default=None, description="SHA-256 of the newer content")


class FieldChange(Contract):
    """One thing said otherwise: ``name`` in words; of a list, only the lines that left and those that came."""

    field: str
    name: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class StepAdded(Contract):
    """A step that only one of the two versions has, and where it stands (``niveau 2``)."""

    where: str
    step: PlanStep


class StepChanged(Contract):
    """A step both versions have, said otherwise; a move to another level is one of the ``changes``."""

    id: str
    title: str
    where: str
    changes: tuple[FieldChange, ...]


class LevelChanges(Contract):
    """What changed in a level beside its steps: name, who decides, what proposes it."""

    number: int
    name: str
    changes: tuple[FieldChange, ...]


class PlanDifferences(Contract):
    """From the older version to the newer one; ``same`` when they are one content."""

    playbook: str
    older: PlanVersion
    newer: PlanVersion
    same: bool = False
    plan: tuple[FieldChange, ...] = ()
    levels: tuple[LevelChanges, ...] = ()
    added: tuple[StepAdded, ...] = ()
    removed: tuple[StepAdded, ...] = ()
    changed: tuple[StepChanged, ...] = ()


class CheckPlan(Question):
    """An edited file read as the desk would at start, without keeping it (``PlanChecked``). 200 kB at most.

    A letter that could not be decoded stands in ``text`` as U+FFFD: the check says where.
    """

    service: ClassVar[str] = "engine"
    what: ClassVar[str] = "plan-check"

    text: str


class PlanProblem(Contract):
    """One thing to mend: ``line`` and ``column`` count from 1, ``where`` is the place in the plan."""

    line: int
    column: int | None = None
    where: str = ""
    message: str
    remedy: str = ""


class PlanChecked(Contract):
    """The verdict. ``differences`` with the newest version loaded, when there is one; ``left_out`` problems not told.

    ``plan`` and ``differences`` are absent, and ``notes`` say so, when they would be too long for one message.
    """

    ok: bool
    problems: tuple[PlanProblem, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()
    plan: PlanRead | None = None
    differences: PlanDifferences | None = None
