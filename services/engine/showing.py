"""What a decision would do, told step by step without being done. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.actions import PlannedAction
from contracts.adoptions import StepRevised
from services.engine.state import Run
from services.playbook.rules import Change, Opening


def shown(change: Change, runs: Mapping[str, Run], crisis: str = "") -> dict[str, tuple[PlannedAction, ...]]:
    """The same change, told without being done; what another crisis than ``crisis`` has is said with its name."""
    opens = [_planned(step) for step in change.opens]
    opens += [_planned(step, shared_with=_playbooks(runs[run], crisis)) for step, run in change.joins]
    return {
        "opens": tuple(opens),
        "keeps": tuple(_standing(runs[run], crisis) for run in change.keeps),
        "closes": tuple(_standing(runs[run], crisis) for run in (*change.closes, *change.leaves)),
    }


def said_otherwise(change: Change, runs: Mapping[str, Run], crisis: str) -> tuple[StepRevised, ...]:
    """The runs that go on and say something else, as they will stand, with what changes in words."""
    return tuple(
        StepRevised(
            **_planned(
                Opening(one.template, one.level, one.place, None),
                shared_with=_playbooks(runs[one.run], crisis), due_at=one.terms.due_at,
                run=one.run, status=runs[one.run].status,
            ).model_dump(),
            changes=one.changes,
        )
        for one in change.changed
    )  # fmt: skip


def _planned(step: Opening, *, shared_with: tuple[str, ...] = (), **known: Any) -> PlannedAction:
    template = step.template
    return PlannedAction(
        **{
            "action": template.id,
            "title": template.title,
            "side": template.side,
            "modality": template.modality,
            "owner": template.owner,
            "level": step.level,
            "due_at": step.deadline.due_at if step.deadline else None,
            "shared": bool(shared_with),
            "shared_with": shared_with,
            **known,
        }
    )


def _standing(run: Run, crisis: str) -> PlannedAction:
    others = _playbooks(run, crisis)
    own = {name: getattr(run, name) for name in PlannedAction.model_fields if not name.startswith("shared")}
    return PlannedAction(**own, shared=bool(others), shared_with=others)


def _playbooks(run: Run, crisis: str) -> tuple[str, ...]:
    """The plans of the other crises that hold a run."""
    return tuple(member.playbook for member in run.members if member.crisis != crisis)
