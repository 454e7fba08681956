"""RETEX on screen: the reviews, one with its facts first, its chart, what people said, what will be done better."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from contracts.base import Role
from contracts.directory import ListPeople
from contracts.reviews import (
    AskReview,
    AskReviewDocument,
    CloseImprovement,
    DecideImprovement,
    HoldReview,
    ListImprovements,
    ListReviews,
    PublishReview,
)
from services.gateway.console import retex_chart
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.console.visit import Visit
from services.gateway.console.words import local, plan_words
from services.gateway.documents import PATIENCE, document
from services.platform.errors import Invalid

STATUS = {"a_tenir": "à tenir", "tenu": "tenu", "publie": "publié"}
MEETINGS = {"a_chaud": "à chaud", "a_froid": "à froid", "autre": "autre réunion"}
OUTCOMES = {"open": "à faire", "done": "faite", "dropped": "abandonnée"}
DUTIES = {"coordinatrice": "Coordinatrice d’astreinte", "referent": "Référent d’astreinte"}
EMPTY = ("Sans objet", "Non mesuré")


async def view(visit: Visit) -> dict[str, Any]:
    """Reviews, the last closed crisis first, and what is still to be done."""
    found = await visit.together(
        reviews=visit.items("retex", ListReviews()),
        improvements=open_improvements(visit) if visit.inside else _none(),
    )
    improvements = found["improvements"] or []
    return {
        "reviews": found["reviews"] or [],
        "improvements": improvements,
        "status": STATUS,
        "names": await visit.names(one["owner"] for one in improvements),
    }


async def _none() -> list[dict[str, Any]]:
    return []


async def open_improvements(viewpoint: Viewpoint) -> list[dict[str, Any]]:
    """What reviews decided and is not done, soonest due first."""
    return await viewpoint.items("ameliorations", ListImprovements(open_only=True)) or []


async def view_one(visit: Visit) -> dict[str, Any]:
    """One review, whole inside the CPTS; partners read the published one without names."""
    review = await visit.ask(AskReview(review=visit.path["review"]))
    facts, item = review["facts"], review["item"]
    people = [ref for moment in facts["timeline"] for ref in (moment["by"],)]
    people += [one["by"] for one in review["meetings"]] + [one["owner"] for one in review["improvements"]]
    plan = plan_words(item["playbook"])
    return {
        "title": f"RETEX {plan}",
        "plan": plan,
        "review": review,
        "item": item,
        "facts": facts,
        "chart": retex_chart.draw(facts["daily"]),
        "names": await visit.names(people),
        "owners": await _owners(visit),
        "status": STATUS,
        "meetings": MEETINGS,
        "outcomes": OUTCOMES,
        "empty": EMPTY,
    }


async def _owners(visit: Visit) -> list[tuple[str, str]]:
    """Who may own an improvement: a duty, or somebody of the desk."""
    if not visit.decides:
        return []
    people = await visit.items("annuaire", ListPeople()) or []
    desk = [one for one in people if {str(Role.COORDINATOR), str(Role.REFERENT)} & set(one.get("roles", ()))]
    return [*DUTIES.items(), *((one["person"], one["name"]) for one in desk)]


PAGE = Page("/retex", "retex.html", "Retours d’expérience", view, nav="retex", inside=False)
ONE = Page("/retex/{review}", "retex_un.html", "Retour d’expérience", view_one, nav="retex", inside=False)


async def hold(visit: Visit, form: Form) -> Done:
    """Note a meeting."""
    if not form.get("jour"):
        raise Invalid("À compléter : donnez le jour de la réunion.")
    command = build(
        HoldReview, review=visit.path["review"], kind=form.get("sorte") or "a_chaud", held_on=form["jour"],
        worked=form.get("marche"), lacked=form.get("manque"),
    )  # fmt: skip
    await send(visit, command, form)
    return Done(f"/retex/{visit.path['review']}#personnes", "Réunion notée, écrite au journal de bord.")


async def improve(visit: Visit, form: Form) -> Done:
    """Decide something to do better."""
    if not (form.get("quoi") and form.get("porteur") and form.get("echeance")):
        raise Invalid("À compléter : dites quoi faire, qui le porte et pour quand.")
    command = build(
        DecideImprovement, review=visit.path["review"], title=form["quoi"], owner=form["porteur"],
        due_on=form["echeance"],
    )  # fmt: skip
    await send(visit, command, form)
    return Done(f"/retex/{visit.path['review']}#ameliorations", "Amélioration décidée, écrite au journal de bord.")


async def publish(visit: Visit, form: Form) -> Done:
    """Freeze the facts."""
    await send(visit, PublishReview(review=visit.path["review"]), form)
    return Done(f"/retex/{visit.path['review']}", "Retour d’expérience publié. Ses faits ne changent plus.")


async def close(visit: Visit, form: Form) -> Done:
    """Say an improvement done, by a version of the plan when there is one, or dropped."""
    status = form.get("issue", "")
    if status not in ("done", "dropped"):
        raise Invalid("À compléter : dites si c’est fait ou abandonné.")
    version = form.get("version", "") if status == "done" else ""
    command = build(
        CloseImprovement, improvement=visit.path["improvement"], status=status, reason=form.get("motif"),
        plan_version=version,
    )  # fmt: skip
    await send(visit, command, form)
    said = "Amélioration faite." if status == "done" else "Amélioration abandonnée, motif gardé."
    return Done(f"/retex/{visit.path['review']}#ameliorations", said)


async def printed(visit: Visit) -> Response:
    """The PDF of a review, for whoever reads it."""
    return document(await visit.ask(AskReviewDocument(review=visit.path["review"]), patience=PATIENCE))


async def recent(viewpoint: Viewpoint) -> list[dict[str, Any]]:
    """Reviews of crises closed while their late reports are still taken: what the situation points at."""
    page = await viewpoint.part("retex", ListReviews(limit=10)) or {}
    since = viewpoint.now - timedelta(days=viewpoint.territory.thresholds.late_reports_days)
    return [one for one in page.get("items", []) if local(one["closed_at"], viewpoint) >= since]


PAGES = (PAGE, ONE)
ACTS = (
    Act("/retex/{review}/reunions", hold, ONE),
    Act("/retex/{review}/ameliorations", improve, ONE),
    Act("/retex/{review}/publier", publish, ONE),
    Act("/retex/{review}/ameliorations/{improvement}/clore", close, ONE),
)
FILES = (("/retex/{review}/document.pdf", printed, "outside"),)
