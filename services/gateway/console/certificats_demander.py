"""A request for a certificate typed at the phone, what to say at once, and the census of who may come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from contracts.certificates import AskCensus, RequestCertificate
from contracts.directory import ListPeople
from services.gateway.console import certificate_words as cw
from services.gateway.console import words
from services.gateway.console.pages import Act, Form, Page, build, send, show
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid

#: What must be asked, in the order of the form, and what is said when it was not.
ASKED = {
    "traitant": "si le médecin traitant a été appelé", "commune": "la commune", "lieu": "le lieu",
    "demandeur": "qui demande", "adulte": "si la personne est majeure", "public": "si le lieu est ouvert au public",
    "doute": "s'il y a violence ou doute",
}  # fmt: skip
BANDS = ("jour", "nuit", "week-end")


async def view_new(visit: Visit) -> dict[str, Any]:
    """The form; fields left empty are marked when it comes back."""
    faults = {fault["field"] for fault in visit.refusal.faults} if visit.refusal else set()
    communes = sorted(visit.territory.communes, key=lambda one: one.name.replace("É", "E"))
    return {"communes": communes, "cw": cw, "faults": faults, "title": "Noter une demande de certificat"}


def missing(form: Form) -> list[str]:
    """Names of the questions nobody answered."""
    return [name for name in ASKED if not form.get(name)]


async def ask(visit: Visit, form: Form) -> Response:
    """Send the request, and say at once what the person at the phone must hear."""
    left = missing(form)
    if left:
        faults = [{"field": name, "message": ASKED[name], "remedy": ""} for name in left]
        raise Invalid(f"À compléter : dites {', '.join(ASKED[name] for name in left)}.", errors=faults)
    at = words.from_hour(form.get("heure", ""), visit)
    if form.get("heure") and at is None:
        raise Invalid(
            "À compléter : écrivez l'heure comme 8:20.", errors=[{"field": "heure", "message": "heure illisible"}]
        )
    command = build(
        RequestCertificate, commune=form["commune"], place=form["lieu"], requester=form["demandeur"],
        adult=form["adulte"] == "oui", violence_or_doubt=form["doute"] == "oui", public_place=form["public"] == "oui",
        treating_doctor_called=form["traitant"] == "oui", callback=form.get("rappel"),
        address=form.get("adresse") if visit.territory.thresholds.store_address else None,
        requested_at=min(at, visit.now) if at else None,
    )  # fmt: skip
    reply = await send(visit, command, form)

    async def told(again: Visit) -> dict[str, Any]:
        wait = timedelta(minutes=again.territory.thresholds.certificate_wait_minutes)
        return {"said": reply.result or {}, "form": form, "cw": cw, "wait": wait}

    return await show(visit, replace(TOLD, view=told))


async def view_census(visit: Visit) -> dict[str, Any]:
    """By commune: who may come by day, by night, at the weekend. Those outside read counts."""
    cells = await visit.part("recensement", AskCensus())
    people = await visit.items("annuaire", ListPeople()) if visit.inside else None
    visit.missing.pop("annuaire", None)  # without the directory the census says counts, as to those outside
    known = {each["person"]: each for each in people or []}
    return census(list((cells or {}).get("items", [])), known)


def census(cells: list[dict[str, Any]], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Rows by commune, and the communes where nobody comes in some band."""
    rows: dict[str, dict[str, Any]] = {}
    for cell in cells:
        found = [known[ref] for ref in cell.get("people", ()) if ref in known]
        told = cell | {
            "named": sorted(each["name"] for each in found if each["profession"] != "infirmier"),
            "nurses_named": sorted(each["name"] for each in found if each["profession"] == "infirmier"),
        }
        rows.setdefault(cell["commune"], {"name": cell["name"], "bands": {}})["bands"][cell["band"]] = told
    holes = {
        band: [row["bands"][band] for row in rows.values() if row["bands"].get(band, {}).get("hole")] for band in BANDS
    }
    ordered = dict(sorted(rows.items(), key=lambda pair: str(pair[1]["name"]).replace("É", "E")))
    return {"rows": ordered, "bands": BANDS, "holes": {band: worst(found) for band, found in holes.items() if found}}


def worst(cells: list[dict[str, Any]]) -> tuple[int, list[str], dict[str, Any]]:
    """How many communes have a hole, which have nobody at all, and the cell with most hours left."""
    empty = sorted(cell["name"] for cell in cells if not cell["listed"])
    return len(cells), empty, max(cells, key=lambda cell: (cell["uncovered_hours"], cell["name"]))


NEW = Page("/certificats/nouveau", "certificat_nouveau.html", "Noter une demande", view_new, nav="certificats")
TOLD = Page("/certificats/nouveau", "certificat_dit.html", "À dire au téléphone", view_new, nav="certificats")
CENSUS = Page(
    "/certificats/recensement", "recensement.html", "Recensement", view_census, nav="certificats", inside=False
)
PAGES = (NEW, CENSUS)
ACTS = (Act("/certificats/nouveau", ask, NEW),)
