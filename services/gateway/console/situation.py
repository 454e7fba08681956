"""The situation: where we stand, what waits for a decision, what is late, the figures, the feed."""

from __future__ import annotations

from typing import Any

from contracts.actions import AskPlan, CountActions, ListActions, PlanFound
from contracts.activity import ListRequests
from contracts.cell import AskCell
from contracts.certificates import ListCertificates
from contracts.directory import WhoIsOnDuty
from contracts.figures import AskBoardFigures
from contracts.levels import AskSituation, DecideProposal
from contracts.logbook import ListEntries, WriteEntry
from services.gateway.console import alert_words, cellule_words, shell
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.plan_names import with_names
from services.gateway.console.retex import recent as recent_reviews
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid

#: Zones pushed to open screens, in the order of the page.
ZONES = ("barre", "onglets", "axes", "decider", "chiffres", "demandes", "astreinte")
FEED_LINES = 40
OPEN_CERTIFICATES = ListCertificates(open_only=True, limit=100)
BECAUSE = "Les faits ci-dessus"
COLOURS = ("rouge", "orange", "jaune", "vert")


async def gather(viewpoint: Viewpoint) -> dict[str, Any]:
    """Everything the situation shows but the feed; a part that does not answer is told missing."""
    inside = viewpoint.inside
    found = await viewpoint.together(
        situation=viewpoint.part("niveaux", AskSituation()),
        counts=viewpoint.part("actions", CountActions()),
        late=viewpoint.part("actions", ListActions(side="cpts", limit=200)) if inside else _nothing(),
        certificates=viewpoint.part("certificats", OPEN_CERTIFICATES) if inside else _nothing(),
        requests=viewpoint.part("demandes", ListRequests(open_only=True, limit=50)) if inside else _nothing(),
        figures=viewpoint.part("chiffres", AskBoardFigures()),
        duty=viewpoint.part("astreinte", WhoIsOnDuty()),
        reviews=recent_reviews(viewpoint) if inside else _nothing(),
        cell=viewpoint.part("cellule", AskCell()),
        names=viewpoint.names([viewpoint.call.caller.id]),
    )
    situation = found["situation"] or {}
    crises = await with_names(viewpoint, [one for one in situation.get("crises", []) if one["level"] > 0])
    proposals = [await _proposal(viewpoint, one) for one in situation.get("proposals", [])]
    board = (found["late"] or {}).get("items", [])
    steps = [one for one in board if one["modality"] == "firm" and one["status"] in ("open", "taken")]
    duty = (found["duty"] or {}).get("items", [])
    return {
        "shell": shell.assemble(viewpoint, found["situation"], found["counts"], found["certificates"], found["names"]),
        "crises": crises,
        "axes": axes(situation.get("axes", [])),
        "unassigned": alert_words.unassigned(situation),
        "cell_line": cellule_words.line(found["cell"], viewpoint) if crises else "",
        "mine": [one for one in proposals if viewpoint.may(one["who_decides"])],
        "others": [one for one in proposals if not viewpoint.may(one["who_decides"])],
        "late": [step for step in steps if step["late"]],
        "firm": steps,
        "waiting": [one for one in (found["certificates"] or {}).get("items", []) if one["status"] == "open"],
        "figures": found["figures"],
        "requests": (found["requests"] or {}).get("items", []),
        "reviews": found["reviews"] or [],
        "duty": duty,
        "names": await viewpoint.names(_people(crises, duty, steps)),
    }


def _people(crises: list[dict[str, Any]], duty: list[dict[str, Any]], steps: list[dict[str, Any]]) -> list[str]:
    """Everyone the page may name."""
    people = [crisis["decided_by"] for crisis in crises] + [ref for held in duty for ref in held["deputies"]]
    return people + [step["taken_by"] for step in steps]


async def _nothing() -> None:
    return None


async def _proposal(viewpoint: Viewpoint, proposal: dict[str, Any]) -> dict[str, Any]:
    """A proposal with what accepting it would set off."""
    found = await viewpoint.part("plans", AskPlan(playbook=proposal["playbook"], level=proposal["level"]))
    return proposal | {"sets_off": sets_off(PlanFound.model_validate(found)) if found else None}


def sets_off(plan: PlanFound) -> dict[str, Any]:
    """What a change would open, counted by side and modality; ``first_due`` is the nearest deadline."""
    firm = [step for step in plan.opens if step.modality == "firm" and step.side == "cpts"]
    others = [step for step in plan.opens if step.modality != "firm" and step.side == "cpts"]
    ideas = [step for step in plan.opens if step.side == "structures"]
    dues = sorted(step.due_at for step in firm if step.due_at)
    return {
        "name": plan.name, "firm": firm, "possible": len(others), "ideas": len(ideas),
        "first_due": dues[0] if dues else None, "closes": plan.closes,
    }  # fmt: skip


def axes(states: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The outside axes: vigilance by phenomenon, the worst first; what authorities and hospitals decided."""
    vigilance = [state for state in states if state["axis"] == "vigilance"]
    vigilance.sort(key=lambda state: COLOURS.index(state["today"]) if state["today"] in COLOURS else len(COLOURS))
    decided = {axis: [state for state in states if state["axis"] == axis] for axis in ("orsan", "orsec", "plan_blanc")}
    return {"vigilance": vigilance, **decided}


async def zones(viewpoint: Viewpoint) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the live zones are drawn from."""
    return await gather(viewpoint), ZONES


async def view(visit: Visit) -> dict[str, Any]:
    """The whole page: zones, then the last entries of the feed."""
    if not visit.inside:
        return await gather(visit) | {"entries": [], "head": 0, "feed_names": {}}
    entries = (await visit.part("journal", ListEntries(limit=FEED_LINES)) or {}).get("items", [])
    context = await gather(visit)
    names = await visit.names(entry["author"] for entry in entries)
    head = entries[0]["number"] if entries else 0
    return context | {"entries": await visit.spoken(entries), "head": head, "feed_names": names}


PAGE = Page("/situation", "situation.html", "Situation", view, nav="situation", inside=False)


async def decide(visit: Visit, form: Form) -> Done:
    """Accept or decline a proposal: accepting takes the facts as its reason, declining needs words."""
    decision, reason = form.get("decision", ""), form.get("motif", "")
    if decision == "decline" and reason in ("", BECAUSE):
        raise Invalid("À compléter : écrivez pourquoi vous écartez la proposition.")
    command = build(DecideProposal, proposal=visit.path["proposal"], decision=decision, reason=reason or BECAUSE)
    reply = await send(visit, command, form)
    level = (reply.result or {}).get("level")
    said = (
        "Proposition écartée."
        if decision == "decline"
        else f"Niveau {level} décidé. Le journal de bord en garde le motif."
    )
    return Done(form.get("retour") or "/situation", said)


async def write(visit: Visit, form: Form) -> Done:
    """One line in the journal."""
    reply = await send(visit, build(WriteEntry, text=form.get("texte", "")), form)
    return Done(
        form.get("retour") or "/situation", f"Écrit au journal de bord : entrée {(reply.result or {}).get('number')}."
    )


PAGES = (PAGE,)
ACTS = (
    Act("/propositions/{proposal}", decide, PAGE),
    Act("/journal/ligne", write, PAGE),
)
