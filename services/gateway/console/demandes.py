"""Requests to partners: what was asked of whom, since when, what was answered."""

from __future__ import annotations

from typing import Any

from contracts.activity import AnswerRequest, AskPartner, ListRequests
from contracts.levels import AskSituation
from services.gateway.console import words
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid

CLOSED_SHOWN = 40
OTHER = "autre"


async def view(visit: Visit) -> dict[str, Any]:
    """What waits, the oldest first; the form of a new one; what was answered, folded."""
    found = await visit.together(
        rows=visit.items("demandes", ListRequests()), situation=visit.part("niveaux", AskSituation())
    )
    waiting, closed = apart(found["rows"] or [])
    return {
        "waiting": waiting, "closed": closed[:CLOSED_SHOWN], "answered": len(closed),
        "crises": [one for one in (found["situation"] or {}).get("crises", []) if one["level"] > 0],
        "playbooks": {one["id"]: one["playbook"] for one in (found["situation"] or {}).get("crises", [])},
        "partners": sorted(visit.territory.partners.items(), key=lambda pair: pair[1].casefold()), "other": OTHER,
        "again": visit.path.get("demande"),
    }  # fmt: skip


def apart(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Requests that wait, the oldest first, and those answered, the latest first."""
    waiting = sorted((one for one in rows if one["status"] == "open"), key=lambda one: one["asked_at"])
    closed = sorted((one for one in rows if one["status"] != "open"), key=lambda one: one["answered_at"], reverse=True)
    return waiting, closed


def _past(form: Form, name: str, visit: Visit) -> Any:
    if not form.get(name):
        return None
    found = words.from_hour(form[name], visit)
    if found is None:
        raise Invalid("À compléter : écrivez l'heure comme 8:20.")
    return min(found, visit.now)


async def ask(visit: Visit, form: Form) -> Done:
    """Record what is asked of a partner."""
    partner = form.get("autre") if form.get("partenaire") == OTHER else form.get("partenaire")
    if not partner or not form.get("texte"):
        raise Invalid("À compléter : dites à qui vous demandez, et quoi.")
    command = build(
        AskPartner, partner=partner, text=form["texte"], asked_at=_past(form, "heure", visit), crisis=form.get("crise")
    )
    await send(visit, command, form)
    return Done("/demandes", "Demande notée. Son attente compte à partir de maintenant, ou de l'heure écrite.")


async def answer(visit: Visit, form: Form) -> Done:
    """Record an answer, or that the partner was reminded."""
    if not form.get("reponse") or form.get("suite") not in ("clot", "relance"):
        raise Invalid("À compléter : écrivez ce qui a été dit, et si la demande est close.")
    closes = form["suite"] == "clot"
    command = build(
        AnswerRequest, request=visit.path["demande"], answer=form["reponse"], closes=closes,
        answered_at=_past(form, "heure", visit),
    )  # fmt: skip
    await send(visit, command, form)
    return Done("/demandes", "Réponse notée, demande close." if closes else "Noté. La demande attend encore.")


PAGE = Page("/demandes", "demandes.html", "Demandes aux partenaires", view)
PAGES = (PAGE,)
ACTS = (Act("/demandes", ask, PAGE), Act("/demandes/{demande}/reponse", answer, PAGE))
