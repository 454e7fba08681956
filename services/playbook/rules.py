"""The engine as one pure function: what a change of level, or a newer plan, opens, keeps, changes and closes.

It is shown or done: the same rules answer both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.platform.territory import Territory
from services.playbook.held import Held, Member
from services.playbook.model import ActionTemplate, Plan
from services.playbook.revising import Revision, changes_of, terms, untouched
from services.playbook.schedule import Deadline, deadline

_RANK = {"firm": 0, "possible": 1, "optional": 2}
Wanted = dict[str, tuple[ActionTemplate, int]]
Ours = list[tuple[Held, Member]]


@dataclass(frozen=True, slots=True)
class Opening:
    """A step that the new level asks for, with its first deadline and its place in the plan."""

    template: ActionTemplate
    level: int
    place: int
    deadline: Deadline | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision does to the runs in force.

    ``joins`` are steps met by a run of another crisis; ``leaves`` runs that this crisis lets go and another still
    holds; ``ends`` runs already done or set aside, that merely leave the board; ``changed`` runs that go on and
    say something else.
    """

    opens: tuple[Opening, ...] = ()
    joins: tuple[tuple[Opening, str], ...] = ()
    keeps: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    changed: tuple[Revision, ...] = ()


def active(plan: Plan, level: int) -> Wanted:
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
    return adoption(plan, plan, crisis, after, runs, started_at=started_at, territory=territory)


def adoption(
    older: Plan, newer: Plan, crisis: str, level: int, runs: Iterable[Held], *, started_at: datetime,
    territory: Territory,
) -> Change:  # fmt: skip
    """What taking ``newer`` in place of ``older`` does to ``crisis``, at ``level``.

    A run says what the plan of its first crisis says: only that crisis changes its words. A step that is no longer
    shared as before leaves the run of the others, or joins another; what is done for good stays where it was done.
    """
    runs = list(runs)
    wanted = active(newer, level)
    ours = [(run, member) for run in runs if (member := run.serves(crisis))]
    apart = {run.run for run, member in ours if not run.alone and not _fits(run, member, wanted)}
    others = [run.without(crisis) if run.run in apart else run for run in runs]
    dropped = [run for run, member in ours if run.alone and _dropped(run, member, wanted, crisis, others)]
    kept = [(run, member) for run, member in ours if run.run not in apart and run not in dropped]
    there = {member.action for _, member in kept}
    missing = [_opening(newer, wanted[step], started_at, territory) for step in wanted if step not in there]
    meeting = {step.template.id: run for step in missing if (run := _same_step(step.template, crisis, others))}
    changed = tuple(_revisions(older, newer, kept, wanted, started_at, territory))
    said_otherwise = {revision.run for revision in changed}
    return Change(
        opens=_firm_first(step for step in missing if step.template.id not in meeting),
        joins=tuple((step, meeting[step.template.id]) for step in missing if step.template.id in meeting),
        keeps=tuple(run.run for run, _ in kept if run.run not in said_otherwise),
        closes=tuple(run.run for run in dropped if run.live),
        leaves=tuple(run.run for run, _ in ours if run.run in apart),
        ends=tuple(run.run for run in dropped if not run.live),
        changed=changed,
    )


def not_adoptable(older: Plan, newer: Plan, level: int) -> str | None:
    """Why a crisis of ``older`` at ``level`` cannot take ``newer``, in words; nothing when it can."""
    if newer.playbook != older.playbook:
        return f"La crise suit le plan « {older.playbook} » : elle ne peut pas reprendre « {newer.playbook} »."
    if newer.sha256 == older.sha256:
        return f"La crise suit déjà la version {newer.version} du plan ; rien à reprendre."
    if level not in newer.levels:
        return (
            f"La version {newer.version} du plan n'a pas de niveau {level}, où en est la crise ; "
            "changez d'abord de niveau."
        )
    return None


def place_of(plan: Plan, action: str) -> int:
    """Rank of a step in its plan, for a board in plan order."""
    return next(place for place, step in enumerate(plan.every_action()) if step.id == action)


def _fits(run: Held, member: Member, wanted: Wanted) -> bool:
    """Whether the plan still wants the step in this run: one shared otherwise is another step, unless it is over."""
    if member.action not in wanted:
        return False
    template = wanted[member.action][0]
    return run.shared_key == template.shared_key or untouched(run, template)


def _dropped(run: Held, member: Member, wanted: Wanted, crisis: str, others: Sequence[Held]) -> bool:
    """Whether a run of this crisis alone ends: not wanted any more, or met from now on by the run of another."""
    if _fits(run, member, wanted):
        return False
    return member.action not in wanted or _same_step(wanted[member.action][0], crisis, others) is not None


def _revisions(
    older: Plan, newer: Plan, kept: Ours, wanted: Wanted, at: datetime, territory: Territory
) -> Iterable[Revision]:
    for run, member in kept:
        template, level = wanted[member.action]
        before = older.step(member.action)
        if before is None or run.members[0] is not member or untouched(run, template):
            continue
        if changes := changes_of(older, newer, member.action, territory):
            lasting = terms(run, before, template, at, territory)
            yield Revision(run.run, template, level, place_of(newer, member.action), changes, lasting)


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
