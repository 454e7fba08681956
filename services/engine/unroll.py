"""What a change of level does to the runs: pure, from the same ``transition`` that shows it beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.actions import ActionClosed, ActionOpened, ActionShared, PlannedAction
from contracts.base import Fact, TextRef
from services.engine.state import Run
from services.platform.territory import Territory
from services.playbook.model import Plan
from services.playbook.rules import Change, Member, Opening, transition

Effect = tuple[Run, Fact | None]
_SHOWN = {"help", "actors", "documents", "channel", "indicator", "theme", "phase", "fiche", "checklist"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A level decided: in which crisis, by whom, when, and why."""

    crisis: str
    from_level: int
    level: int
    decided_by: str
    at: datetime
    reason: TextRef | None = None

    @property
    def words(self) -> str:
        """Why a step closes, for a reader."""
        return "fin de crise" if self.level == 0 else f"passage du niveau {self.from_level} au niveau {self.level}"


def unroll(
    plan: Plan, decision: Decision, runs: Iterable[Run], territory: Territory, new_id: Callable[[], str]
) -> list[Effect]:
    """The runs as the decision leaves them, each with the fact to tell. Closes first, then opens, firm ones first."""
    known = {run.run: run for run in runs}
    held = [run.held() for run in known.values()]
    change = transition(plan, decision.crisis, decision.level, held, started_at=decision.at, territory=territory)
    effects: list[Effect] = [_close(known[run], decision) for run in change.closes]
    effects += [(replace(known[run], in_force=False), None) for run in change.ends]
    effects += [_leave(known[run], decision.crisis) for run in change.leaves]
    effects += [_open(plan, step, decision, territory.territory, new_id()) for step in change.opens]
    effects += [_join(plan, step, known[run], decision.crisis) for step, run in change.joins]
    return effects


def shown(change: Change, runs: Mapping[str, Run]) -> dict[str, tuple[PlannedAction, ...]]:
    """The same change, told without being done."""
    opens = [_planned(step) for step in change.opens]
    opens += [_planned(step, shared=True) for step, _ in change.joins]
    closes = [_standing(runs[run]) for run in change.closes]
    closes += [_standing(runs[run], shared=True) for run in change.leaves]
    return {
        "opens": tuple(opens),
        "keeps": tuple(_standing(runs[run]) for run in change.keeps),
        "closes": tuple(closes),
    }


def _open(plan: Plan, step: Opening, decision: Decision, territory: str, run_id: str) -> Effect:
    template, due = step.template, step.deadline
    run = Run(
        run=run_id,
        territory=territory,
        members=(Member(decision.crisis, template.id, step.level, plan.playbook),),
        action=template.id,
        opened_as=template.id,
        playbook=plan.playbook,
        level=step.level,
        plan_sha256=plan.sha256,
        title=template.title,
        side=template.side,
        modality=template.modality,
        owner=template.owner,
        opened_at=decision.at,
        details=template.model_dump(mode="json", include=_SHOWN),
        shared_key=template.shared_key,
        rank=step.place,
        due_at=due.due_at if due else None,
        late_at=due.late_at if due else None,
        renews_at=due.renews_at if due else None,
    )
    return run, ActionOpened(**run.body())


def _join(plan: Plan, step: Opening, run: Run, crisis: str) -> Effect:
    member = Member(crisis, step.template.id, step.level, plan.playbook)
    joined = replace(run, members=(*run.members, member), version=run.version + 1)
    return joined, ActionShared(**joined.body())


def _leave(run: Run, crisis: str) -> Effect:
    """The step stays for the others, under the name that the first of them gives it."""
    members = tuple(member for member in run.members if member.crisis != crisis)
    first = members[0]
    left = replace(
        run,
        members=members,
        action=first.action,
        level=first.level,
        playbook=first.playbook,
        version=run.version + 1,
    )
    return left, ActionShared(**left.body())


def _close(run: Run, decision: Decision) -> Effect:
    closed = replace(
        run,
        status="closed",
        in_force=False,
        settled_by=decision.decided_by,
        settled_at=decision.at,
        version=run.version + 1,
    )
    return closed, ActionClosed(**closed.body(), reason=decision.reason, because=decision.words)


def _planned(step: Opening, *, shared: bool = False) -> PlannedAction:
    template = step.template
    return PlannedAction(
        action=template.id,
        title=template.title,
        side=template.side,
        modality=template.modality,
        owner=template.owner,
        level=step.level,
        due_at=step.deadline.due_at if step.deadline else None,
        shared=shared,
    )


def _standing(run: Run, *, shared: bool = False) -> PlannedAction:
    return PlannedAction(
        **{name: getattr(run, name) for name in PlannedAction.model_fields if name != "shared"},
        shared=shared or len(run.members) > 1,
    )
