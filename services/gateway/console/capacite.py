"""Places of a day, by commune: the table first, the map beside it, the slots under; then places asked for, tensions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from contracts.activity import ListTensions
from contracts.base import Role
from contracts.slots import AskCapacity, ListSlots
from contracts.solicitations import ListSolicitations
from services.gateway.console import capacite_crises, carte, field_words, words
from services.gateway.console.capacite_lines import (
    Line,
    count_slots,
    count_tensions,
    count_totals,
    ended,
    lines,
    total,
)
from services.gateway.console.pages import Page
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid

SHOWN = {"places": "places libres", "tensions": "tensions"}
DAYS_AHEAD = 3


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
        crises=capacite_crises.crises_of(visit) if visit.inside else _nothing(),
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
        "by_crisis": capacite_crises.shared(slots, found["crises"] or [], visit.territory.zone, visit.now),
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
