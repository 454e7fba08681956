"""What is done to the directory from its pages; the directory checks who may."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from contracts.access import IssueLink, LinkIssued, ResetSecondFactor
from contracts.base import ListQuestion
from contracts.directory import (
    ChangeDuty,
    EnrollPerson,
    EnrollStructure,
    ErasePerson,
    ListPeople,
    RevokeToken,
)
from services.gateway.console import annuaire_words as texts
from services.gateway.console import drawing, qr, shell, words
from services.gateway.console.pages import Done, Form, build, send
from services.gateway.console.visit import Visit
from services.platform import signing
from services.platform.errors import Invalid, NotFound

ERASE = "effacer"


async def everything(visit: Visit, question: ListQuestion) -> list[dict[str, Any]]:
    """Every row, or the refusal of the owner: nothing is written over an entry that could not be read."""
    found = await visit.items("annuaire", question)
    if found is None:
        await visit.ask(question)
        raise NotFound("L'annuaire ne répond pas.")
    return found


async def save_person(visit: Visit, form: Form) -> Done:
    """Enrol someone, or change their entry."""
    reference, known = visit.path.get("person"), {}
    if reference:
        known = next((one for one in await everything(visit, ListPeople()) if one["person"] == reference), {})
    else:
        reference = texts.reference(form.get("profession") or "pers", form.get("cle", ""))
    await send(visit, build(EnrollPerson, person=reference, **texts.person_fields(form, known)), form)
    said = "Fiche changée." if known else "Personne inscrite. Son lien personnel ou sa connexion se font d'ici."
    return Done(f"/annuaire/personnes/{reference}", said)


async def save_structure(visit: Visit, form: Form) -> Done:
    """Enrol a structure, or change it."""
    reference = visit.path.get("structure") or texts.reference(form.get("genre") or "str", form.get("cle", ""))
    reference = reference.replace("_", "-")
    await send(visit, build(EnrollStructure, structure=reference, **texts.structure_fields(form)), form)
    return Done(f"/annuaire/structures/{reference}", "Structure enregistrée.")


async def issue_link(visit: Visit, form: Form) -> Response:
    """A personal link: its address is shown here, once."""
    person = visit.path["person"]
    days = form.get("jours", "30")
    if not days.isdecimal() or not 1 <= int(days) <= 365:
        raise Invalid("À compléter : un lien vaut de 1 à 365 jours.")
    end = datetime.combine(visit.today + timedelta(days=int(days)), time(23, 59), visit.territory.zone)
    end = min(end, visit.now + timedelta(days=365))
    goes = form.get("envoyer") == "oui"
    reply = await send(visit, build(IssueLink, person=person, expires_at=end, send=goes), form)
    issued = LinkIssued.model_validate(reply.result)
    names = await visit.names([person])
    address = signing.address(visit.edge.settings, signing.PROFESSIONAL, issued.code)
    body = drawing.page(
        "annuaire_lien.html", visit, title="Lien personnel", nav="", shell=await shell.gather(visit),
        name=names.get(person, person), person=person, address=address, square=qr.square(address),
        expires_at=issued.expires_at, sent=goes,
    )  # fmt: skip
    return drawing.response(visit.request, body)


async def revoke(visit: Visit, form: Form) -> Done:
    """An access stops working."""
    await send(visit, build(RevokeToken, token=form.get("acces")), form)
    return Done(f"/annuaire/personnes/{visit.path['person']}", "Accès annulé. Il n'ouvre plus rien dans cinq secondes.")


async def reset_factor(visit: Visit, form: Form) -> Done:
    """A lost phone."""
    await send(visit, build(ResetSecondFactor, person=visit.path["person"]), form)
    said = "Second facteur effacé, sessions fermées. Un autre s'inscrit à la prochaine connexion."
    return Done(f"/annuaire/personnes/{visit.path['person']}", said)


async def erase(visit: Visit, form: Form) -> Done:
    """Names and contacts are gone; the word is typed, so that no finger does it by itself."""
    if form.get("mot", "").strip().casefold() != ERASE:
        raise Invalid(f"À compléter : écrivez le mot « {ERASE} » pour effacer cette fiche.")
    await send(visit, build(ErasePerson, person=visit.path["person"]), form)
    return Done("/annuaire", "Fiche effacée : nom, fonction et coordonnées. Ses accès ne valent plus rien.")


async def change_duty(visit: Visit, form: Form) -> Done:
    """Who holds a duty, from when to when, and who is called next."""
    deputies = [one for one in (form.get("suppleant-1"), form.get("suppleant-2")) if one]
    if not form.get("personne"):
        raise Invalid("À compléter : choisissez qui prend l'astreinte.")
    command = build(
        ChangeDuty, role=form.get("role"), person=form.get("personne"), deputies=tuple(deputies),
        starts_at=words.from_field(form.get("debut", ""), visit), ends_at=words.from_field(form.get("fin", ""), visit),
    )  # fmt: skip
    await send(visit, command, form)
    return Done("/annuaire", "Astreinte changée. Les deux personnes et le journal de bord en sont informés.")
