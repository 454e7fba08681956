"""Death certificates: requests with their clock, and one request with everything that may be done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from contracts.certificates import (
    AcceptCertificate,
    CancelCertificate,
    DeclineCertificate,
    ListCertificates,
    NoteCertificate,
    SignCertificate,
    UnsealCertificate,
)
from contracts.directory import ListPeople
from contracts.logbook import ListEntries
from services.gateway.console import certificate_words as cw
from services.gateway.console import words
from services.gateway.console.pages import Act, Done, Form, Page, build, send, show
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid, NotFound


async def view(visit: Visit) -> dict[str, Any]:
    """What waits, what is under way, what ended lately."""
    rows = await visit.items("certificats", ListCertificates()) or []
    waiting = sorted((one for one in rows if one["status"] == "open"), key=lambda one: one["requested_at"])
    coming = sorted((one for one in rows if one["status"] == "accepted"), key=lambda one: one["requested_at"])
    days = visit.territory.thresholds.late_reports_days
    closed = cw.lately(rows, visit.now, days)
    people = [ref for one in (*waiting, *coming, *closed) for ref in (*one.get("asked", ()), one.get("accepted_by"))]
    return {
        "waiting": waiting, "coming": coming, "closed": closed, "days": days, "cw": cw,
        "threshold": visit.territory.thresholds.certificate_wait_minutes,
        "last": max((one["ended_at"] for one in rows if one["ended_at"]), default=None),
        "names": await visit.names(people),
    }  # fmt: skip


async def view_one(visit: Visit) -> dict[str, Any]:
    """One request: its clock, who said what, its entries, and the forms of what is noted."""
    rows = await visit.items("certificats", ListCertificates()) or []
    one = next((each for each in rows if each["id"] == visit.path["demande"]), None)
    if one is None:
        raise NotFound("Cette demande de certificat n'existe pas, ou sa lecture ne vous est pas ouverte.")
    start = datetime.fromisoformat(one["requested_at"]) - timedelta(minutes=1)
    end = datetime.fromisoformat(one["ended_at"]) + timedelta(days=8) if one["ended_at"] else None
    found = await visit.together(
        people=visit.items("annuaire", ListPeople()),
        entries=visit.items("journal", ListEntries(kind="certificat", first=start, last=end)),
    )
    people = {each["person"]: each for each in found["people"] or []}
    entries = cw.entries_of(one, found["entries"] or [], visit.commune(one["commune"]))
    references = [*one.get("asked", ()), one.get("accepted_by"), *(entry["author"] for entry in entries)]
    names = await visit.names(references)
    return {
        "one": one, "people": people, "names": names, "cw": cw, "entries": await visit.spoken(entries),
        "answers": cw.answers_of(one, names), "choices": cw.choices(one, list(people.values())),
        "threshold": visit.territory.thresholds.certificate_wait_minutes, "unsealed": None,
        "twins": cw.twins(one, rows),
        "title": f"Certificat, {visit.commune(one['commune'])}",
    }  # fmt: skip


def _past(form: Form, name: str, visit: Visit) -> datetime | None:
    """An hour typed afterwards; nothing means now."""
    if not form.get(name):
        return None
    found = words.from_hour(form[name], visit)
    if found is None:
        raise Invalid("À compléter : écrivez l'heure comme 8:20.")
    return min(found, visit.now)


def _back(visit: Visit, sentence: str) -> Done:
    return Done(f"/certificats/{visit.path['demande']}", sentence)


async def accept(visit: Visit, form: Form) -> Done:
    """A yes received by phone, from someone of the directory or not."""
    outside = form.get("hors", "")
    if bool(form.get("qui")) == bool(outside):
        raise Invalid(
            "À compléter : choisissez qui accepte, ou écrivez son nom s'il est hors annuaire, l'un ou l'autre."
        )
    if outside and not form.get("profession"):
        raise Invalid("À compléter : dites si la personne hors annuaire est médecin ou infirmière.")
    accepted = _past(form, "accepte_a", visit)
    expected = cw.hour_after(form.get("attendu", ""), accepted or visit.now, visit)
    if form.get("attendu") and expected is None:
        raise Invalid("À compléter : écrivez l'heure d'arrivée comme 9:30.")
    command = build(
        AcceptCertificate, certificate=visit.path["demande"], professional=form.get("qui") or outside,
        profession=form.get("profession") if outside else None, expected_at=expected, accepted_at=accepted,
    )  # fmt: skip
    await send(visit, command, form)
    return _back(visit, "Accord noté. Rappelez qui a demandé : dites-lui qui vient, et quand.")


async def decline(visit: Visit, form: Form) -> Done:
    """A no received by phone; from who had accepted, the request waits again."""
    if not form.get("qui"):
        raise Invalid("À compléter : choisissez qui ne peut pas.")
    command = build(DeclineCertificate, certificate=visit.path["demande"], professional=form["qui"])
    await send(visit, command, form)
    return _back(visit, "C'est noté : ne peut pas.")


async def note(visit: Visit, form: Form) -> Done:
    """A doctor was called about the cause, or the requester was called back."""
    at = _past(form, "note_a", visit)
    command = build(NoteCertificate, certificate=visit.path["demande"], what=form.get("quoi"), noted_at=at)
    await send(visit, command, form)
    return _back(visit, "Avis médical noté." if form.get("quoi") == "avis_medical" else "Demandeur rappelé, noté.")


async def sign(visit: Visit, form: Form) -> Done:
    """Done, at an hour."""
    informed = form.get("medecin_traitant") == "oui"
    command = build(
        SignCertificate, certificate=visit.path["demande"], signed_at=_past(form, "signe_a", visit),
        treating_doctor_informed=informed,
    )  # fmt: skip
    await send(visit, command, form)
    told = "" if informed else " Reste à prévenir le médecin traitant."
    return _back(visit, f"C'est fait, écrit au journal de bord.{told}")


async def close(visit: Visit, form: Form) -> Done:
    """End without a certificate."""
    if form.get("issue") not in cw.ENDINGS or not form.get("motif"):
        raise Invalid("À compléter : choisissez l'issue, et écrivez pourquoi aucun certificat n'est fait.")
    command = build(CancelCertificate, certificate=visit.path["demande"], ending=form["issue"], reason=form["motif"])
    await send(visit, command, form)
    return _back(visit, "Demande close sans certificat, motif écrit au journal de bord.")


async def unseal(visit: Visit, form: Form) -> Response:
    """What is sealed, on this answer and nowhere else; each reading is a new command, so a new entry."""
    command = build(UnsealCertificate, certificate=visit.path["demande"])
    reply = await visit.edge.send(command, visit.call)

    async def opened(again: Visit) -> dict[str, Any]:
        return await view_one(again) | {"unsealed": reply.result or {}}

    return await show(visit, replace(ONE, view=opened))


PAGE = Page("/certificats", "certificats.html", "Certificats", view, nav="certificats")
ONE = Page("/certificats/{demande}", "certificat.html", "Certificat", view_one, nav="certificats")
PAGES = (PAGE, ONE)
ACTS = (
    Act("/certificats/{demande}/accepter", accept, ONE),
    Act("/certificats/{demande}/refuser", decline, ONE),
    Act("/certificats/{demande}/noter", note, ONE),
    Act("/certificats/{demande}/fait", sign, ONE),
    Act("/certificats/{demande}/clore", close, ONE),
    Act("/certificats/{demande}/lire", unseal, ONE),
)
