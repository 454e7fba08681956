"""What the page shows: who you are, what is asked of you, places, yesterday's figures, tensions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from contracts.activity import ListReports
from contracts.certificates import ListCertificates
from contracts.directory import OwnEntry, WhoIsOnDuty
from contracts.levels import AskSituation
from contracts.slots import ListSlots
from contracts.solicitations import ListSolicitations
from services.gateway.console import shell
from services.gateway.console.professional import offers, reporting
from services.gateway.console.professional.entry import ProVisit
from services.platform import french
from services.platform.errors import NotFound

PLACES = {"domicile": "Domicile", "ehpad": "EHPAD", "autre": "Autre lieu"}
ANSWERS = {"oui": "oui", "non": "non", "plus_tard": "plus tard"}
TENSIONS = {
    "deshydratation": "Déshydratation",
    "coup_de_chaleur": "Coup de chaleur",
    "acces_aux_soins": "Accès aux soins",
    "rupture_de_continuite": "Rupture de continuité",
    "surcharge": "Surcharge",
    "autre": "Autre chose",
}


def entry_of(visit: ProVisit) -> OwnEntry:
    """Whose page it is."""
    if visit.entry is None:
        raise NotFound("Votre page n'est pas disponible.")
    return visit.entry


async def frame(visit: ProVisit) -> dict[str, Any]:
    """The bar, who it is, and who to call."""
    found = await visit.together(
        situation=visit.part("situation", AskSituation()), duty=visit.part("astreinte", WhoIsOnDuty())
    )
    crises = [one for one in (found["situation"] or {}).get("crises", []) if not one.get("closed_at")]
    entry = entry_of(visit)
    return {
        "me": entry,
        "where": french.join([visit.commune(code) for code in entry.communes[:1]]),
        "headline": shell.headline(crises, visit) if found["situation"] is not None else "",
        "crises": crises,
        "duty": [held for held in (found["duty"] or {}).get("items", []) if held.get("phone")],
    }


async def view(visit: ProVisit) -> dict[str, Any]:
    """Everything that concerns one person; what does not apply is not asked for."""
    entry = entry_of(visit)
    found = await visit.together(
        frame=frame(visit),
        certificates=visit.items("certificats", ListCertificates(open_only=True)),
        asked=visit.items("demandes", ListSolicitations(open_only=True)),
        slots=visit.items("places", ListSlots()) if entry.profession else _nothing(),
        lines=report_lines(visit),
    )
    certificates = found["certificates"] or []
    asked = found["asked"] or []
    shown: dict[str, Any] = found["frame"]
    return shown | {
        "title": "Votre page",
        "to_answer": [one for one in certificates if one["status"] == "open" and one.get("own_answer") is None],
        "mine": [one for one in certificates if one.get("own_answer") == "accepted" and not one.get("ended_at")],
        "asked": [one for one in asked if one["status"] == "open"],
        "slots": [one for one in found["slots"] or [] if one["professional"] == entry.person and _stands(one)],
        "lines": found["lines"],
        "yesterday": visit.today - timedelta(days=1),
        "offer": _offer(visit, asked),
        "evenings": offers.evenings(visit.now),
        "communes": [(code, visit.commune(code)) for code in communes_of(visit)],
        "place_words": PLACES, "answers": ANSWERS, "tensions": TENSIONS, "modes": offers.MODES, "counts": offers.COUNTS,
    }  # fmt: skip


async def _nothing() -> list[dict[str, Any]]:
    return []


def _stands(slot: dict[str, Any]) -> bool:
    """A slot withdrawn before anybody booked is no longer anything."""
    return slot["state"] != "retire" or bool(slot["booked"])


def _offer(visit: ProVisit, asked: list[dict[str, Any]]) -> dict[str, str]:
    said_yes = next((one for one in asked if one["id"] == visit.query.get("demande")), None)
    return offers.prefilled(visit.now, entry_of(visit).profession, said_yes, visit.typed)


def communes_of(visit: ProVisit) -> list[str]:
    """Where they may offer places: their communes, else their structure's."""
    entry = entry_of(visit)
    own = [code for code in entry.communes if visit.territory.has_commune(code)]
    return own or ([entry.structure.commune] if entry.structure else [])


async def report_lines(visit: ProVisit) -> list[reporting.Line]:
    """Figures of yesterday, with what was already sent; none without a structure that reports."""
    held = entry_of(visit).structure
    if held is None or not held.reporting.indicators:
        return []
    day = visit.today - timedelta(days=1)
    sent = await visit.items("visites", ListReports(first=day, last=day)) or []
    return reporting.lines(held.reporting.indicators, [one for one in sent if one["structure"] == held.structure])


async def view_tension(visit: ProVisit) -> dict[str, Any]:
    """One kind of tension, to be counted and confirmed."""
    kind = visit.path["kind"]
    if kind not in TENSIONS or entry_of(visit).structure is None:
        raise NotFound("Cette tension n'existe pas ; revenez à votre page.")
    return await frame(visit) | {"title": TENSIONS[kind], "kind": kind}
