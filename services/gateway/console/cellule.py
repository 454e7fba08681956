"""The crisis cell: who is there and who is missing, partners, needs and means; the acts of its sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.cell import (
    FUNCTIONS,
    SEATS,
    AskCell,
    AskPartners,
    AssignFunction,
    ConveneCell,
    DismissCell,
    ListJudgements,
    ListNeeds,
    NotePresence,
    RelieveMember,
)
from contracts.directory import ListPeople
from contracts.levels import AskSituation
from services.gateway.console import cellule_words, words
from services.gateway.console.certificate_words import hour_after
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid

PATH = "/cellule"
CLOSED_SHOWN = 20
JUDGEMENTS_SHOWN = 5


async def view(visit: Visit) -> dict[str, Any]:
    """The three parts of the page, each drawn without those that do not answer."""
    found = await visit.together(
        cell=visit.part("cellule", AskCell()),
        partners=visit.part("partenaires", AskPartners()),
        needs=visit.items("besoins", ListNeeds()),
        judgements=visit.part("jugements", ListJudgements(limit=50)),
        people=visit.items("annuaire", ListPeople()),
        situation=visit.part("niveaux", AskSituation()),
    )
    cell, needs = found["cell"], found["needs"] or []
    judgements = (found["judgements"] or {}).get("items", [])
    crises = [one for one in (found["situation"] or {}).get("crises", []) if one["level"] > 0]
    names = {one["person"]: one["name"] for one in found["people"] or [] if one["name"]}
    return {
        "cell": cell, "crises": crises, "playbooks": {one["id"]: one["playbook"] for one in crises}, "names": names,
        "unserved": [one for one in crises if cell and cell["session"] and one["id"] not in cell["crises"]],
        "people": sorted(names.items(), key=lambda pair: pair[1].casefold()),
        "partners": (found["partners"] or {}).get("partners", []),
        "requests_known": (found["partners"] or {}).get("requests_known", True),
        "open_needs": [one for one in needs if one["status"] == "open"],
        "closed_needs": [one for one in needs if one["status"] != "open"][:CLOSED_SHOWN],
        "judgements": judgements[:JUDGEMENTS_SHOWN], "cw": cellule_words, "functions": FUNCTIONS, "seats": SEATS,
        "gravities": cellule_words.GRAVITY_WORDS, "proportions": cellule_words.PROPORTION_WORDS,
        "chosen": visit.query.get("partenaire", ""), "again": visit.path.get("besoin"),
    }  # fmt: skip


def past(form: Form, name: str, visit: Visit) -> datetime | None:
    """An hour typed afterwards; nothing means now."""
    if not form.get(name):
        return None
    found = words.from_hour(form[name], visit)
    if found is None:
        raise Invalid("À compléter : écrivez l'heure comme 8:20.")
    return min(found, visit.now)


async def convene(visit: Visit, form: Form) -> Done:
    """Call the cell for every open crisis, now or at an hour to come."""
    starts_at = hour_after(form.get("heure", ""), visit.now, visit)
    if form.get("heure") and starts_at is None:
        raise Invalid("À compléter : écrivez l'heure comme 10:30.")
    functions = tuple(form.get("fonctions[]", "").split())
    command = build(ConveneCell, starts_at=starts_at, place=form.get("lieu"), functions=functions)
    reply = await send(visit, command, form)
    return Done(PATH, str((reply.result or {}).get("message", "")))


async def present(visit: Visit, form: Form) -> Done:
    """Somebody is there: the person expected, or the one named."""
    command = build(
        NotePresence, function=form.get("fonction"), person=form.get("qui"), outsider=form.get("nom"),
        at=past(form, "heure", visit),
    )  # fmt: skip
    await send(visit, command, form)
    return Done(f"{PATH}#qui", "Présence notée.")


async def relieve(visit: Visit, form: Form) -> Done:
    """Pass a function on, or leave it."""
    command = build(
        RelieveMember, function=form.get("fonction"), to=form.get("qui"), outsider=form.get("nom"),
        handover=form.get("consigne"), at=past(form, "heure", visit),
    )  # fmt: skip
    await send(visit, command, form)
    taken = form.get("qui") or form.get("nom")
    return Done(f"{PATH}#qui", "Relève écrite au journal de bord." if taken else "Fonction laissée, sans personne.")


async def assign(visit: Visit, form: Form) -> Done:
    """Say who holds a function, and a deputy, crisis or not."""
    if not form.get("titulaire"):
        raise Invalid("À compléter : choisissez qui tient cette fonction.")
    deputies = tuple(filter(None, (form.get("suppleant"), form.get("second"))))
    command = build(AssignFunction, function=form.get("fonction"), holder=form["titulaire"], deputies=deputies)
    await send(visit, command, form)
    return Done(f"{PATH}#tableau", "Tableau des fonctions mis à jour.")


async def dismiss(visit: Visit, form: Form) -> Done:
    """End the session."""
    await send(visit, build(DismissCell, reason=form.get("motif")), form)
    return Done(PATH, "Cellule levée, écrit au journal de bord.")


PAGE = Page(PATH, "cellule.html", "Cellule de crise", view, nav="cellule")
PAGES = (PAGE,)
ACTS = (
    Act("/cellule/convoquer", convene, PAGE),
    Act("/cellule/presence", present, PAGE),
    Act("/cellule/releve", relieve, PAGE),
    Act("/cellule/fonction", assign, PAGE),
    Act("/cellule/lever", dismiss, PAGE),
)
