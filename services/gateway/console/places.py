"""One slot: book, give back, open, withdraw; and a slot offered by phone. The answer to a booking says what to dial."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.base import Role
from contracts.directory import ListPeople
from contracts.slots import Booked, BookSlot, ListSlots, MoveSlot, OfferSlot, OpenSlot, ReleaseSlot, WithdrawSlot
from services.gateway.console import capacite, capacite_crises, capacite_lines, field_words, words
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.visit import Visit
from services.platform import french
from services.platform.errors import Invalid, NotFound


async def find(visit: Visit) -> dict[str, Any]:
    """The slot of the path, among those of the day in the address, else among those from today on."""
    day = visit.query.get("jour") or None
    if day:
        capacite.day_of(visit, day)
    for asked in dict.fromkeys((day, None)):
        for slot in await visit.items("places", ListSlots(day=asked)) or []:
            if slot["id"] == visit.path["slot"]:
                return slot
    raise NotFound("Cette plage n'existe pas, ou elle est passée ; reprenez la liste des places.")


def said(visit: Visit, slot: dict[str, Any]) -> str:
    """A slot in a sentence."""
    return f"{capacite.between(visit, slot['starts_at'], slot['ends_at'])}, {visit.commune(slot['commune'])}"


async def view_slot(visit: Visit) -> dict[str, Any]:
    """A slot, what is taken of it, and what may be done."""
    slot = await find(visit)
    day = words.local(slot["starts_at"], visit).date()
    crises = await capacite_crises.crises_of(visit)
    return {
        "crisis": next((one for one in crises if one["id"] == slot["crisis"]), None),
        "came_from": next((one for one in crises if one["id"] == slot.get("from_crisis")), None),
        "other_crises": [one for one in capacite_crises.opened(crises) if one["id"] != slot["crisis"]],
        "slot": slot, "said": said(visit, slot), "day": day, "fw": field_words,
        "ended": capacite_lines.ended(slot, visit.now),
        "names": await visit.names((slot["professional"], slot["entered_by"])),
        "title": f"Plage, {visit.commune(slot['commune'])}",
    }  # fmt: skip


def typed_hour(visit: Visit, text: str) -> Any:
    """The hour typed, when something is written afterwards; nothing when it is now."""
    if not text:
        return None
    found = words.from_hour(text, visit)
    if found is None:
        raise Invalid("À compléter : écrivez l'heure ainsi : 8 h 20, ou laissez-la vide si c'est maintenant.")
    return found


def whole(text: str, what: str) -> int:
    """A whole number typed."""
    if not text.isdecimal() or len(text) > 6:
        raise Invalid(f"À compléter : écrivez {what} en chiffres.")
    return int(text)


def back(visit: Visit) -> str:
    """The day a form came from."""
    day = visit.query.get("jour")
    return f"/capacite?jour={capacite.day_of(visit, day).isoformat()}" if day else "/capacite"


async def _book(visit: Visit, form: Form, asked_by: str | None) -> str:
    command = build(
        BookSlot, slot=visit.path["slot"], count=whole(form.get("combien", ""), "le nombre de places"),
        asked_by=asked_by, booked_at=typed_hour(visit, form.get("heure", "")),
    )  # fmt: skip
    reply = await send(visit, command, form)
    booked = Booked.model_validate(reply.result)
    line = f"Composez le {french.phone(booked.phone)}" if booked.phone else "Aucune ligne n'est donnée pour cette plage"
    taken = "1 place prise" if command.model_dump()["count"] == 1 else f"{command.model_dump()['count']} places prises"
    return f"{french.capital(taken)}. {line}. Il en reste {booked.remaining}."


async def book(visit: Visit, form: Form) -> Done:
    """Take places for who asks by phone."""
    asked_by = form.get("autre") or form.get("pour")
    if not asked_by:
        raise Invalid("À compléter : dites quel service demande la place.")
    return Done(back(visit), await _book(visit, form, asked_by))


async def book_from_outside(visit: Visit, form: Form) -> Done:
    """The SAMU takes places itself."""
    if not visit.viewer.has(Role.SAMU):
        raise Invalid("Les places se prennent par la coordination ou par le SAMU.")
    return Done(back(visit), await _book(visit, form, None))


async def release(visit: Visit, form: Form) -> Done:
    """Give a booking back."""
    await send(visit, build(ReleaseSlot, slot=visit.path["slot"], booking=form.get("reservation", "")), form)
    return Done(back(visit), "Réservation rendue : ses places sont de nouveau libres si la plage est ouverte.")


async def open_slot(visit: Visit, form: Form) -> Done:
    """An activable slot may be booked from now on."""
    await send(visit, build(OpenSlot, slot=visit.path["slot"]), form)
    return Done(back(visit), "Plage ouverte : ses places peuvent être prises.")


async def withdraw(visit: Visit, form: Form) -> Done:
    """No further booking."""
    if not form.get("motif"):
        raise Invalid("À compléter : écrivez pourquoi la plage est retirée.")
    await send(visit, build(WithdrawSlot, slot=visit.path["slot"], reason=form["motif"]), form)
    return Done(back(visit), "Plage retirée. Ce qui était pris le reste.")


async def move(visit: Visit, form: Form) -> Done:
    """Give what is not booked to another crisis."""
    if not form.get("crise") or not form.get("motif"):
        raise Invalid("À compléter : choisissez la crise qui reçoit ces places, et écrivez pourquoi.")
    places = whole(form["combien"], "le nombre de places") if form.get("combien") else None
    command = build(MoveSlot, slot=visit.path["slot"], crisis=form["crise"], places=places, reason=form["motif"])
    await send(visit, command, form)
    return Done(back(visit), "Places passées à l'autre crise. Ce qui était pris le reste.")


async def view_offer(visit: Visit) -> dict[str, Any]:
    """The form of a slot offered by phone."""
    people = await visit.items("annuaire", ListPeople()) or []
    chosen = visit.query.get("jour")
    return {
        "people": professionals(people), "fw": field_words,
        "day": capacite.day_of(visit, visit.typed.get("jour") or chosen if not visit.refusal else chosen),
        "communes": sorted(visit.territory.communes, key=lambda one: one.name.replace("É", "E")),
        "title": "Saisir une offre",
    }  # fmt: skip


def professionals(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those who may offer places, by profession then name."""
    known = (one for one in people if one.get("profession") and "professional" in one.get("roles", ()))
    return sorted(known, key=lambda one: (one["profession"], one["name"]))


def period(visit: Visit, form: Form) -> tuple[Any, Any]:
    """Start and end of a slot: a day and two hours; an end before the start is the next morning's."""
    start = words.from_field(f"{form.get('jour', '')}T{form.get('de', '')}", visit)
    end = words.from_field(f"{form.get('jour', '')}T{form.get('a', '')}", visit)
    if start is None or end is None:
        raise Invalid("À compléter : donnez le jour, l'heure de début et l'heure de fin.")
    return start, end if end > start else end + timedelta(days=1)


async def offer(visit: Visit, form: Form) -> Done:
    """A slot typed for a professional."""
    people = await visit.items("annuaire", ListPeople()) or []
    person = next((one for one in professionals(people) if one["person"] == form.get("qui")), None)
    if person is None:
        raise Invalid("À compléter : choisissez le professionnel qui offre ces places.")
    start, end = period(visit, form)
    communes = person.get("communes") or [""]
    command = build(
        OfferSlot, professional=person["person"], profession=person["profession"],
        commune=form.get("commune") or communes[0], starts_at=start, ends_at=end,
        places=whole(form.get("places", ""), "le nombre de places"), mode=form.get("mode"), state=form.get("etat"),
        phone=form.get("ligne") or person.get("phone"), offered_at=typed_hour(visit, form.get("heure", "")),
    )  # fmt: skip
    await send(visit, command, form)
    places = french.count(int(form["places"]), "place offerte", "places offertes")
    return Done(f"/capacite?jour={start.date().isoformat()}", f"{french.capital(places)} au nom de {person['name']}.")


OFFER = Page("/capacite/offrir", "offrir.html", "Saisir une offre", view_offer, nav="capacite")
SLOT = Page("/capacite/plages/{slot}", "plage.html", "Plage", view_slot, nav="capacite")
PAGES = (OFFER, SLOT)
ACTS = (
    Act("/capacite/offrir", offer, OFFER),
    Act("/capacite/plages/{slot}/prendre", book, SLOT),
    Act("/capacite/plages/{slot}/rendre", release, SLOT),
    Act("/capacite/plages/{slot}/ouvrir", open_slot, SLOT),
    Act("/capacite/plages/{slot}/retirer", withdraw, SLOT),
    Act("/capacite/plages/{slot}/passer", move, SLOT),
    Act("/capacite/prendre/{slot}", book_from_outside, capacite.PAGE, inside=False),
)
