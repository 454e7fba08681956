"""What a statement of capacity says: totals by commune and day, no structure, no professional. Pure.

The content is plain data, frozen when the statement is issued: the page is a function of it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from services.digests.axes import crisis_words, level_of
from services.digests.book import Book, profession_of
from services.digests.by_crisis import shares, split_words
from services.digests.figures import TENSIONS, capacity, compute, tally, waiting
from services.digests.known import Known, World
from services.digests.lines import coverage_words, figure_lines
from services.digests.numbers import Figures
from services.platform import french
from services.platform.territory import Territory

Content = dict[str, Any]
BANDS = ("jour", "nuit", "week-end")
COVERED, PARTLY, NOBODY, UNKNOWN = "couvert", "en partie", "personne", "non connu"
OTHER_PARTNER = "Autre partenaire"
SIGNED = {"coordinatrice": "la coordinatrice d’astreinte", "referent": "la personne référente d’astreinte"}


@dataclass(frozen=True, slots=True)
class Brought:
    """What other services answered: the census of certifiers (empty when silent), and where the chain stands."""

    census: tuple[Mapping[str, Any], ...] = ()
    up_to: int = 0
    head: str = ""
    silent: tuple[str, ...] = field(default=())


def content_of(
    world: World, territory: Territory, number: int, now: datetime, brought: Brought, roles: Iterable[str] = ()
) -> Content:
    """The whole statement; ``roles`` are the duty roles of who issues it."""
    local = now.astimezone(territory.zone)
    day = local.date()
    days = (day, day + timedelta(days=1))
    figures = compute(world, territory, day)
    return {
        "number": number,
        "territory": territory.territory,
        "place": territory.name,
        "exercise": territory.exercise,
        "day": day.isoformat(),
        "as_of": local.isoformat(),
        "issued_by": next((SIGNED[role] for role in roles if role in SIGNED), ""),
        "crises": [_crisis(row, territory, day) for row in world.standing("crisis")],
        "days": [_day(world, territory, each) for each in days],
        "by_crisis": _by_crisis(world, territory, day),
        "communes": _communes(world, territory, days, brought.census),
        "census_known": bool(brought.census),
        "holes": _holes(territory, brought.census),
        "tensions": _tensions(world, day),
        "visits": _visits(figures),
        "structures": _structures(world, figures, days),
        "requests": [_request(row, territory, now) for row in _oldest(world.standing("request"))],
        "certificates": [
            {"commune": territory.commune_name(item.commune), "asked_at": item.requested_at.isoformat(),
             "minutes": item.minutes, "accepted": item.accepted}
            for item in waiting(world)
        ],
        "up_to": brought.up_to,
        "head": brought.head,
        "silent": list(brought.silent),
    }  # fmt: skip


def _crisis(row: Known, territory: Territory, today: date) -> Content:
    opened = datetime.fromisoformat(row.data["opened_at"]).astimezone(territory.zone)
    since = datetime.fromisoformat(row.data.get("changed_at") or row.data["opened_at"]).astimezone(territory.zone)
    return {"playbook": crisis_words(row), "level": level_of(row),
            "since": since.isoformat(), "rank": (today - opened.date()).days + 1}  # fmt: skip


def _by_crisis(world: World, territory: Territory, day: date) -> str:
    """How the places of the day are shared between crises, in words; empty with one crisis or none."""
    names = {crisis.entity: crisis_words(crisis) for crisis in world.standing("crisis")}
    if len(names) < 2:
        return ""
    return split_words(shares(world.on("slot", day), names, territory), names)


def _counted(rows: Iterable[Known], territory: Territory) -> dict[str, int]:
    found = capacity(rows, territory)
    return {"places": found.places, "booked": found.booked, "free": found.free, "evening": found.free_evening,
            "activable": found.activable}  # fmt: skip


def _day(world: World, territory: Territory, day: date) -> Content:
    rows = world.on("slot", day)
    modes = {mode: _counted([row for row in rows if row.data["mode"] == mode], territory)
             for mode in sorted({row.data["mode"] for row in rows})}  # fmt: skip
    return {"day": day.isoformat(), **_counted(rows, territory), "modes": modes}


def _communes(
    world: World, territory: Territory, days: tuple[date, date], census: Iterable[Mapping[str, Any]]
) -> list[Content]:
    slots = {day: world.on("slot", day) for day in days}
    tensions = tally(_recent_tensions(world, days[0]), "commune")
    cover = {(str(cell["commune"]), str(cell["band"])): _band(cell) for cell in census}
    known = [commune.code for commune in territory.communes]
    seen = {str(row.data["commune"]) for rows in slots.values() for row in rows} | set(tensions)
    return [
        {
            "code": code,
            "name": territory.commune_name(code),
            "days": [_counted([row for row in slots[day] if row.data["commune"] == code], territory) for day in days],
            "tensions": tensions.get(code, 0),
            "certifiers": {band: cover.get((code, band), UNKNOWN) for band in BANDS},
        }
        for code in [*known, *sorted(seen - set(known))]
    ]


def _band(cell: Mapping[str, Any]) -> str:
    if not cell["hole"]:
        return COVERED
    return NOBODY if cell["uncovered_hours"] >= cell["hours"] else PARTLY


def _holes(territory: Territory, census: Iterable[Mapping[str, Any]]) -> list[Content]:
    """Communes with hours that nobody covers, band by band; those without anybody first."""
    found = []
    for band in BANDS:
        cells = [cell for cell in census if cell["band"] == band and cell["hole"]]
        for state in (NOBODY, PARTLY):
            names = [territory.commune_name(str(cell["commune"])) for cell in cells if _band(cell) == state]
            if names:
                found.append({"band": band, "state": state, "communes": names})
    return found


def _recent_tensions(world: World, day: date) -> list[Known]:
    return [*world.on("tension", day), *world.on("tension", day - timedelta(days=1))]


def _tensions(world: World, day: date) -> list[Content]:
    """Signalled yesterday and today, the most frequent first."""
    found = tally(_recent_tensions(world, day), "kind")
    return [{"label": TENSIONS.get(kind, TENSIONS["autre"])[1 if value > 1 else 0], "count": value}
            for kind, value in found.items()]  # fmt: skip


def _visits(figures: Figures) -> list[Content]:
    """Home visits of yesterday, with who reported out of who was due."""
    return [
        {"label": line.label, "value": line.day, "coverage": coverage_words(line)}
        for line in figure_lines(figures)
        if line.item is not None and profession_of(line.key)
    ]


def _structures(world: World, figures: Figures, days: tuple[date, date]) -> Content:
    book = Book(world)
    closed = [sum(any(shut.first <= day <= shut.last for shut in found.closures) for found in book.structures)
              for day in days]  # fmt: skip
    cover = figures.coverage
    return {"enrolled": cover.enrolled, "closed": closed, "due": cover.due, "reported": cover.reported}


def _oldest(rows: Iterable[Known]) -> list[Known]:
    return sorted(rows, key=lambda row: str(row.data.get("asked_at", "")))


def _request(row: Known, territory: Territory, now: datetime) -> Content:
    asked = datetime.fromisoformat(row.data["asked_at"])
    # A partner the territory does not name was typed by hand: it may be a person.
    partner = territory.partners.get(str(row.data["partner"]), OTHER_PARTNER)
    return {"partner": french.capital(partner), "asked_at": asked.isoformat(),
            "minutes": int((now - asked).total_seconds() // 60)}  # fmt: skip
