"""Levels of the CPTS: proposals derived from facts, decisions taken by people, the three axes."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.axes import AxisState, UnassignedRequest
from contracts.base import Command, Contract, Fact, ListQuestion, Question, TextRef


class Evidence(Contract):
    """One fact behind a proposal. ``fact`` is its envelope id, ``alert`` the alert when there is one."""

    fact: str
    kind: str
    label: str
    text: TextRef | None = None
    alert: str | None = None
    at: AwareDatetime
    weight: int = 0


class LevelProposed(Fact):
    """The rules derive a level from the facts in force; a person decides. Immutable: newer evidence supersedes it."""

    entity: ClassVar[str] = "level"
    happened: ClassVar[str] = "proposed"

    proposal: str
    playbook: str
    from_level: int
    level: int
    because: str
    evidence: tuple[Evidence, ...] = ()
    supersedes: str | None = None
    decided_by: tuple[str, ...] = ()


class ProposalWithdrawn(Fact):
    """What the proposal stood on no longer holds, or a newer one took its place."""

    entity: ClassVar[str] = "proposal"
    happened: ClassVar[str] = "withdrawn"

    proposal: str
    playbook: str
    level: int
    reason: str


class ProposalDeclined(Fact):
    """A person said no, and why."""

    entity: ClassVar[str] = "proposal"
    happened: ClassVar[str] = "declined"

    proposal: str
    playbook: str
    level: int
    decided_by: str
    reason: TextRef


class CrisisOpened(Fact):
    """A playbook is activated: level above 0, pinned to one content of the plan."""

    entity: ClassVar[str] = "crisis"
    happened: ClassVar[str] = "opened"

    crisis: str
    playbook: str
    plan_version: int
    plan_sha256: str
    typology: str
    orsan: str | None = None
    opened_at: AwareDatetime


class LevelChanged(Fact):
    """A person moved a crisis to another level. ``version`` counts the changes of this crisis, from 1."""

    entity: ClassVar[str] = "level"
    happened: ClassVar[str] = "changed"

    crisis: str
    version: int
    playbook: str
    plan_sha256: str
    from_level: int
    level: int
    decided_by: str
    reason: TextRef
    proposal: str | None = None
    changed_at: AwareDatetime


class CrisisClosed(Fact):
    """Back to level 0."""

    entity: ClassVar[str] = "crisis"
    happened: ClassVar[str] = "closed"

    crisis: str
    version: int
    playbook: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime


class PlanAdopted(Fact):
    """A running crisis takes another version of its plan, a person's decision. ``version`` counts like a level change.

    The level stays; ``from_sha256`` and ``plan_sha256`` are the contents left and taken.
    """

    entity: ClassVar[str] = "plan"
    happened: ClassVar[str] = "adopted"

    crisis: str
    version: int
    playbook: str
    level: int
    from_sha256: str
    plan_sha256: str
    from_version: int
    plan_version: int
    decided_by: str
    reason: TextRef
    adopted_at: AwareDatetime


class AdoptPlan(Command):
    """Take another version of the plan in a running crisis. ``from_sha256`` is the one on screen; stale is refused."""

    service: ClassVar[str] = "levels"
    verb: ClassVar[str] = "adopt-plan"

    crisis: str
    from_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    reason: str = Field(min_length=1, max_length=2000)
    decided_by: str | None = Field(
        default=None, description="reference of the person who decided, when another types it"
    )


class DecideProposal(Command):
    """Accept or decline a proposal. Accepting checks again that it still stands."""

    service: ClassVar[str] = "levels"
    verb: ClassVar[str] = "decide"

    proposal: str
    decision: Literal["accept", "decline"]
    reason: str = Field(min_length=1, max_length=2000)


class ChangeLevel(Command):
    """A person's own change. ``from_level`` is the level on their screen; a stale one is refused."""

    service: ClassVar[str] = "levels"
    verb: ClassVar[str] = "change"

    playbook: str
    from_level: int = Field(ge=0, le=3)
    level: int = Field(ge=0, le=3)
    reason: str = Field(min_length=1, max_length=2000)
    decided_by: str | None = Field(
        default=None, description="reference of the person who decided, when another types it"
    )


class Decided(Contract):
    """Outcome of a decision."""

    id: str
    crisis: str | None = None
    level: int | None = None
    status: str


class ListProposals(ListQuestion):
    """Proposals, newest first: items ``id, playbook, level, because, evidence, status``."""

    service: ClassVar[str] = "levels"
    what: ClassVar[str] = "proposals"

    status: str | None = None


class AskSituation(Question):
    """The three axes, the crises open and what waits for a decision; answered by ``SituationFound``."""

    service: ClassVar[str] = "levels"
    what: ClassVar[str] = "situation"


class CrisisState(Contract):
    """A crisis as it stands. ``since`` is when the current level was decided.

    ``newest_version`` and ``newest_sha256`` are those of its plan in the folder: another than it follows is proposed
    to people, never taken by itself.
    """

    id: str
    playbook: str
    plan_sha256: str
    plan_version: int | None = None
    newest_version: int | None = None
    newest_sha256: str | None = None
    typology: str
    level: int
    since: AwareDatetime
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    decided_by: str
    version: int


class SituationFound(Contract):
    """Where a territory stands. ``unassigned`` are requests for a level that no plan takes up."""

    territory: str
    exercise: bool
    at: AwareDatetime
    axes: tuple[AxisState, ...] = ()
    crises: tuple[CrisisState, ...] = ()
    proposals: tuple[dict, ...] = ()  # type: ignore[type-arg]  # rows of ListProposals, shown as they are
    unassigned: tuple[UnassignedRequest, ...] = ()
