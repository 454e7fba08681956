"""What a structure says by phone, typed for it: the figures of a day on its own indicators, a tension."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from contracts.activity import ListReports, ReportActivity, ReportTension, ReportVad
from contracts.base import Command
from contracts.directory import ListStructures
from services.gateway.console import capacite, field_words
from services.gateway.console.pages import Act, Done, Form, Page, build, send
from services.gateway.console.places import typed_hour, whole
from services.gateway.console.visit import Visit
from services.platform import french
from services.platform.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Measure:
    """One box of the form. ``kind`` is set for visits, whose ``indicator`` names the profession."""

    name: str
    label: str
    indicator: str
    kind: str = ""

    def command(self, structure: str, day: date, value: int) -> Command:
        """What its value is sent as."""
        if self.kind:
            profession = self.indicator.removeprefix("vad_")
            return build(ReportVad, structure=structure, day=day, profession=profession, kind=self.kind, count=value)
        return build(ReportActivity, structure=structure, day=day, indicator=self.indicator, value=value)

    def is_of(self, report: dict[str, Any]) -> bool:
        """Whether a report already received is about this."""
        if self.kind:
            said = (report["profession"], report["kind"])
            return said == (self.indicator.removeprefix("vad_"), self.kind)
        return bool(report["indicator"] == self.indicator)


def measures(indicators: list[str]) -> list[Measure]:
    """Boxes of a structure, in its own order; every known one when it chose none."""
    found: list[Measure] = []
    for key in indicators or [*field_words.VISITS, *field_words.INDICATORS]:
        kinds = field_words.VISITS.get(key)
        found += (
            [Measure(f"n-{key}-{kind}", label, key, kind) for kind, label in kinds]
            if kinds
            else [Measure(f"n-{key}", field_words.indicator(key), key)]
        )
    return found


async def view_list(visit: Visit) -> dict[str, Any]:
    """Structures by commune, to choose one."""
    structures = await visit.items("annuaire", ListStructures()) or []
    by_commune: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(structures, key=lambda one: (visit.commune(one["commune"]).replace("É", "E"), one["name"])):
        by_commune.setdefault(visit.commune(one["commune"]), []).append(one)
    return {"by_commune": by_commune, "title": "Saisir pour une structure"}


async def _structure(visit: Visit) -> dict[str, Any]:
    structures = await visit.items("annuaire", ListStructures()) or []
    found = next((one for one in structures if one["structure"] == visit.path["structure"]), None)
    if found is None:
        raise NotFound("Cette structure n'est pas dans l'annuaire ; choisissez-la dans la liste.")
    return found


def _day(visit: Visit) -> date:
    """Figures are those of yesterday unless the address says."""
    given = visit.query.get("jour")
    return capacite.day_of(visit, given) if given else visit.today - timedelta(days=1)


async def view_one(visit: Visit) -> dict[str, Any]:
    """The form of a structure, with what it already said of that day."""
    structure = await _structure(visit)
    day = _day(visit)
    reports = await visit.items("remontees", ListReports(first=day, last=day)) or []
    told = [report for report in reports if report["structure"] == structure["structure"]]
    boxes = measures(list(structure["reporting"].get("indicators", ())))
    return {
        "structure": structure, "day": day, "fw": field_words,
        "boxes": [(box, next((report for report in told if box.is_of(report)), None)) for box in boxes],
        "days": [visit.today - timedelta(days=back) for back in range(3)],
        "communes": sorted(visit.territory.communes, key=lambda one: one.name.replace("É", "E")),
        "names": await visit.names(report["entered_by"] for report in told),
        "back": visit.query.get("retour", ""), "title": french.clip(structure["name"], 60),
    }  # fmt: skip


async def figures(visit: Visit, form: Form) -> Done:
    """Every box that holds a figure; an empty one says nothing."""
    structure = await _structure(visit)
    boxes = measures(list(structure["reporting"].get("indicators", ())))
    typed = [(box, whole(form[box.name], f"« {box.label} »")) for box in boxes if form.get(box.name)]
    if not typed:
        raise Invalid("À compléter : écrivez au moins un chiffre. Une case vide veut dire « je ne sais pas ».")
    day = _day(visit)
    commands = [(box.name, box.command(structure["structure"], day, value)) for box, value in typed]
    for name, command in commands:
        await send(visit, command, form, step=name)
    noted = french.count(len(typed), "chiffre noté", "chiffres notés")
    sentence = f"{noted} pour {structure['name']}, {french.day_month(day)}."
    return Done(form.get("retour") or f"/saisir/{structure['structure']}?jour={day.isoformat()}", sentence)


async def tension(visit: Visit, form: Form) -> Done:
    """A tension, seen by a structure."""
    if not form.get("nature"):
        raise Invalid("À compléter : choisissez ce que la structure a vu.")
    structure = await _structure(visit)
    command = build(
        ReportTension, structure=structure["structure"], kind=form["nature"],
        commune=form.get("commune") or structure["commune"], count=whole(form.get("combien") or "1", "combien de fois"),
        note=form.get("note"), seen_at=typed_hour(visit, form.get("heure", "")),
    )  # fmt: skip
    await send(visit, command, form)
    said = f"Tension signalée pour {structure['name']} : {field_words.tension(form['nature']).lower()}."
    return Done(f"/saisir/{structure['structure']}?jour={_day(visit).isoformat()}", said)


LIST = Page("/saisir", "saisir_liste.html", "Saisir pour une structure", view_list, nav="capacite")
ONE = Page("/saisir/{structure}", "saisir.html", "Saisir pour une structure", view_one, nav="capacite")
PAGES = (LIST, ONE)
ACTS = (
    Act("/saisir/{structure}/chiffres", figures, ONE),
    Act("/saisir/{structure}/tension", tension, ONE),
)
