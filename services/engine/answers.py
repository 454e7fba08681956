"""Answers of the engine: the board, and a change of level shown before it is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.actions import ActionsCounted, AskPlan, ListActions, PlanFound
from contracts.base import Page, Role
from services.engine import store
from services.engine.showing import shown
from services.engine.state import Run
from services.engine.tables import AdoptionRow, CrisisRow
from services.platform.errors import Invalid, NotFound
from services.platform.unit import View
from services.playbook.model import Plan
from services.playbook.rules import Change, transition

_DETAILS: dict[str, Any] = {
    "help": "", "documents": [], "actors": "", "theme": None, "channel": "", "indicator": "",
    "phase": None, "fiche": None, "checklist": None,
}  # fmt: skip


def board(view: View, question: ListActions) -> Page:
    """Firm ones first, what is in force before what is over, then by deadline."""
    rows = store.board(view.session, view.message.territory, question)
    page = rows[: question.limit]
    answered = store.adoptions(view.session, [row.run for row in page if row.side == "structures"])
    items = tuple(_item(store.state_of(row), _answers_to(row.run, answered, view), view.now) for row in page)
    return Page(items=items, next=page[-1].place if len(rows) > question.limit else None)


def counted(view: View) -> ActionsCounted:
    """Counts over what is in force: the cost does not grow with the past."""
    runs = [store.state_of(row) for row in store.runs_in_force(view.session, view.message.territory)]
    status = Counter(run.status for run in runs)
    return ActionsCounted(open=status["open"], taken=status["taken"], late=sum(run.late(view.now) for run in runs))


def _item(run: Run, answered: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "id": run.run,
        "action": run.action,
        "title": run.title,
        "side": run.side,
        "modality": run.modality,
        "owner": run.owner,
        "status": run.status,
        "due_at": _iso(run.due_at),
        "late": run.late(now),
        "level": run.level,
        "crises": list(run.crises),
        "playbook": run.playbook,
        "plan_sha256": run.plan_sha256,
        "opened_at": _iso(run.opened_at),
        "in_force": run.in_force,
        "taken_by": run.taken_by,
        "taken_at": _iso(run.taken_at),
        "settled_by": run.settled_by,
        "settled_at": _iso(run.settled_at),
        "occurrence": run.occurrence,
        "repeats": run.renews_at is not None,
        "shared_key": run.shared_key,
        **(_DETAILS | run.details),
        **answered,
    }


def _answers_to(run: str, rows: Sequence[AdoptionRow], view: View) -> dict[str, Any]:
    """Totals for all; each structure's own answer for itself and for those who coordinate."""
    mine = [row for row in rows if row.run == run]
    caller = view.caller
    coordinates = caller.kind == "platform" or caller.has(Role.COORDINATOR, Role.REFERENT)
    visible = {row.structure: row.choice for row in mine if coordinates or row.structure == caller.structure}
    return {"adopted": dict(Counter(row.choice for row in mine)), "adoptions": visible}


def plan(view: View, question: AskPlan) -> PlanFound:
    """The set that a decision taken now would open, keep and close."""
    territory = view.message.territory
    crisis = store.open_crisis(view.session, territory, question.playbook)
    content = _content(view, question, crisis)
    runs = {row.run: store.state_of(row) for row in store.runs_in_force(view.session, territory)}
    from_level = crisis.level if crisis else 0
    nothing = crisis is None and question.level == 0
    change = Change() if nothing else transition(
        content, crisis.crisis if crisis else "", question.level, [run.held() for run in runs.values()],
        started_at=view.now, territory=view.territory,
    )  # fmt: skip
    level = content.levels.get(question.level)
    return PlanFound(
        playbook=content.playbook,
        version=content.version,
        plan_sha256=content.sha256,
        from_level=from_level,
        level=question.level,
        name=level.name if level else "Fin de crise",
        decided_by=level.decided_by if level else content.levels[1].decided_by,
        not_ours=content.not_ours,
        **shown(change, runs, crisis.crisis if crisis else ""),
    )


def _content(view: View, question: AskPlan, crisis: CrisisRow | None) -> Plan:
    found = (
        store.stored_plan(view.session, crisis.plan_sha256)
        if crisis
        else store.newest_plan(view.session, question.playbook)
    )
    if found is None:
        raise NotFound(f"Aucun plan « {question.playbook} ». Vérifiez le nom, ou le dossier des plans.")
    if question.level > len(found.levels):
        raise Invalid(f"Le plan « {found.playbook} » n'a que {len(found.levels)} niveaux.")
    return found


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
