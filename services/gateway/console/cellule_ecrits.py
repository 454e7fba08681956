"""What the crisis cell writes: exchanges with partners, needs, judgements; and its page of means."""

from __future__ import annotations

import base64
import json
from typing import Any

from starlette.responses import Response

from contracts.cell import AskMeansPage, CloseNeed, JudgeGravity, NoteContact, StateNeed, UpdateNeed
from services.gateway.console import cellule_words
from services.gateway.console.cellule import PAGE, PATH, past
from services.gateway.console.certificate_words import hour_after
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.gateway.documents import PATIENCE, document
from services.platform.errors import Invalid

OTHER = "autre"


def _partner(form: Form) -> str:
    named = form.get("autre") if form.get("partenaire") == OTHER else form.get("partenaire")
    if not named:
        raise Invalid("À compléter : dites avec qui.")
    return named


def _number(form: Form, name: str) -> int | None:
    text = form.get(name, "").replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    if not text:
        return None
    if not text.isdecimal():
        raise Invalid("À compléter : écrivez un nombre entier.")
    return int(text)


async def contact(visit: Visit, form: Form) -> Done:
    """An exchange with a partner."""
    if not form.get("texte"):
        raise Invalid("À compléter : écrivez ce qui a été dit.")
    command = build(
        NoteContact, partner=_partner(form), direction=form.get("sens", "recu"), channel=form.get("canal"),
        text=form["texte"], person=form.get("personne"), verified=form.get("verifie") == "oui",
        crises=tuple(filter(None, [form.get("crise")])) or None, at=past(form, "heure", visit),
    )  # fmt: skip
    await send(visit, command, form)
    return Done(f"{PATH}#partenaires", "Échange noté, écrit au journal de bord.")


async def state(visit: Visit, form: Form) -> Done:
    """A need."""
    if not form.get("quoi") or not form.get("combien"):
        raise Invalid("À compléter : dites ce qui est demandé, et combien.")
    asked_at = past(form, "heure", visit)
    due = hour_after(form.get("echeance", ""), asked_at or visit.now, visit)
    if form.get("echeance") and due is None:
        raise Invalid("À compléter : écrivez l'échéance comme 12:00.")
    command = build(
        StateNeed, crisis=form.get("crise"), kind=form.get("genre"), what=form["quoi"], unit=form.get("unite"),
        asked=_number(form, "combien"), available=_number(form, "disponible"), asked_by=_partner(form),
        asked_at=asked_at, wanted_by=due,
    )  # fmt: skip
    await send(visit, command, form)
    return Done(f"{PATH}#besoins", "Besoin énoncé, écrit au journal de bord.")


async def update(visit: Visit, form: Form) -> Done:
    """What was found."""
    command = build(
        UpdateNeed, need=visit.path["besoin"], asked=_number(form, "combien"), available=_number(form, "disponible"),
        how=form.get("comment"),
    )  # fmt: skip
    await send(visit, command, form)
    return Done(f"{PATH}#besoins", "Besoin mis à jour.")


async def close(visit: Visit, form: Form) -> Done:
    """Met, or dropped."""
    command = build(CloseNeed, need=visit.path["besoin"], status=form.get("issue"), reason=form.get("motif"))
    await send(visit, command, form)
    return Done(f"{PATH}#besoins", "Besoin clos, écrit au journal de bord.")


async def judge(visit: Visit, form: Form) -> Done:
    """Gravity and proportion of means, with the reason."""
    if not (form.get("gravite") and form.get("moyens") and form.get("motif")):
        raise Invalid("À compléter : dites la gravité, si les moyens suffisent, et pourquoi.")
    command = build(
        JudgeGravity, crisis=form.get("crise"), gravity=form["gravite"], proportion=form["moyens"],
        reason=form["motif"],
    )  # fmt: skip
    await send(visit, command, form)
    return Done(f"{PATH}#moyens", "Jugement écrit au journal de bord, avec les sommes du moment.")


async def view_means(visit: Visit) -> dict[str, Any]:
    """The page of means of one crisis, as it would print now."""
    found = await visit.ask(AskMeansPage(crisis=visit.path["crise"], form="json"), patience=PATIENCE)
    return {"page": json.loads(base64.b64decode(found["body"])), "crisis": visit.path["crise"], "cw": cellule_words}


async def means_pdf(visit: Visit) -> Response:
    """The same, printed."""
    return document(await visit.ask(AskMeansPage(crisis=visit.path["crise"]), patience=PATIENCE))


MEANS = Page("/cellule/moyens/{crise}", "moyens.html", "Gravité et moyens", view_means, nav="cellule")
PAGES = (MEANS,)
ACTS = (
    Act("/cellule/echange", contact, PAGE),
    Act("/cellule/besoin", state, PAGE),
    Act("/cellule/besoin/{besoin}", update, PAGE),
    Act("/cellule/besoin/{besoin}/clore", close, PAGE),
    Act("/cellule/jugement", judge, PAGE),
)
FILES = (("/cellule/moyens/{crise}/pdf", means_pdf),)
