"""On return from leave: what changed since a moment, on one page that prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from contracts.actions import CountActions, ListActions
from contracts.digests import AskFigures, FigureRow
from contracts.journal import AskSince
from contracts.levels import AskSituation
from services.gateway.console.pages import Page
from services.gateway.console.plan_names import with_names
from services.gateway.console.visit import Visit
from services.gateway.console.words import from_field
from services.platform import french

MOST_DAYS = 10
#: What is told apart, in the order of the page: heading, and the kinds or types of fact under it.
PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("niveaux", "Niveaux et décisions", ("niveau", "decision", "proposition")),
    ("alertes", "Alertes", ("alerte",)),
    ("points", "Points de situation", ("point",)),
    ("astreinte", "Astreinte", ("releve",)),
)
REST = ("reste", "Autres entrées à lire")


def choices(now: datetime) -> list[tuple[str, datetime]]:
    """Moments people come back from: yesterday evening, Friday evening, Monday morning."""
    evening = (now - timedelta(days=1)).replace(hour=20, minute=0, second=0, microsecond=0)
    friday = _last(now, 4, 17, 30)
    monday = _last(now, 0, 8, 0)
    return [("hier, 20 h 00", evening), ("vendredi, 17 h 30", friday), ("lundi, 8 h 00", monday)]


def _last(now: datetime, weekday: int, hour: int, minute: int) -> datetime:
    """The last time it was that hour on that day of the week, before now."""
    day = now - timedelta(days=(now.weekday() - weekday) % 7)
    moment = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment < now else moment - timedelta(days=7)


def title_of(since: datetime, today: date) -> str:
    """``hier, 20 h 00``, ``vendredi, 17 h 30`` within the week, else the date."""
    days = (today - since.date()).days
    if days == 0:
        return french.clock_time(since)
    if days == 1:
        return f"hier, {french.clock_time(since)}"
    name = french.WEEKDAYS[since.weekday()] if days < 7 else french.weekday_day(since.date())
    return f"{name}, {french.clock_time(since)}"


async def view(visit: Visit) -> dict[str, Any]:
    """Entries that matter by part, what is late now, figures of each day, the routine flow as counts."""
    since = from_field(visit.query.get("quand", ""), visit) or choices(visit.now)[0][1]
    since = min(since, visit.now)
    last = visit.today - timedelta(days=1)
    first = max(since.date(), last - timedelta(days=MOST_DAYS - 1))
    found = await visit.together(
        since=visit.part("journal", AskSince(since=since)),
        situation=visit.part("niveaux", AskSituation()),
        counts=visit.part("actions", CountActions()),
        actions=visit.part("actions", ListActions(side="cpts", limit=200)),
        figures=visit.part("chiffres", AskFigures(first=first, last=last)) if first <= last else _nothing(),
    )
    seen = found["since"] or {}
    situation = found["situation"] or {}
    crises = [one for one in situation.get("crises", []) if one["level"] > 0]
    entries = await visit.spoken(seen.get("entries", []))
    figures = [FigureRow.model_validate(row) for row in (found["figures"] or {}).get("rows", [])]
    return {
        "since": since,
        "since_words": title_of(since, visit.today),
        "choices": choices(visit.now),
        "seen": seen,
        "parts": parted(entries),
        "crises": await with_names(visit, crises),
        "waiting": situation.get("proposals", []),
        "late": [step for step in (found["actions"] or {}).get("items", []) if step["late"] and step["in_force"]],
        "counts": found["counts"],
        "table": table(figures),
        "first": first,
        "last_day": last,
        "shortened": since.date() < first,
        "names": await visit.names([*(one["author"] for one in entries), *(one["decided_by"] for one in crises)]),
    }


async def _nothing() -> None:
    return None


def parted(entries: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, list[Mapping[str, Any]]]]:
    """Entries under their headings, oldest first; an empty heading stays, since nothing is also an answer."""
    held: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        part = next((key for key, _, kinds in PARTS if entry["kind"] in kinds), REST[0])
        held.setdefault(part, []).append(entry)
    found = [(key, title, held.get(key, [])) for key, title, _ in PARTS]
    return found + ([(*REST, held[REST[0]])] if REST[0] in held else [])


def table(rows: Iterable[FigureRow]) -> dict[str, Any]:
    """Figures by line and day: ``days`` as columns, ``lines`` as (label, cells); a cell nobody owed is absent."""
    kept = [row for row in rows if row.day is not None]
    days = sorted({row.day for row in kept if row.day is not None})
    lines: dict[str, tuple[str, dict[date, FigureRow]]] = {}
    for row in kept:
        if row.day is not None:
            lines.setdefault(row.indicator, (row.label, {}))[1][row.day] = row
    told = [(label, [cells.get(day) for day in days]) for label, cells in lines.values()]
    return {"days": days, "lines": [line for line in told if any(cell is not None for cell in line[1])]}


PAGE = Page("/depuis", "depuis.html", "Depuis", view, nav="journal")
PAGES = (PAGE,)
ACTS = ()
