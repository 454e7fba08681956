"""What the activity service answers: rows for the desk, totals by commune for those outside the CPTS."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from contracts.activity import AskCoverage, CoverageFound, ListReports, ListRequests, ListTensions
from contracts.base import Page, Role
from contracts.directory import Closure, Reporting
from services.activity import decide, store
from services.activity.hearing import SERVICE
from services.platform.calendar import day_bounds, local_day
from services.platform.errors import Forbidden
from services.platform.paging import cursor_after, read_cursor
from services.platform.unit import View

__all__ = ["SERVICE"]

DESK = (Role.COORDINATOR, Role.REFERENT, Role.READER)
ALL = (*DESK, Role.PROFESSIONAL, Role.ARS, Role.SAMU)


def _at_desk(view: View) -> bool:
    return view.caller.kind == "platform" or view.caller.has(*DESK)


def _own(view: View) -> str | None:
    """The only structure a professional reads; nothing for the desk, which reads all."""
    return None if _at_desk(view) else view.caller.structure or ""


@SERVICE.answers(ListReports)
def list_reports(view: View, question: ListReports) -> Page:
    """Figures by structure, newest day first."""
    if view.caller.has(Role.ARS, Role.SAMU) and not _at_desk(view):
        raise Forbidden("Les chiffres par structure restent dans la CPTS ; lisez les totaux par commune (/figures).")
    view.require(*DESK, Role.PROFESSIONAL)
    rows = store.figure_page(
        view.session,
        view.message.territory,
        first=question.first,
        last=question.last,
        structure=_own(view),
        after=_day_cursor(question.cursor),
        limit=question.limit,
    )
    communes = {row.structure: row.commune for row in store.structures(view.session, view.message.territory)}
    page = rows[: question.limit]
    more = cursor_after(_midnight(page[-1].day), page[-1].report) if len(rows) > question.limit else None
    return Page(items=tuple(_report_item(row, communes.get(row.structure, "")) for row in page), next=more)


def _report_item(row: store.FigureRow, commune: str) -> dict[str, Any]:
    source, _, rest = row.measure.partition(":")
    vad = source == "vad"
    profession, _, kind = rest.partition(":") if vad else (None, None, None)
    return {
        "id": row.report,
        "source": source,
        "structure": row.structure,
        "commune": commune,
        "day": row.day.isoformat(),
        "profession": profession,
        "kind": kind,
        "indicator": None if vad else rest,
        "value": row.value,
        "previous": row.previous,
        "version": row.version,
        "entered_by": row.entered_by,
        "reported_at": row.reported_at.isoformat(),
    }


@SERVICE.answers(ListTensions)
def list_tensions(view: View, question: ListTensions) -> Page:
    """Tensions, last seen first; by day, commune and kind for those outside."""
    view.require(*ALL)
    zone = view.territory.zone
    start = day_bounds(question.first, zone)[0] if question.first else None
    end = day_bounds(question.last, zone)[1] if question.last else None
    inside = _at_desk(view) or view.caller.has(Role.PROFESSIONAL)
    query = store.tensions(view.session, view.message.territory, start, end, _own(view) if inside else None)
    if not inside:
        return Page(items=tuple(_tension_totals(view, store.all_tensions(view.session, query))))
    rows = store.tension_page(view.session, query, read_cursor(question.cursor), question.limit)
    page = rows[: question.limit]
    words = store.texts(view.session, [row.note for row in page])
    more = cursor_after(page[-1].seen_at, page[-1].id) if len(rows) > question.limit else None
    return Page(items=tuple(_tension_item(row, words) for row in page), next=more)


def _tension_item(row: store.TensionRow, words: dict[str, str]) -> dict[str, Any]:
    shown = row.model_dump(include={"id", "structure", "commune", "kind", "count", "entered_by"})
    note = words.get(row.note or "", "texte effacé" if row.note else "")
    return shown | {"note": note, "seen_at": row.seen_at.isoformat()}


def _tension_totals(view: View, rows: Any) -> list[dict[str, Any]]:
    sums: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        sums[local_day(row.seen_at, view.territory.zone).isoformat(), row.commune, row.kind] += row.count
    return [
        {"day": day, "commune": commune, "kind": kind, "count": count}
        for (day, commune, kind), count in sorted(sums.items())
    ]


@SERVICE.answers(ListRequests)
def list_requests(view: View, question: ListRequests) -> Page:
    """Requests to partners, last asked first, with their age; the words stay inside the CPTS."""
    view.require(*ALL)
    rows = store.request_page(
        view.session,
        view.message.territory,
        open_only=question.open_only,
        after=read_cursor(question.cursor),
        limit=question.limit,
    )
    page = rows[: question.limit]
    inside = _at_desk(view) or view.caller.has(Role.PROFESSIONAL)
    answers: dict[str, list[store.AnswerRow]] = defaultdict(list)
    for answer in store.answers_to(view.session, [row.id for row in page]):
        answers[answer.request].append(answer)
    ids = [row.text for row in page] + [answer.text for found in answers.values() for answer in found]
    words = store.texts(view.session, ids) if inside else {}
    more = cursor_after(page[-1].asked_at, page[-1].id) if len(rows) > question.limit else None
    items = (_request_item(row, answers[row.id], words, view.now, inside=inside) for row in page)
    return Page(items=tuple(items), next=more)


def _request_item(
    row: store.RequestRow, answers: list[store.AnswerRow], words: dict[str, str], now: datetime, *, inside: bool
) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": row.id,
        "partner": row.partner,
        "asked_at": row.asked_at.isoformat(),
        "age_minutes": ((row.closed_at or now) - row.asked_at) // timedelta(minutes=1),
        "status": "answered" if row.closed_at else "open",
        "answered_at": row.closed_at.isoformat() if row.closed_at else None,
        "crisis": row.crisis,
        "reminders": sum(not answer.closes for answer in answers),
    }
    if inside:
        item["text"] = words.get(row.text, "texte effacé")
        item["answers"] = [
            {
                "text": words.get(answer.text, "texte effacé"),
                "answered_at": answer.answered_at.isoformat(),
                "closes": answer.closes,
            }
            for answer in answers
        ]
    return item


@SERVICE.answers(AskCoverage)
def coverage(view: View, question: AskCoverage) -> CoverageFound:
    """Who reported out of who was due; which ones, for coordinators only."""
    view.require(*ALL)
    structures = {row.structure: row for row in store.structures(view.session, view.message.territory)}
    told: dict[str, set[str]] = defaultdict(set)
    for figure in store.figures_of_day(view.session, view.message.territory, question.day):
        told[figure.structure].add(decide.indicator_of(figure.measure))
    cadences = [_cadence(row) for row in structures.values()]
    standings = decide.coverage(cadences, frozenset(told), question.day)
    named = view.caller.kind == "platform" or view.caller.has(Role.COORDINATOR, Role.REFERENT)
    return CoverageFound(
        day=question.day,
        due=sum(standing.due for standing in standings),
        reported=sum(standing.due and standing.reported for standing in standings),
        missing=sum(standing.missing for standing in standings),
        free=sum(not standing.due for standing in standings),
        items=tuple(_standing_item(standing, structures, told) for standing in standings) if named else (),
    )


def _cadence(row: store.StructureRow) -> decide.Cadence:
    closures = tuple(Closure.model_validate(closure) for closure in row.closures)
    return decide.Cadence(row.structure, Reporting.model_validate(row.reporting), closures)


def _standing_item(
    standing: decide.Standing, structures: dict[str, store.StructureRow], told: dict[str, set[str]]
) -> dict[str, Any]:
    row = structures[standing.structure]
    return {
        "structure": row.structure,
        "name": row.name,
        "commune": row.commune,
        "due": standing.due,
        "reported": standing.reported,
        "missing": standing.missing,
        "indicators": list(row.reporting.get("indicators", ())),
        "reported_indicators": sorted(told.get(row.structure, ())),
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _day_cursor(text: str | None) -> tuple[date, str] | None:
    # Days have no hour: their cursor is that of their first moment, in UTC whatever the territory.
    after = read_cursor(text)
    return (after[0].date(), after[1]) if after else None
