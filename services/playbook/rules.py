"""The engine as one pure function: what a change of level opens, keeps and closes, shown or done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.platform.territory import Territory
from services.playbook.model import ActionTemplate, Plan
from services.playbook.schedule import Deadline, deadline

_RANK = {"firm": 0, "possible": 1, "optional": 2}
LIVE = ("open", "taken")


@dataclass(frozen=True, slots=True)
class Member:
    """One crisis that a run serves, and the step of that crisis's plan it stands for."""

    crisis: str
    action: str
    level: int
    playbook: str


@dataclass(frozen=True, slots=True)
class Held:
    """A run in force, of any crisis of the territory, as far as the rules look at it."""

    run: str
    status: str
    members: tuple[Member, ...]
    shared_key: str | None = None

    def serves(self, crisis: str) -> Member | None:
        """The membership of a crisis."""
        return next((member for member in self.members if member.crisis == crisis), None)


@dataclass(frozen=True, slots=True)
class Opening:
    """A step that the new level asks for, with its first deadline and its place in the plan."""

    template: ActionTemplate
    level: int
    place: int
    deadline: Deadline | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of level does.

    ``joins`` are steps met by a run of another crisis; ``leaves`` runs that this crisis lets go and
    another still holds; ``ends`` runs already done or set aside, that merely leave the board.
    """

    opens: tuple[Opening, ...] = ()
    joins: tuple[tuple[Opening, str], ...] = ()
    keeps: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


def active(plan: Plan, level: int) -> dict[str, tuple[ActionTemplate, int]]:
    """The steps in force at a level, in plan order, with the level that opens each; level 0 is the closing list."""
    if level == 0:
        return {step.id: (step, 0) for step in plan.closing}
    steps = {step.id: (step, 1) for step in plan.engagements}
    for number, content in plan.levels.items():
        if number <= level:
            steps |= {step.id: (step, number) for step in content.actions if step.stays or number == level}
    return steps


def transition(
    plan: Plan, crisis: str, after: int, runs: Iterable[Held], *, started_at: datetime, territory: Territory
) -> Change:
    """What moving ``crisis`` to level ``after`` opens, keeps and closes, given the runs in force.

    The level before need not be told: it is what the runs in force are the trace of, so that a change
    heard twice changes nothing more.
    """
    runs = list(runs)
    wanted = active(plan, after)
    ours = [(run, member) for run in runs if (member := run.serves(crisis))]
    there = {member.action for _, member in ours}
    missing = [_opening(plan, wanted[step], started_at, territory) for step in wanted if step not in there]
    meeting = {step.template.id: run for step in missing if (run := _same_step(step.template, crisis, runs))}
    dropped = [(run, member) for run, member in ours if member.action not in wanted]
    alone = [run for run, _ in dropped if len(run.members) == 1]
    return Change(
        opens=_firm_first(step for step in missing if step.template.id not in meeting),
        joins=tuple((step, meeting[step.template.id]) for step in missing if step.template.id in meeting),
        keeps=tuple(run.run for run, member in ours if member.action in wanted),
        closes=tuple(run.run for run in alone if run.status in LIVE),
        leaves=tuple(run.run for run, _ in dropped if len(run.members) > 1),
        ends=tuple(run.run for run in alone if run.status not in LIVE),
    )


def place_of(plan: Plan, action: str) -> int:
    """Rank of a step in its plan, for a board in plan order."""
    return next(place for place, step in enumerate(plan.every_action()) if step.id == action)


def _opening(plan: Plan, step: tuple[ActionTemplate, int], started_at: datetime, territory: Territory) -> Opening:
    template, level = step
    return Opening(template, level, place_of(plan, template.id), deadline(template, started_at, territory))


def _same_step(template: ActionTemplate, crisis: str, runs: Sequence[Held]) -> str | None:
    """The run of another crisis that already meets this step; one set aside meets nothing."""
    key = template.shared_key
    if key is None:
        return None
    return next(
        (run.run for run in runs if run.shared_key == key and run.status != "skipped" and not run.serves(crisis)), None
    )


def _firm_first(openings: Iterable[Opening]) -> tuple[Opening, ...]:
    return tuple(sorted(openings, key=lambda opening: (_RANK[opening.template.modality], opening.place)))
