"""What a professional does from their page; each owner checks again that it is theirs to do."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from contracts.activity import ReportTension
from contracts.certificates import (
    AcceptCertificate,
    DeclineCertificate,
    NoteCertificate,
    SignCertificate,
    UnsealCertificate,
)
from contracts.slots import OfferSlot, OpenSlot, WithdrawSlot
from contracts.solicitations import AnswerSolicitation
from services.gateway.console import words
from services.gateway.console.pages import Done, Form, build, send
from services.gateway.console.professional import offers, page, reporting
from services.gateway.console.professional.entry import ProVisit, draw
from services.platform import french
from services.platform.errors import Invalid


async def offer(visit: ProVisit, form: Form) -> Done:
    """Places, for who is on this page and nobody else."""
    entry = page.entry_of(visit)
    known = page.communes_of(visit)
    commune = form.get("commune") or (known[0] if known else "")
    if not entry.profession or commune not in known:
        raise Invalid("À compléter : choisissez la commune où vous recevez.")
    starts_at, ends_at = offers.period(form, visit.now)
    count = offers.places(form)
    command = build(
        OfferSlot, professional=entry.person, profession=entry.profession, commune=commune, starts_at=starts_at,
        ends_at=ends_at, places=count, mode=form.get("mode"), state=form.get("etat"), phone=form.get("telephone"),
        crisis=form.get("crise"),
    )  # fmt: skip
    await send(visit, command, form)
    when = f"{words.near(starts_at, visit)} à {french.clock_time(ends_at)}"
    later = ". Elles s'ouvriront si la tension monte" if form.get("etat") == "activable" else ""
    return Done("#mes-places", f"{french.count(count, 'place offerte', 'places offertes')}, {when}{later}.")


async def open_slot(visit: ProVisit, form: Form) -> Done:
    """Bookable from now on."""
    await send(visit, build(OpenSlot, slot=form.get("plage")), form)
    return Done("#mes-places", "Ces places peuvent être prises dès maintenant.")


async def withdraw(visit: ProVisit, form: Form) -> Done:
    """What nobody has taken is withdrawn."""
    await send(visit, build(WithdrawSlot, slot=form.get("plage")), form)
    return Done("#mes-places", "Places libres retirées. Celles déjà prises restent prises.")


async def answer(visit: ProVisit, form: Form) -> Done:
    """Yes leads to the form of an offer, filled with what is asked."""
    said, about = form.get("reponse", ""), form.get("demande", "")
    await send(visit, build(AnswerSolicitation, solicitation=about, answer=said), form)
    if said == "oui":
        return Done(f"?demande={about}#offrir", "Votre oui est noté. Dites maintenant combien de places.")
    return Done("", "Votre réponse est notée." if said == "non" else "Noté : la demande reste ici.")


async def accept(visit: ProVisit, form: Form) -> Done:
    """The first yes takes the request."""
    expected = words.from_hour(form.get("vers", ""), visit)
    if form.get("vers") and expected is None:
        raise Invalid("À compléter : écrivez l'heure comme 14:30, ou laissez vide.")
    if expected is not None and expected < visit.now:
        expected += timedelta(days=1)
    await send(visit, build(AcceptCertificate, certificate=form.get("demande"), expected_at=expected), form)
    return Done("#certificats", "Vous avez accepté. La personne d'astreinte le sait ; l'adresse se lit ci-dessous.")


async def decline(visit: ProVisit, form: Form) -> Done:
    """Not available: others are asked."""
    await send(visit, build(DeclineCertificate, certificate=form.get("demande")), form)
    return Done("", "C'est noté : vous ne pouvez pas. La demande va à d'autres.")


async def unseal(visit: ProVisit, form: Form) -> Response:
    """The address and the call-back, shown with this answer only; each reading is written down."""
    command = build(UnsealCertificate, certificate=form.get("demande"))
    reply = await visit.edge.send(command, visit.call)
    visit.extra = {"unsealed": form.get("demande"), **(reply.result or {})}
    return await draw(visit, "pro.html", page.view)


async def note(visit: ProVisit, form: Form) -> Done:
    """A doctor was called about the cause, or the requester was called back."""
    await send(visit, build(NoteCertificate, certificate=form.get("demande"), what=form.get("quoi")), form)
    said = {"avis_medical": "Avis médical noté.", "rappel": "Rappel noté."}
    return Done("#certificats", said.get(form.get("quoi", ""), "C'est noté."))


async def sign(visit: ProVisit, form: Form) -> Done:
    """Done, at an hour."""
    at = words.from_hour(form.get("heure", ""), visit)
    if form.get("heure") and at is None:
        raise Invalid("À compléter : écrivez l'heure comme 14:30.")
    if at is not None:
        at = min(at + timedelta(seconds=59), visit.now)  # a minute typed is not before what happened within it
    informed = form.get("medecin_traitant") == "oui"
    command = build(SignCertificate, certificate=form.get("demande"), signed_at=at, treating_doctor_informed=informed)
    await send(visit, command, form)
    return Done("", "C'est fait : certificat signé, écrit au journal de bord. Merci.")


async def report(visit: ProVisit, form: Form) -> Done:
    """Figures of yesterday: those written, and only those."""
    held = page.entry_of(visit).structure
    day = visit.today - timedelta(days=1)
    if form.get("jour", day.isoformat()) != day.isoformat():
        raise Invalid("À compléter : ces chiffres étaient ceux d'un autre jour. Relisez-les, puis envoyez.")
    known = await page.report_lines(visit)
    wanted = reporting.commands(known, form, held.structure, day) if held else []
    if not wanted:
        raise Invalid("À compléter : aucun chiffre nouveau. Aucune hier : écrivez 0.")
    for key, command in wanted:
        await send(visit, command, form, step=key)
    return Done(
        "#visites", f"{french.count(len(wanted), 'chiffre envoyé', 'chiffres envoyés')}, {words.day_word(day, visit)}."
    )


async def tension(visit: ProVisit, form: Form) -> Done:
    """A tension seen in the structure, counted."""
    held = page.entry_of(visit).structure
    count = form.get("autre_nombre") if form.get("nombre") == "autre" else form.get("nombre")
    if held is None or not (count or "").isdecimal() or not 1 <= int(count or 0) <= 1000:
        raise Invalid("À compléter : écrivez combien de fois, de 1 à 1 000.")
    kind = visit.path["kind"]
    if kind == "autre" and not form.get("note"):
        raise Invalid("À compléter : écrivez en quelques mots ce que vous voyez, sans nom de patient.")
    command = build(
        ReportTension, structure=held.structure, kind=kind, commune=held.commune, count=int(count or 0),
        note=form.get("note"),
    )  # fmt: skip
    await send(visit, command, form)
    return Done("", f"Signalé : {page.TENSIONS.get(kind, kind).lower()}, {count} fois. La personne d'astreinte le lit.")
