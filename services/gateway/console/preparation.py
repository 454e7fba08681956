"""What is kept ready on screen: the year's duties, what is missing, the document, stock, premises, exercises."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from contracts.base import Role
from contracts.crisis_plan import AskCrisisPlan, AskGaps, DeliverCrisisPlan, ListDeliveries
from contracts.directory import ListPeople
from contracts.exercises import ListScenarios
from contracts.plans import ListPlans
from contracts.readiness import CheckRecord, KeepGovernance, KeepPremises, KeepStock, NoteTraining, RemoveRecord
from contracts.yearly import AskReadiness, CancelExercise, HoldExercise, NoteDuty, PlanExercise, ReadinessFound
from services.gateway.console import preparation_words as texts
from services.gateway.console.annuaire_words import several
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.gateway.documents import PATIENCE, document
from services.platform.errors import Invalid

SHOWN = 10
HOME = "/preparation"
#: A shelf in the address: its command, how its form is read, what is said, where the page opens again.
SHELVES: dict[str, tuple[Any, Any, str]] = {
    "gouvernance": (KeepGovernance, texts.governance, "Fonction ou accord noté."),
    "stock": (KeepStock, texts.stock, "Ligne de stock notée."),
    "locaux": (KeepPremises, texts.premises, "Local noté."),
    "formations": (NoteTraining, texts.training, "Formation notée."),
    "exercices": (PlanExercise, texts.exercise, "Exercice prévu."),
}


async def view(visit: Visit) -> dict[str, Any]:
    """Everything on one page; a part that does not answer is told missing."""
    found = await visit.together(
        ready=visit.part("préparation", AskReadiness()), gaps=visit.part("manques", AskGaps()),
        sent=visit.part("transmissions", ListDeliveries(limit=SHOWN)), plans=visit.items("plans", ListPlans()),
        scenarios=visit.items("scénarios", ListScenarios()), people=visit.items("annuaire", ListPeople()),
    )  # fmt: skip
    ready = found["ready"] or ReadinessFound().model_dump(mode="json")
    plans = {one["playbook"]: one["title"] for one in found["plans"] or [] if one["newest"]}
    people = sorted(found["people"] or [], key=lambda one: one["name"])
    return {
        "ready": ready, "gaps": (found["gaps"] or {}).get("gaps", []),
        "silent": (found["gaps"] or {}).get("silent", []),
        "sent": (found["sent"] or {}).get("items", []), "plans": plans, "scenarios": found["scenarios"] or [],
        "people": people, "names": {one["person"]: one["name"] for one in people}, "texts": texts,
        "communes": visit.territory.communes,
        "keeps": visit.call.caller.has(Role.COORDINATOR, Role.REFERENT),
        "late": [one for one in ready["duties"] if one["status"] == "en_retard"],
    }  # fmt: skip


async def keep(visit: Visit, form: Form) -> Done:
    """A new line on a shelf."""
    shelf = str(visit.path["shelf"])
    if shelf not in SHELVES:
        raise Invalid("Cette liste n'existe pas ; rechargez la page.")
    command, read, said = SHELVES[shelf]
    await send(visit, build(command, **read(form)), form)
    return Done(f"{HOME}#{shelf}", said)


async def check(visit: Visit, form: Form) -> Done:
    """Somebody went and looked, today."""
    await send(visit, build(CheckRecord, record=form.get("ligne"), quantity=texts.whole(form, "quantite")), form)
    return Done(HOME, "Vérification notée au journal de bord.")


async def remove(visit: Visit, form: Form) -> Done:
    """A line is no longer kept."""
    if not form.get("ligne"):
        raise Invalid("À compléter : choisissez la ligne à retirer.")
    await send(visit, build(RemoveRecord, record=form.get("ligne"), reason=form.get("motif")), form)
    return Done(HOME, "Ligne retirée. Le journal de bord garde qu'elle a été tenue.")


async def settle(visit: Visit, form: Form) -> Done:
    """An exercise was held, or will not be."""
    name = str(visit.path["exercise"])
    if form.get("geste") == "annuler":
        await send(visit, build(CancelExercise, exercise=name, reason=form.get("note")), form, step="annuler")
        return Done(f"{HOME}#exercices", "Exercice annulé.")
    command = build(
        HoldExercise, exercise=name, held_on=texts.day(form, "tenu"), run=form.get("joue"), note=form.get("note")
    )
    await send(visit, command, form, step="tenu")
    return Done(f"{HOME}#exercices", "Exercice noté tenu.")


async def note_duty(visit: Visit, form: Form) -> Done:
    """The directory was tested, or the plan discussed with the ARS."""
    command = build(NoteDuty, duty=form.get("obligation"), on=texts.day(form, "jour"), note=form.get("note"))
    await send(visit, command, form)
    return Done(HOME, "Obligation notée tenue.")


async def deliver(visit: Visit, form: Form) -> Done:
    """The document is frozen as it stands, and noted sent."""
    to = several(form, "destinataires")
    if not to:
        raise Invalid("À compléter : dites à qui le plan a été transmis.")
    await send(visit, build(DeliverCrisisPlan, recipients=tuple(to), on=texts.day(form, "jour")), form)
    return Done(HOME, "Transmission notée. Le contenu envoyé est gardé tel quel, avec son empreinte.")


async def _document(visit: Visit, form: str) -> Response:
    question = AskCrisisPlan.model_validate({"form": form, "delivery": visit.path.get("delivery")})
    return document(await visit.ask(question, patience=PATIENCE), attached=form == "docx")


async def as_pdf(visit: Visit) -> Response:
    """The document of this moment, or one as it was sent."""
    return await _document(visit, "pdf")


async def as_docx(visit: Visit) -> Response:
    """Same, for a word processor."""
    return await _document(visit, "docx")


PAGE = Page(HOME, "preparation.html", "Préparation", view, nav="plans")
PAGES = (PAGE,)
FILES = (
    (f"{HOME}/plan-de-crise.pdf", as_pdf), (f"{HOME}/plan-de-crise.docx", as_docx),
    (f"{HOME}/transmissions/{{delivery}}.pdf", as_pdf), (f"{HOME}/transmissions/{{delivery}}.docx", as_docx),
)  # fmt: skip
ACTS = (
    Act(f"{HOME}/verifier", check, PAGE),
    Act(f"{HOME}/retirer", remove, PAGE),
    Act(f"{HOME}/obligations", note_duty, PAGE),
    Act(f"{HOME}/transmissions", deliver, PAGE),
    Act(f"{HOME}/exercices/{{exercise}}", settle, PAGE),
    Act(f"{HOME}/{{shelf}}", keep, PAGE),
)
