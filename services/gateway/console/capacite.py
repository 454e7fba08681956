"""Places of a day, by commune: the table first, the map beside it, the slots under; then places asked for, tensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.activity import ListTensions
from contracts.base import Role
from contracts.slots import AskCapacity, ListSlots
from contracts.solicitations import ListSolicitations
from services.gateway.console import carte, field_words, words
from services.gateway.console.pages import Page
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid
from services.platform.territory import Commune

EVENING = 17
SHOWN = {"places": "places libres", "tensions": "tensions"}
DAYS_AHEAD = 3


@dataclass(slots=True)
class Line:
    """Figures of one commune, or of the whole territory. ``slots`` counts the slots that make them."""

    code: str
    name: str
    slots: int = 0
    places: int = 0
    booked: int = 0
    free: int = 0
    evening: int = 0
    activable: int = 0
    tensions: int = 0
    over: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Line) -> None:
        """Add the figures of a commune to those of the territory."""
        for name in ("slots", "places", "booked", "free", "evening", "activable", "tensions", "over"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.kinds += other.kinds


def lines(communes: Sequence[Commune]) -> dict[str, Line]:
    """An empty line for each commune, in alphabetical order."""
    ordered = sorted(communes, key=lambda commune: commune.name.replace("É", "E"))
    return {commune.code: Line(commune.code, commune.name) for commune in ordered}


def count_slots(found: dict[str, Line], slots: Iterable[dict[str, Any]], zone: ZoneInfo, now: datetime) -> None:
    """Count slots, one by one: an activable one is a promise; what is over counts in the day and is told apart."""
    for slot in slots:
        line = found.setdefault(slot["commune"], Line(slot["commune"], slot["commune"]))
        if slot["state"] == "activable":
            line.activable += slot["places"]
            continue
        line.slots += slot["places"] > 0
        line.places, line.booked, line.free = (
            line.places + slot["places"], line.booked + slot["booked"], line.free + slot["free"]
        )  # fmt: skip
        if datetime.fromisoformat(slot["starts_at"]).astimezone(zone).hour >= EVENING:
            line.evening += slot["free"]
        if ended(slot, now):
            line.over += slot["free"]


def ended(slot: dict[str, Any], now: datetime) -> bool:
    """Whether a slot can no longer serve anyone."""
    return datetime.fromisoformat(slot["ends_at"]) <= now


def count_totals(found: dict[str, Line], rows: Iterable[dict[str, Any]]) -> None:
    """Count totals by commune and profession: what those outside the CPTS receive."""
    for row in rows:
        line = found.setdefault(row["commune"], Line(row["commune"], row["commune"]))
        line.slots += 1
        line.places, line.booked, line.free = (
            line.places + row["places"], line.booked + row["booked"], line.free + row["free"]
        )  # fmt: skip


def count_tensions(found: dict[str, Line], rows: Iterable[dict[str, Any]]) -> None:
    """Count tensions by commune and kind."""
    for row in rows:
        line = found.setdefault(row["commune"], Line(row["commune"], row["commune"]))
        line.tensions += row["count"]
        line.kinds[row["kind"]] += row["count"]


def total(found: dict[str, Line]) -> Line:
    """The whole territory."""
    whole = Line("", "Territoire")
    for line in found.values():
        whole.add(line)
    return whole


def days(today: date, chosen: date) -> list[date]:
    """Yesterday, today, tomorrow and the next three; the chosen one too when it is another."""
    shown = {today + timedelta(days=step) for step in range(-1, 2 + DAYS_AHEAD)} | {chosen}
    return sorted(shown)


def day_of(viewpoint: Viewpoint, text: str | None) -> date:
    """The day asked for, today when none is."""
    try:
        return date.fromisoformat(text) if text else viewpoint.today
    except ValueError:
        raise Invalid(f"« {text} » n'est pas un jour ; choisissez-en un sur la page des places.") from None


def between(viewpoint: Viewpoint, start: str, end: str) -> str:
    """``demain, 17 h 00 à 20 h 00``: the day of the end is said when it is another."""
    same = words.local(start, viewpoint).date() == words.local(end, viewpoint).date()
    return f"{words.near(start, viewpoint)} à {(words.hour if same else words.near)(end, viewpoint)}"


def figure(line: Line, shown: str) -> int | None:
    """What the map writes in a commune: nothing when no slot exists there that day."""
    if shown == "tensions":
        return line.tensions
    return line.free if line.slots else None


def said(line: Line, shown: str) -> str:
    """The same in words, for who does not see the map."""
    value = figure(line, shown)
    if value is None:
        return "aucune plage"
    one, many = ("place libre", "places libres") if shown == "places" else ("tension", "tensions")
    return f"{value} {one if value < 2 else many}"


def drawn(viewpoint: Viewpoint, found: dict[str, Line], shown: str) -> dict[str, Any]:
    """The map: each shape with its figure, its class and its words."""
    drawing = carte.draw(viewpoint.territory.communes, viewpoint.territory.outlines)
    shapes = [
        {"shape": shape, "figure": figure(found[shape.code], shown), "said": said(found[shape.code], shown),
         "resume": f"{shape.name}, {said(found[shape.code], shown)}",
         "tint": carte.tint(figure(found[shape.code], shown), shown)}
        for shape in drawing.shapes
    ]  # fmt: skip
    present = {one["tint"] for one in shapes}
    legend = [step for step in carte.legend(shown) if step[0] in present]
    return {"drawing": drawing, "shapes": shapes, "legend": legend, "shown": shown}


async def view(visit: Visit) -> dict[str, Any]:
    """Everything of a day."""
    day = day_of(visit, visit.query.get("jour"))
    shown = visit.query.get("carte", "places")
    shown = shown if shown in SHOWN else "places"
    found = await visit.together(
        slots=_slots(visit, day),
        tensions=visit.items("tensions", ListTensions(first=day, last=day)),
        solicitations=visit.items("demandes", ListSolicitations(open_only=True)) if visit.inside else _nothing(),
    )
    slots = found["slots"] or []
    tensions = found["tensions"] or []
    figures = lines(visit.territory.communes)
    if visit.inside:
        count_slots(figures, slots, visit.territory.zone, visit.now)
    else:
        count_totals(figures, slots)
    count_tensions(figures, tensions)
    whole = total(figures)
    people = [ref for slot in slots if visit.inside for ref in (slot["professional"], slot["entered_by"])]
    people += [tension["structure"] for tension in tensions if visit.inside]
    return {
        "day": day, "days": days(visit.today, day), "figures": figures, "whole": whole, "slots": slots,
        "map": drawn(visit, figures, shown), "shown": SHOWN, "solicitations": found["solicitations"] or [],
        "tensions": tensions, "kinds": [kind for kind, _ in whole.kinds.most_common()], "fw": field_words,
        "bookable": await _bookable(visit, day), "over": _over(visit, slots), "names": await visit.names(people),
        "between": between, "title": f"Capacité, {day:%d/%m}",
    }  # fmt: skip


def _over(visit: Visit, slots: list[dict[str, Any]]) -> set[str]:
    return {slot["id"] for slot in slots if ended(slot, visit.now)} if visit.inside else set()


async def _slots(visit: Visit, day: date) -> list[dict[str, Any]] | None:
    """Slots with who offers them inside; totals outside."""
    if visit.inside:
        return await visit.items("places", ListSlots(day=day.isoformat()))
    totals = await visit.part("places", AskCapacity(first=day.isoformat(), last=day.isoformat()))
    return (totals or {}).get("items")


async def _bookable(visit: Visit, day: date) -> list[dict[str, Any]]:
    """What the SAMU may take now."""
    if visit.inside or not visit.viewer.has(Role.SAMU):
        return []
    return await visit.items("places", ListSlots(day=day.isoformat(), bookable=True)) or []


async def _nothing() -> None:
    return None


PAGE = Page("/capacite", "capacite.html", "Capacité", view, nav="capacite", inside=False)
PAGES = (PAGE,)
ACTS = ()
