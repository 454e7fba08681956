"""Reads: the alerts of a territory as the desk shows them, and its quarantine."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, time, timedelta
from typing import Any

from contracts.alerts import Colour, ListAlerts, ListQuarantine
from contracts.base import Page, Role
from services.alerts import store
from services.alerts.periods import worst_between
from services.alerts.records import alert_of
from services.alerts.state import Alert
from services.alerts.tables import AlertRow
from services.platform.unit import View

STANDING_WORDS = {"in_force": "en vigueur", "lifted": "levée", "expired": "expirée sans confirmation"}


def list_alerts(view: View, question: ListAlerts) -> Page:
    """Alerts of a territory, newest first; who told a call by name is for the desk alone."""
    view.require()
    rows = store.page_of_alerts(
        view.session,
        view.message.territory,
        in_force=question.in_force,
        cursor=question.cursor,
        limit=question.limit + 1,
    )
    shown = rows[: question.limit]
    words = store.load_words(view.session, shown)
    named = view.caller.kind == "platform" or view.caller.has(Role.COORDINATOR, Role.REFERENT)
    items = tuple(_item(view, row, alert_of(row, words[row.id]), named=named) for row in shown)
    return Page(items=items, next=shown[-1].id if len(rows) > len(shown) else None)


def _item(view: View, row: AlertRow, alert: Alert, *, named: bool) -> dict[str, Any]:
    today = _day(view, 0)
    told = alert.reporter
    return {
        "id": alert.id,
        "kind": alert.kind,
        "phenomenon": alert.phenomenon,
        "colour": alert.colour,
        "colour_yesterday": _colour_on(alert, _day(view, -1)),
        "colour_today": _colour_on(alert, today),
        "colour_tomorrow": _colour_on(alert, _day(view, 1)),
        "volet": alert.volet,
        "grade": alert.grade,
        "departements": [area.departement for area in alert.areas if area.departement],
        "communes": [area.commune for area in alert.areas if area.commune],
        "headline": alert.words.headline,
        "description": alert.words.description,
        "status": STANDING_WORDS[alert.standing],
        "document_status": alert.status,
        "starts_at": _iso(alert.starts_at),
        "ends_at": _iso(alert.ends_at),
        "raised_at": _iso(row.raised_at),
        "issued_at": _iso(alert.issued_at),
        "source": alert.source,
        "external_id": alert.external_id,
        "version": alert.version,
        "verified": told.verified if told else True,
        "reported_by": {"name": alert.words.reporter if named else None, "function": told.function, "at": _iso(told.at)}
        if told
        else None,
        "requests_level": alert.requests_level,
        "requests": alert.words.requests,
    }


def _day(view: View, ahead: int) -> tuple[datetime, datetime]:
    """A local day, from midnight to midnight; it has 23 or 25 hours when the clocks change."""
    zone = view.territory.zone
    day = view.now.astimezone(zone).date() + timedelta(days=ahead)
    start, end = (datetime.combine(date, time(), zone).astimezone(UTC) for date in (day, day + timedelta(days=1)))
    return start, end


def _colour_on(alert: Alert, day: tuple[datetime, datetime]) -> Colour | None:
    if alert.periods:
        return worst_between(alert.periods, *day)
    if alert.colour is None:
        return None
    stands = alert.starts_at < day[1] and (alert.ends_at is None or alert.ends_at > day[0])
    return alert.colour if stands else Colour.VERT


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def list_quarantine(view: View, question: ListQuarantine) -> Page:
    """Documents that could not be understood or placed, newest first, with their bytes: for the desk alone."""
    view.require(Role.COORDINATOR, Role.REFERENT)
    rows = store.page_of_quarantine(
        view.session, view.message.territory, cursor=question.cursor, limit=question.limit + 1
    )
    shown = rows[: question.limit]
    items = tuple(
        {
            "id": held.id,
            "reason": held.reason,
            "received_at": _iso(held.received_at),
            "media_type": document.media_type,
            "caller": document.caller,
            "sha256": document.sha256,
            "body": base64.b64encode(document.body).decode(),
        }
        for held, document in shown
    )
    return Page(items=items, next=shown[-1][0].id if len(rows) > len(shown) else None)
