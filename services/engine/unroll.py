"""What a decision does to the runs: pure, from the same rules that show it beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.actions import ActionClosed, ActionOpened, ActionRevised, ActionShared
from contracts.base import Fact, TextRef
from services.engine.state import Run
from services.platform.territory import Territory
from services.playbook.held import Member
from services.playbook.model import ActionTemplate, Plan
from services.playbook.revising import Revision, Terms, terms, untouched
from services.playbook.rules import Change, Opening, active, adoption, place_of

Effect = tuple[Run, Fact | None]
Followed = Callable[[str], Plan | None]
_SHOWN = {"help", "actors", "documents", "channel", "indicator", "theme", "phase", "fiche", "checklist"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A level decided, or a newer plan taken: in which crisis, by whom, when, and why.

    ``adopted`` is the version of the plan taken; the level stays.
    """

    crisis: str
    from_level: int
    level: int
    decided_by: str
    at: datetime
    reason: TextRef | None = None
    adopted: int | None = None

    @property
    def words(self) -> str:
        """Why a step closes, for a reader."""
        if self.adopted is not None:
            return f"le plan version {self.adopted} ne la demande plus"
        return "fin de crise" if self.level == 0 else f"passage du niveau {self.from_level} au niveau {self.level}"


@dataclass(frozen=True, slots=True)
class Plans:
    """The content a crisis follows from now on, the one it followed, and what another crisis follows."""

    newer: Plan
    older: Plan
    followed: Followed = lambda crisis: None


def unroll(
    plans: Plans, decision: Decision, change: Change, runs: Iterable[Run], territory: Territory,
    new_id: Callable[[], str],
) -> list[Effect]:  # fmt: skip
    """The runs as the decision leaves them, each with the fact to tell. Closes first, then opens, firm ones first."""
    known = {run.run: run for run in runs}
    effects: list[Effect] = []

    def note(effect: Effect) -> None:
        known[effect[0].run] = effect[0]
        effects.append(effect)

    met = {step.template.id for step, _ in change.joins}
    for run in change.closes:
        note(_close(known[run], decision, met))
    for run in change.ends:
        note((replace(known[run], in_force=False), None))
    for run in change.leaves:
        note(_leave(plans, known[run], decision, territory))
    for revision in change.changed:
        note(_revise(plans, revision, known[revision.run], decision.crisis))
    if plans.newer is not plans.older:
        for run in change.keeps:
            note((_pinned(plans.newer, known[run], decision), None))
    for step in change.opens:
        note(_open(plans.newer, step, decision, territory.territory, new_id()))
    for step, run in change.joins:
        note(_join(plans.newer, step, known[run], decision.crisis))
    return effects


def change_of(plans: Plans, decision: Decision, runs: Iterable[Run], territory: Territory) -> Change:
    """What a decision does, by the rules of the plan: to be shown, or done."""
    return adoption(
        plans.older, plans.newer, decision.crisis, decision.level, [run.held() for run in runs],
        started_at=decision.at, territory=territory,
    )  # fmt: skip


def _open(plan: Plan, step: Opening, decision: Decision, territory: str, run_id: str) -> Effect:
    due = step.deadline
    run = Run(
        run=run_id,
        territory=territory,
        members=(Member(decision.crisis, step.template.id, step.level, plan.playbook),),
        opened_at=decision.at,
        due_at=due.due_at if due else None,
        late_at=due.late_at if due else None,
        renews_at=due.renews_at if due else None,
        **_as_said(plan, step.template, step.level, step.place),
    )
    return run, ActionOpened(**run.body())


def _as_said(plan: Plan, template: ActionTemplate, level: int, place: int) -> dict[str, Any]:
    """What of a run is what its step says, deadlines apart."""
    return {
        "action": template.id,
        "opened_as": template.id,
        "playbook": plan.playbook,
        "level": level,
        "plan_sha256": plan.sha256,
        "title": template.title,
        "side": template.side,
        "modality": template.modality,
        "owner": template.owner,
        "details": template.model_dump(mode="json", include=_SHOWN),
        "shared_key": template.shared_key,
        "rank": place,
    }


def _revise(plans: Plans, revision: Revision, run: Run, crisis: str) -> Effect:
    said = _as_said(plans.newer, revision.template, revision.level, revision.place)
    revised = replace(run, members=_moved(run, crisis, revision.level), version=run.version + 1, **said)
    revised = _timed(revised, revision.terms)
    fields = tuple(change.field for change in revision.changes)
    return revised, ActionRevised(**revised.body(), changes=fields, plan_version=plans.newer.version)


def _timed(run: Run, lasting: Terms) -> Run:
    told = run.late_told and lasting.late_at == run.late_at
    return replace(
        run, due_at=lasting.due_at, late_at=lasting.late_at, renews_at=lasting.renews_at, late_told=told
    )  # fmt: skip


def _pinned(plan: Plan, run: Run, decision: Decision) -> Run:
    """A run that says the same in the newer plan: its place there, and for its first crisis the content it is read in.

    What is done for good stays as it was said then.
    """
    member = next(one for one in run.members if one.crisis == decision.crisis)
    first = run.members[0] is member
    if first and run.held().over:
        return run
    moved = replace(run, members=_moved(run, decision.crisis, active(plan, decision.level)[member.action][1]))
    return replace(moved, plan_sha256=plan.sha256, rank=place_of(plan, member.action)) if first else moved


def _moved(run: Run, crisis: str, level: int) -> tuple[Member, ...]:
    return tuple(replace(one, level=level) if one.crisis == crisis else one for one in run.members)


def _join(plan: Plan, step: Opening, run: Run, crisis: str) -> Effect:
    member = Member(crisis, step.template.id, step.level, plan.playbook)
    joined = replace(run, members=(*run.members, member), in_force=True, version=run.version + 1)
    return joined, ActionShared(**joined.body())


def _leave(plans: Plans, run: Run, decision: Decision, territory: Territory) -> Effect:
    """The step stays for the others; when its first crisis goes, the next one says it from now on."""
    members = tuple(member for member in run.members if member.crisis != decision.crisis)
    first = members[0]
    left = replace(run, members=members, version=run.version + 1)
    if run.members[0].crisis == decision.crisis:
        left = replace(left, action=first.action, level=first.level, playbook=first.playbook)
        left = _handed(plans, run, left, decision.at, territory)
    return replace(left, in_force=left.still_held), ActionShared(**left.body())


def _handed(plans: Plans, before: Run, run: Run, at: datetime, territory: Territory) -> Run:
    """The run in the words of the crisis that holds it now; what is done for good stays as it was said then."""
    first = run.members[0]
    plan, old = plans.followed(first.crisis), plans.older.step(before.opened_as)
    template = plan.step(first.action) if plan else None
    if plan is None or template is None or old is None or untouched(run.held(), template):
        return run
    lasting = terms(run.held(), old, template, at, territory)
    said = _as_said(plan, template, first.level, place_of(plan, first.action))
    return _timed(replace(run, **said), lasting)


def _close(run: Run, decision: Decision, met: set[str]) -> Effect:
    closed = replace(
        run,
        status="closed",
        in_force=False,
        settled_by=decision.decided_by,
        settled_at=decision.at,
        version=run.version + 1,
    )
    joins = run.action in met and decision.adopted is not None
    because = f"le plan version {decision.adopted} la partage avec une autre crise" if joins else decision.words
    return closed, ActionClosed(**closed.body(), reason=decision.reason, because=because)
