"""The three axes as a table: what the outside says (vigilance, ORSAN, ORSEC, plan blanc), what the CPTS decided.

Pure. They are never equated: each row keeps its own source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from contracts.alerts import COLOUR_RANK, Colour
from contracts.orsan import MEASURES
from services.digests.figures import local
from services.digests.known import Known, World
from services.platform import french
from services.platform.authorities import authority, is_establishment, manner
from services.platform.calendar import day_bounds
from services.platform.territory import Territory

Row = tuple[str, ...]
PHENOMENA = {
    "vent_violent": "vent violent", "pluie_inondation": "pluie-inondation", "orages": "orages", "crues": "crues",
    "neige_verglas": "neige-verglas", "canicule": "canicule", "grand_froid": "grand froid",
    "avalanches": "avalanches", "vagues_submersion": "vagues-submersion", "pollution": "pollution",
    "epidemie_saisonniere": "épidémie saisonnière", "agent_emergent": "agent infectieux émergent",
    "afflux_de_blesses": "afflux de blessés", "blesses_psychiques": "blessés psychiques",
    "risque_nrc": "risque nucléaire, radiologique ou chimique", "penurie": "pénurie", "panne": "panne",
    "cyberattaque": "cyberattaque",
}  # fmt: skip
ACTS = {"orsan": "ORSAN (ARS)", "orsec": "ORSEC (préfecture)", "plan_blanc": "Plan blanc (hôpital)"}
TOLD = {"asks": "demandé", "tells": "annoncé", "acts": "déclenché"}
#: Rows that fit above the fold of a two-page point; vigilances give way first, one always stays.
ROWS = 7


@dataclass(frozen=True, slots=True)
class Vigilance:
    """Colours of one phenomenon: today, tomorrow, and since when (colour, first day), oldest first."""

    phenomenon: str
    today: Colour
    tomorrow: Colour
    steps: tuple[tuple[Colour, date], ...]
    issued_at: datetime


def colour_between(data: dict[str, Any], start: datetime, end: datetime) -> Colour:
    """The worst colour of a vigilance alert over a span; green outside its periods."""
    worst = Colour.VERT
    for period in data.get("periods") or ():
        if datetime.fromisoformat(period["starts_at"]) < end and datetime.fromisoformat(period["ends_at"]) > start:
            colour = Colour(period["colour"])
            worst = max(worst, colour, key=lambda item: COLOUR_RANK[item])
    if not data.get("periods") and data.get("colour"):
        return Colour(data["colour"])
    return worst


def vigilance(history: Sequence[Known], as_of: datetime, territory: Territory) -> Vigilance | None:
    """Where one vigilance alert stands, from its versions, oldest first; empty when it is over."""
    if not history or not history[-1].open:
        return None
    last, zone = history[-1].data, territory.zone
    today = as_of.astimezone(zone).date()
    tomorrow = day_bounds(today + timedelta(days=1), zone)
    issued = last.get("issued_at")
    return Vigilance(
        phenomenon=last.get("phenomenon") or "autre",
        today=colour_between(last, as_of, day_bounds(today, zone)[1]),
        tomorrow=colour_between(last, *tomorrow),
        steps=_steps(history, today, territory),
        issued_at=datetime.fromisoformat(issued) if issued else history[-1].at,
    )


def _steps(history: Sequence[Known], today: date, territory: Territory) -> tuple[tuple[Colour, date], ...]:
    steps: list[tuple[Colour, date]] = []
    day = history[0].recorded.astimezone(territory.zone).date()
    while day <= today:
        start, end = day_bounds(day, territory.zone)
        known = [row for row in history if row.recorded < end]
        colour = colour_between(known[-1].data, start, end) if known else Colour.VERT
        if not steps or steps[-1][0] != colour:
            steps.append((colour, day))
        day += timedelta(days=1)
    return tuple(step for step in steps if COLOUR_RANK[step[0]])


def hot_day(found: Vigilance | None, today: date) -> int:
    """How many days orange or red has lasted without a break, today included; 0 when it is neither."""
    if found is None or COLOUR_RANK[found.today] < 2:
        return 0
    start = today
    for colour, day in reversed(found.steps):
        if COLOUR_RANK[colour] < 2:
            break
        start = day
    return (today - start).days + 1


def acts(world: World, kind: str) -> list[Known]:
    """What is said of an outside axis and still stands, oldest first; one line for each subject of each authority."""
    standing = [row for row in world.standing("alert") if row.data["kind"] == kind and row.data.get("status") != "test"]
    return list({_which(row): row for row in standing}.values())


def triggered(world: World, kind: str) -> list[Known]:
    """Acts in force of who may act: a préfet's word about ORSAN is a request, and is left out."""
    return [row for row in acts(world, kind) if _manner(row) == "acts"]


def _manner(row: Known) -> str:
    return manner(row.data["kind"], _speaker(row))


def _speaker(row: Known) -> str:
    told = row.data.get("reported_by") or {}
    return str(told.get("function") or row.data.get("source", ""))


def _which(row: Known) -> tuple[str, ...]:
    """What tells an act from another: its subject and its authority; without a subject, the alert itself."""
    about = row.data.get("volet") or row.data.get("phenomenon") or ""
    own = row.data["kind"] == "orsan" or about or (row.data["kind"] == "plan_blanc" and is_establishment(_speaker(row)))
    return (about, _speaker(row), "" if own else row.entity)


def _lifted(world: World, kind: str) -> list[Known]:
    """Acts that ended since the day before: they are told once more, with their hour."""
    since = world.as_of - timedelta(hours=24)
    ended = [row for row in world.all("alert") if row.data["kind"] == kind and not row.open and row.at >= since]
    standing = {_which(row) for row in acts(world, kind)}
    return [row for row in ended if row.data.get("status") != "test" and _which(row) not in standing]


def rows(world: World, found: Iterable[Vigilance], territory: Territory, *, to_decide: str) -> tuple[list[Row], int]:
    """Axis, today, tomorrow, since, source; and how many vigilances were left out for want of room."""
    weather = [_vigilance_row(item, territory) for item in found]
    if not weather:
        weather = [("Vigilance (Météo-France)", "pas d’alerte connue", "—", "—", "—")]
    table: list[Row] = []
    for kind, label in ACTS.items():
        standing = [_act_row(row, label, territory) for row in acts(world, kind)]
        table += standing + [_lifted_row(row, label, territory) for row in _lifted(world, kind)]
        if kind == "orsan" and not standing:
            table.append((label, "aucun acte en vigueur", "—", "—", "—"))
    table += [_level_row(crisis, territory, to_decide) for crisis in world.standing("crisis")]
    room = max(1, ROWS - len(table))
    return weather[:room] + table, max(0, len(weather) - room)


def _vigilance_row(item: Vigilance, territory: Territory) -> Row:
    since = ", ".join(f"{colour} {french.short_day(day)}" for colour, day in item.steps[-2:])
    issued = local(item.issued_at, territory)
    return (
        f"Vigilance {PHENOMENA.get(item.phenomenon, '')} (Météo-France)".replace("  ", " "),
        f"**{item.today.upper()}**",
        f"**{item.tomorrow.upper()}**",
        since or "—",
        f"carte de {french.clock_time(issued)}",
    )


def named(row: Known) -> str:
    """The subject of an act: its volet or measure, else its phenomenon; nothing when it names none."""
    volet = str(row.data.get("volet") or "")
    return (
        f"mesure {MEASURES[volet]}"
        if volet in MEASURES
        else volet or PHENOMENA.get(row.data.get("phenomenon") or "", "")
    )


def _who(row: Known, territory: Territory) -> str:
    """The authority, without its article: ``ARS Île-de-France``."""
    return re.sub(r"^(l'|le |la )", "", authority(_speaker(row), territory.departement_names))


def _act_row(row: Known, label: str, territory: Territory) -> Row:
    ends = row.data.get("ends_at")
    until = f"jusqu’au {french.when(local(ends, territory))}" if ends else "sans terme fixé"
    since = french.when(local(row.data["starts_at"], territory))
    return (label, f"{named(row)} {TOLD[_manner(row)]}".strip(), until, since, _who(row, territory))


def _lifted_row(row: Known, label: str, territory: Territory) -> Row:
    said = "levé" if row.data["status"] == "lifted" else "expiré sans confirmation"
    ended = f"{said} {french.when(local(row.at, territory))}"
    since = french.when(local(row.data["starts_at"], territory))
    return (label, f"{named(row)} {ended}".strip(), "—", since, _who(row, territory))


def crisis_words(crisis: Known) -> str:
    """A crisis as a sentence names it: ``canicule``, ``afflux de victimes``."""
    return french.plan_words(crisis.data["playbook"])


def level_of(crisis: Known) -> int:
    """Level of a crisis; 1 until its first change is heard."""
    return int(crisis.data.get("level", 1))


def _level_row(crisis: Known, territory: Territory, to_decide: str) -> Row:
    changed = crisis.data.get("changed_at") or crisis.data["opened_at"]
    taken = crisis.data.get("from_version")  # a newer version than the one it opened with: said, since steps changed
    source = f"CPTS, plan version {crisis.data['plan_version']}" if taken else "CPTS"
    return (f"Niveau de la CPTS, {crisis_words(crisis)}", f"**{level_of(crisis)}**", to_decide,
            french.when(local(changed, territory)), source)  # fmt: skip


def rank(colour: Colour) -> int:
    """0 for green to 3 for red."""
    return COLOUR_RANK[colour]
