"""A newer version of the plan in a running crisis: see what it opens, closes and changes, say why, confirm."""

from __future__ import annotations

from typing import Any

from contracts.adoptions import AdoptionFound, AskAdoption
from contracts.directory import WhoIsOnDuty
from contracts.levels import AdoptPlan, AskSituation
from services.gateway.console import deciding
from services.gateway.console.niveau import sorted_out
from services.gateway.console.pages import Act, Done, Form, Page, build
from services.gateway.console.plans import PATIENCE
from services.gateway.console.visit import Visit
from services.platform import french
from services.platform.errors import Conflict, Invalid


async def view(visit: Visit) -> dict[str, Any]:
    """What the newest version would do now; nothing to take when the crisis follows it already."""
    playbook = visit.path["playbook"]
    found = await visit.together(
        situation=visit.ask(AskSituation()),
        duty=visit.part("astreinte", WhoIsOnDuty()),
    )
    crisis = next(
        (one for one in found["situation"]["crises"] if one["playbook"] == playbook and one["level"] > 0), None
    )
    asked, why_not = await _asked(visit, crisis) if crisis and waits(crisis) else (None, "")
    duty = (found["duty"] or {}).get("items", [])
    roles = asked.decided_by if asked else ()
    people = deciding.deciders(duty, roles)
    return {
        "playbook": playbook,
        "crisis": crisis,
        "found": asked,
        "why_not": why_not,
        "parts": sorted_out(asked) if asked else None,
        "roles": roles,
        "mine": bool(roles) and visit.may(roles),
        "people": [one for one in people if one != visit.viewer.id],
        "holder": deciding.holder(duty, roles or ["coordinatrice", "referent"]),
        "names": await visit.names(people),
    }


def waits(crisis: dict[str, Any]) -> bool:
    """Whether a newer version than the one the crisis follows is known."""
    followed, newest = crisis.get("plan_version"), crisis.get("newest_version")
    return bool(followed and newest and newest > followed)


async def _asked(visit: Visit, crisis: dict[str, Any]) -> tuple[AdoptionFound | None, str]:
    """What it would do, or why it cannot be taken at this level."""
    question = AskAdoption(crisis=crisis["id"], sha256=crisis["newest_sha256"])
    try:
        return AdoptionFound.model_validate(await visit.ask(question, patience=PATIENCE)), ""
    except (Conflict, Invalid) as error:
        return None, error.message


async def adopt(visit: Visit, form: Form) -> Done:
    """Confirm: refused when the crisis follows another version than on the screen, with who decided and when."""
    if not form.get("motif"):
        raise Invalid("À compléter : écrivez le motif, il est gardé au journal de bord.")
    if not form.get("decide_par"):
        raise Invalid("À compléter : dites qui décide.")
    by = None if form["decide_par"] == visit.viewer.id else form["decide_par"]
    command = build(
        AdoptPlan, crisis=form.get("crise"), from_sha256=form.get("depuis"), sha256=form.get("version"),
        reason=form["motif"], decided_by=by,
    )  # fmt: skip
    await deciding.decided(visit, command, form)
    return Done("/actions", f"Nouvelle version du plan reprise à {french.clock_time(visit.now)}. Rien n’est parti.")


PAGE = Page("/niveau/{playbook}/plan", "reprise.html", "Reprendre le plan", view, nav="situation")
PAGES = (PAGE,)
ACTS = (Act("/niveau/{playbook}/plan", adopt, PAGE),)
