"""Changing a level: choose, see what it sets off and stops, say why, confirm. The level on the screen travels along."""

from __future__ import annotations

from typing import Any

from contracts.actions import AskPlan, PlanFound, PlannedAction
from contracts.adoptions import AdoptionFound
from contracts.directory import WhoIsOnDuty
from contracts.levels import AskSituation, ChangeLevel
from contracts.plans import ListPlans, PlanRead, ReadPlan
from services.gateway.console import deciding
from services.gateway.console.pages import Act, Done, Form, Page, build
from services.gateway.console.visit import Visit
from services.platform import french
from services.platform.errors import Invalid

HIGHEST = 3


async def choose_plan(visit: Visit) -> dict[str, Any]:
    """Which plan to open: the newest version of each, and what is open already."""
    found = await visit.together(
        plans=visit.items("plans", ListPlans()), situation=visit.part("niveaux", AskSituation())
    )
    crises = {one["playbook"]: one for one in (found["situation"] or {}).get("crises", []) if one["level"] > 0}
    return {"plans": [one for one in found["plans"] or [] if one["newest"]], "open": crises}


async def view(visit: Visit) -> dict[str, Any]:
    """The levels of one plan, and the preview of the one chosen."""
    playbook = visit.path["playbook"]
    found = await visit.together(
        situation=visit.ask(AskSituation()),
        duty=visit.part("astreinte", WhoIsOnDuty()),
    )
    crisis = next(
        (one for one in found["situation"]["crises"] if one["playbook"] == playbook and one["level"] > 0), None
    )
    read = await visit.ask(ReadPlan(playbook=playbook, sha256=crisis["plan_sha256"] if crisis else None))
    plan = PlanRead.model_validate(read)
    current = crisis["level"] if crisis else 0
    chosen = wanted(visit, current, plan)
    duty = (found["duty"] or {}).get("items", [])
    preview = await _preview(visit, playbook, chosen) if chosen is not None else None
    roles = preview["plan"].decided_by if preview else ()
    people = deciding.deciders(duty, roles)
    return {
        "title": f"Changer de niveau, {plan.about.title}",
        "playbook": playbook,
        "crisis": crisis,
        "current": current,
        "levels": levels_of(plan),
        "chosen": chosen,
        "preview": preview,
        "roles": roles,
        "mine": bool(roles) and visit.may(roles),
        "people": [one for one in people if one != visit.viewer.id],
        "holder": deciding.holder(duty, roles or ["coordinatrice", "referent"]),
        "names": await visit.names([*people, crisis["decided_by"] if crisis else None]),
    }


def wanted(visit: Visit, current: int, plan: PlanRead) -> int | None:
    """The level to preview: what a refused form held, else the address; nothing when it changes nothing."""
    text = visit.typed.get("niveau") or visit.query.get("niveau") or ""
    level = int(text) if text.isascii() and text.isdigit() and len(text) == 1 else None
    known = {0, *(one.number for one in plan.levels)}
    return level if level in known and level != current else None


def levels_of(plan: PlanRead) -> list[tuple[int, str]]:
    """Levels as choices, zero first."""
    return [(0, "Pas de crise"), *((one.number, one.name) for one in plan.levels)]


async def _preview(visit: Visit, playbook: str, level: int) -> dict[str, Any]:
    plan = PlanFound.model_validate(await visit.ask(AskPlan(playbook=playbook, level=level)))
    return {"plan": plan, **sorted_out(plan), "act": act_words(plan.from_level, level)}


def sorted_out(plan: PlanFound | AdoptionFound) -> dict[str, list[PlannedAction]]:
    """What opens, by how binding it is, the nearest deadline first; what stays; what stops, firm first."""
    ours = [step for step in plan.opens if step.side == "cpts"]
    firm = sorted((step for step in ours if step.modality == "firm"), key=_deadline)
    return {
        "firm": firm,
        "possible": [step for step in ours if step.modality != "firm"],
        "ideas": [step for step in plan.opens if step.side == "structures"],
        "keeps": sorted(plan.keeps, key=lambda step: step.modality != "firm"),
        "closes": sorted(plan.closes, key=lambda step: step.modality != "firm"),
    }


def _deadline(step: PlannedAction) -> tuple[bool, str]:
    return (step.due_at is None, step.due_at.isoformat() if step.due_at else "")


def act_words(before: int, after: int) -> str:
    """What the button does, by its name."""
    if after == 0:
        return "Fermer la crise, niveau 0"
    if before == 0:
        return f"Ouvrir la crise au niveau {after}"
    return f"{'Passer' if after > before else 'Descendre'} au niveau {after}"


CHOICE = Page("/niveau", "niveau_plans.html", "Changer de niveau", choose_plan, nav="situation")
PAGE = Page("/niveau/{playbook}", "niveau.html", "Changer de niveau", view, nav="situation")


async def change(visit: Visit, form: Form) -> Done:
    """Confirm: refused when the level moved since the screen was read, with who decided and when."""
    level, before = form.get("niveau", ""), form.get("depuis", "")
    if not (level.isdigit() and before.isdigit()):
        raise Invalid("À compléter : choisissez un niveau.")
    if not form.get("motif"):
        raise Invalid("À compléter : écrivez le motif, il est gardé au journal de bord.")
    if not form.get("decide_par"):
        raise Invalid("À compléter : dites qui décide.")
    by = None if form["decide_par"] == visit.viewer.id else form["decide_par"]
    command = build(
        ChangeLevel, playbook=visit.path["playbook"], from_level=int(before), level=int(level),
        reason=form["motif"], decided_by=by,
    )  # fmt: skip
    await deciding.decided(visit, command, form)
    return Done(*outcome(int(before), int(level), french.clock_time(visit.now)))


def outcome(before: int, after: int, at: str) -> tuple[str, str]:
    """Where a decision leads, and what is said there."""
    if after == 0:
        return "/astreinte", f"Crise fermée à {at}. Le message de fin est prêt à copier ; rien n’est parti."
    if after > before:
        return (
            "/situation",
            f"Niveau {after} décidé à {at}. Le message aux groupes est prêt ; rien n’est parti.",
        )
    return "/situation", f"Niveau {after} décidé à {at}. Ce que seul le niveau {before} avait ouvert est refermé."


PAGES = (CHOICE, PAGE)
ACTS = (Act("/niveau/{playbook}", change, PAGE),)
