"""What a report does to the alerts of one territory: pure, it knows no format, no session and no clock.

A vigilance follows one phenomenon over one département, whoever relays it; anything else follows what
its source calls it. An older document than the last applied changes nothing. Only a newer document or
a person lifts; what merely ends is *expirée sans confirmation*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from contracts.alerts import AlertKind, Area, Colour
from contracts.base import Principal, Role
from services.alerts.periods import after, flatten, overwrite, worst_from
from services.alerts.report import Reading, Report, Status
from services.alerts.state import Alert, Change, Slot, Verdict
from services.platform.errors import Conflict, Forbidden
from services.platform.territory import Territory

#: An alert announced further ahead has a wrong year rather than a long view.
HORIZON = timedelta(days=366)
#: Coloured spans kept on one alert; the oldest go first, the logbook holds them anyway.
KEPT_PERIODS = 60
_DISTANT = timedelta(days=366 * 100)


def touches(report: Report, territory: Territory) -> tuple[Area, ...]:
    """The areas of a report that a territory holds; a report without area touches nothing by itself."""
    return tuple(
        area
        for area in report.areas
        if (area.departement in territory.departements if area.departement else False)
        or (territory.has_commune(area.commune) if area.commune else False)
    )


def refuse_foreign_kinds(reading: Reading, caller: Principal) -> None:
    """A weather system speaks of the weather only."""
    only_weather = caller.roles and all(role is Role.METEO for role in caller.roles)
    if only_weather and any(report.kind is not AlertKind.VIGILANCE for report in reading.reports):
        raise Forbidden("Cet accès ne transmet que des vigilances ; demandez un accès « ars » ou « samu ».")


def out_of_time(reading: Reading, now: datetime) -> str | None:
    """Why the dates of a document cannot be believed, or None."""
    if any(report.starts_at > now + HORIZON for report in reading.reports):
        return "le début annoncé est à plus d'un an ; vérifiez les dates"
    return None


def apply(report: Report, slot: Slot, now: datetime, new_id: Callable[[], str], status: Status) -> tuple[Change, ...]:
    """What one report changes under one key. The first change tells what became of the report."""
    issued_at = report.issued_at or now
    if slot.issued_at is not None and report.issued_at is not None and report.issued_at < slot.issued_at:
        return (Change("known", reason="document plus ancien que le dernier appliqué"),)
    if report.lifts:
        return _lift(report, slot, now)
    if report.kind is AlertKind.VIGILANCE:
        return _unite(report, slot, now, issued_at, new_id, status)
    fresh = _fresh(report, slot, issued_at, new_id, status)
    if not slot.in_force:
        return _raise(fresh, now)
    current = slot.in_force[0]
    return _update(current, replace(fresh, id=current.id, slot=current.slot), now)


def _lift(report: Report, slot: Slot, now: datetime) -> tuple[Change, ...]:
    if slot.issued_at is None and report.kind is not AlertKind.VIGILANCE:
        return (Change("quarantined", reason="met fin à une alerte inconnue de ce poste"),)
    if not slot.in_force:
        return (Change("known"),)
    if report.cancels_until and slot.issued_at and slot.issued_at > report.cancels_until:
        return (Change("known", slot.in_force[0], "annule un document déjà remplacé par un plus récent"),)
    return tuple(Change("lifted", lift(alert, report.issued_at or now)) for alert in slot.in_force)


def lift(alert: Alert, issued_at: datetime) -> Alert:
    """The alert once lifted; refused when it is already over."""
    if alert.standing != "in_force":
        word = "levée" if alert.standing == "lifted" else "expirée"
        raise Conflict(f"Cette alerte est déjà {word} ; rechargez la liste.")
    return replace(alert, standing="lifted", version=alert.version + 1, issued_at=issued_at)


def _unite(
    report: Report, slot: Slot, now: datetime, issued_at: datetime, new_id: Callable[[], str], status: Status
) -> tuple[Change, ...]:
    """Overlapping or touching validities are one alert; what the newer document replaces entirely is lifted."""
    fresh = _fresh(report, slot, issued_at, new_id, status)
    if fresh.colour is Colour.VERT:
        known = slot.in_force[0] if slot.in_force else None
        return (Change("known", known, "vert un jour seulement : rien n'est levé" if known else None),)
    current = next((alert for alert in slot.in_force if _meet(alert, fresh)), None)
    ended = [
        Change("lifted", lift(alert, issued_at))
        for alert in slot.in_force
        if alert is not current and report.span and _covered(alert, report.span, now)
    ]
    if current is None:
        return (*_raise(fresh, now), *ended)
    return (*_update(current, _merged(current, fresh, report), now), *ended)


def _meet(alert: Alert, fresh: Alert) -> bool:
    starts, ends = _validity(alert)
    fresh_starts, fresh_ends = _validity(fresh)
    return starts <= fresh_ends and fresh_starts <= ends


def _validity(alert: Alert) -> tuple[datetime, datetime]:
    return alert.starts_at, alert.ends_at or alert.starts_at + _DISTANT


def _covered(alert: Alert, span: tuple[datetime, datetime], now: datetime) -> bool:
    starts, ends = _validity(alert)
    return span[0] <= max(starts, now) and ends <= span[1]


def _merged(current: Alert, fresh: Alert, report: Report) -> Alert:
    """The alert in force with what the newer document says put over what it said before."""
    starts_at = min(current.starts_at, fresh.starts_at)
    kept = replace(fresh, id=current.id, slot=current.slot, starts_at=starts_at)
    if not fresh.periods or not report.span:
        return kept
    periods = overwrite(current.periods, fresh.periods, report.span)[-KEPT_PERIODS:]
    return replace(kept, periods=periods, ends_at=periods[-1].ends_at)


def _fresh(report: Report, slot: Slot, issued_at: datetime, new_id: Callable[[], str], status: Status) -> Alert:
    return Alert(
        id=new_id(),
        slot=slot.name,
        kind=report.kind,
        source=report.source,
        words=report.words,
        starts_at=report.starts_at,
        status=status,
        issued_at=issued_at,
        external_id=report.external_id,
        phenomenon=report.phenomenon,
        colour=report.colour,
        periods=report.periods,
        volet=report.volet,
        grade=report.grade,
        areas=report.areas,
        ends_at=report.ends_at,
        requests_level=report.requests_level,
        reporter=report.reporter,
    )


def _raise(fresh: Alert, now: datetime) -> tuple[Change, ...]:
    """A new alert; one already over on arrival is entered and expires at once, so that nothing is lost nor believed."""
    raised = _coloured(fresh, now)
    if raised.ends_at is None or raised.ends_at > now:
        return (Change("new", raised),)
    return (
        Change("new", raised, "validité déjà passée : expirée sans confirmation"),
        *pass_time(raised, now),
    )


def _update(current: Alert, fresh: Alert, now: datetime) -> tuple[Change, ...]:
    updated = _coloured(replace(fresh, version=current.version + 1), now)
    if _content(current, now) == _content(updated, now):
        return (Change("known", replace(current, issued_at=fresh.issued_at)),)
    if updated.ends_at is not None and updated.ends_at <= now:
        return (Change("updated", updated), *pass_time(updated, now))
    return (Change("updated", updated),)


def _content(alert: Alert, now: datetime) -> tuple[object, ...]:
    """What a reader would see change. For a vigilance the words follow the colours, which are what counts."""
    left = flatten(after(alert.periods, now))
    shared = (alert.colour, left, alert.ends_at, alert.requests_level, alert.words.requests)
    if alert.kind is AlertKind.VIGILANCE:
        return shared
    return (
        *shared,
        alert.kind,
        alert.words,
        alert.volet,
        alert.grade,
        alert.areas,
        alert.starts_at,
        alert.reporter,
        alert.phenomenon,
    )


def _coloured(alert: Alert, now: datetime) -> Alert:
    return replace(alert, colour=worst_from(alert.periods, now)) if alert.periods else alert


def pass_time(alert: Alert, now: datetime) -> tuple[Change, ...]:
    """What time alone does to an alert in force: it ends without confirmation, or its worst colour is over."""
    if alert.standing != "in_force":
        return ()
    if alert.ends_at is not None and alert.ends_at <= now:
        return (Change("updated", replace(alert, standing="expired", version=alert.version + 1)),)
    coloured = _coloured(alert, now)
    if coloured.colour == alert.colour:
        return ()
    return (Change("updated", replace(coloured, version=alert.version + 1)),)


def verdict_of(changes: Iterable[Change]) -> Verdict:
    """What a document as a whole came to: the most that became of any of its reports."""
    rank: list[Verdict] = ["known", "quarantined", "lifted", "updated", "new"]
    return max((change.verdict for change in changes), key=rank.index, default="known")
