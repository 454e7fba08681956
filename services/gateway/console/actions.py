"""The board: firm actions first, by owner and deadline; possible ones folded; the structures' side as one list."""

from __future__ import annotations

from collections import Counter
from typing import Any

from contracts.actions import AdoptIdea, FinishAction, ListActions, SkipAction, TakeAction
from contracts.directory import ListStructures
from contracts.logbook import ListEntries
from contracts.messages import ListDrafts
from contracts.plans import PlanChecklist
from services.gateway.console.cellule_words import SHARED_KEYS
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.plan_names import plan_of
from services.gateway.console.retex import open_improvements
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.console.visit import Visit
from services.platform import french
from services.platform.errors import Invalid, NotFound

WAITING = ("open", "taken")
STATUS = {"open": "à prendre", "taken": "en cours", "done": "faite", "skipped": "non faite", "closed": "refermée"}
CHOICES = {"retenue": "retenue", "adaptee": "adaptée", "ecartee": "laissée"}
MOMENTS = {"heure": "Première heure", "jour": "Premier jour", "suite": "Jours suivants"}
LATE, OTHERWISE = "En retard", "Sans moment précis"
RECENT = 30


async def _board(viewpoint: Viewpoint) -> list[dict[str, Any]]:
    return await viewpoint.items("actions", ListActions()) or []


async def view(visit: Visit) -> dict[str, Any]:
    """Everything in force, and the last ones settled."""
    found = await visit.together(
        board=_board(visit),
        drafts=visit.part("messages", ListDrafts(limit=20)),
        improvements=open_improvements(visit),
    )
    board = found["board"]
    mine = [step for step in board if step["side"] == "cpts"]
    waiting = [step for step in mine if step["status"] in WAITING]
    firm = sorted((step for step in waiting if step["modality"] == "firm"), key=_deadline)
    settled = sorted(
        (step for step in mine if step["status"] in ("done", "skipped")),
        key=lambda step: step["settled_at"] or "", reverse=True,
    )  # fmt: skip
    ideas = [step for step in board if step["side"] == "structures" and step["in_force"]]
    people = [ref for step in mine for ref in (step["taken_by"], step["settled_by"])]
    people += [one["owner"] for one in found["improvements"]]
    return {
        "firm": firm,
        "late": sum(step["late"] for step in firm),
        "owners": [(owner, by_moment(steps), len(steps)) for owner, steps in by_owner(firm)],
        "possible": by_theme([step for step in waiting if step["modality"] != "firm"]),
        "settled": settled[:RECENT],
        "ideas": ideas,
        "answers": sum((Counter(idea["adopted"]) for idea in ideas), Counter()),
        "drafts": [draft for draft in (found["drafts"] or {}).get("items", []) if not draft.get("posted_at")],
        "improvements": found["improvements"],
        "names": await visit.names(people),
        "several": len({crisis for step in waiting for crisis in step["crises"]}) > 1,
        "status": STATUS,
    }


def _deadline(step: dict[str, Any]) -> tuple[bool, str]:
    """Late first, then the nearest deadline; what has none comes last."""
    return (not step["late"], step["due_at"] or "9999")


def by_owner(steps: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Steps by owner, the owner of the most pressing one first."""
    owners: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        owners.setdefault(step["owner"], []).append(step)
    return list(owners.items())


def by_moment(steps: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Steps of one owner by the moment their plan gives them, late ones before; one unnamed group without moments."""
    if not any(step.get("phase") for step in steps):
        return [("", steps)]
    groups: dict[str, list[dict[str, Any]]] = {title: [] for title in (LATE, *MOMENTS.values(), OTHERWISE)}
    for step in steps:
        groups[LATE if step["late"] else MOMENTS.get(step.get("phase") or "", OTHERWISE)].append(step)
    return [(title, held) for title, held in groups.items() if held]


def by_theme(steps: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Possible steps by level, the highest first: what the present situation brought."""
    levels: dict[int, list[dict[str, Any]]] = {}
    for step in steps:
        levels.setdefault(step["level"], []).append(step)
    return [(f"Niveau{french.NBSP}{level}", levels[level]) for level in sorted(levels, reverse=True)]


async def view_one(visit: Visit) -> dict[str, Any]:
    """One action: what it asks, what became of it, and what may be done with it."""
    board = await _board(visit)
    step = next((one for one in board if one["id"] == visit.path["run"]), None)
    if step is None:
        raise NotFound("Cette action n'existe pas ou n'est plus au tableau.")
    found = await visit.together(
        entries=visit.part("journal", ListEntries(words=step["title"][:60], limit=12)),
        structures=visit.items("annuaire", ListStructures()) if step["side"] == "structures" else _none(),
        checklist=_checklist(visit, step),
    )
    entries = (found["entries"] or {}).get("items", [])
    names = await visit.names([step["taken_by"], step["settled_by"], *(entry["author"] for entry in entries)])
    answered = step.get("adoptions", {})
    structures = [one | {"choice": answered.get(one["structure"])} for one in found["structures"] or []]
    return {
        "step": step, "status": STATUS, "names": names, "entries": await visit.spoken(entries),
        "structures": structures, "choices": CHOICES, "cell_keys": SHARED_KEYS, "title": french.clip(step["title"], 60),
        "checklist": found["checklist"], "moment": MOMENTS.get(step.get("phase") or "", ""),
    }  # fmt: skip


async def _checklist(visit: Visit, step: dict[str, Any]) -> PlanChecklist | None:
    """The list that the step names, as its crisis's own version of the plan holds it."""
    if not step.get("checklist"):
        return None
    plan = await plan_of(visit, step["playbook"], step["plan_sha256"])
    return next((one for one in plan.checklists if one.key == step["checklist"]), None) if plan else None


async def _none() -> None:
    return None


PAGE = Page("/actions", "actions.html", "Actions", view, nav="actions")
ONE = Page("/actions/{run}", "action.html", "Action", view_one, nav="actions")


async def take(visit: Visit, form: Form) -> Done:
    """Take it in hand."""
    person = visit.viewer.id if visit.viewer.kind == "person" else None
    await send(visit, build(TakeAction, run=visit.path["run"], person=person), form)
    return Done(form.get("retour") or "/actions", "Action prise en charge, à votre nom.")


async def finish(visit: Visit, form: Form) -> Done:
    """Say that it is done, with a word of proof."""
    if not form.get("preuve"):
        raise Invalid("À compléter : écrivez en un mot ce qui montre que c'est fait.")
    await send(visit, build(FinishAction, run=visit.path["run"], proof=form["preuve"]), form)
    return Done("/actions", "C'est fait, écrit au journal de bord.")


async def skip(visit: Visit, form: Form) -> Done:
    """Leave it aside, with the reason."""
    if not form.get("motif"):
        raise Invalid("À compléter : écrivez pourquoi l'action n'est pas faite.")
    await send(visit, build(SkipAction, run=visit.path["run"], reason=form["motif"]), form)
    return Done("/actions", "Action non faite, motif écrit au journal de bord.")


async def adopt(visit: Visit, form: Form) -> Done:
    """What a structure does of an idea, typed for it."""
    if not form.get("structure") or not form.get("choix"):
        raise Invalid("À compléter : choisissez la structure et ce qu'elle fait de l'idée.")
    command = build(
        AdoptIdea, run=visit.path["run"], structure=form["structure"], choice=form["choix"], note=form.get("note")
    )
    await send(visit, command, form)
    return Done(f"/actions/{visit.path['run']}", "Réponse de la structure notée.")


PAGES = (PAGE, ONE)
ACTS = (
    Act("/actions/{run}/prendre", take, ONE),
    Act("/actions/{run}/fait", finish, ONE),
    Act("/actions/{run}/laisser", skip, ONE),
    Act("/actions/{run}/structure", adopt, ONE),
)
