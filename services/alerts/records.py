"""The three faces of an alert: its row, the frozen value that ``decide`` works on, the fact that is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter

from contracts.alerts import AlertBody, AlertKind, Area, Colour, ColourPeriod, Phenomenon, ReportedBy
from contracts.base import TextRef
from services.alerts.report import Reporter, Words
from services.alerts.state import Alert
from services.alerts.tables import AlertRow

B = TypeVar("B", bound=AlertBody)

_PERIODS = TypeAdapter(tuple[ColourPeriod, ...])
_AREAS = TypeAdapter(tuple[Area, ...])


def alert_of(row: AlertRow, words: Words) -> Alert:
    """The alert a row holds."""
    content = row.content
    told = content.get("reporter")
    return Alert(
        id=row.id,
        slot=row.slot,
        kind=AlertKind(row.kind),
        source=row.source,
        words=words,
        starts_at=row.starts_at,
        status=row.status,  # type: ignore[arg-type]
        issued_at=row.issued_at,
        standing=row.standing,  # type: ignore[arg-type]
        version=row.version,
        external_id=row.external_id,
        phenomenon=Phenomenon(row.phenomenon) if row.phenomenon else None,
        colour=Colour(row.colour) if row.colour else None,
        periods=_PERIODS.validate_python(content.get("periods", ())),
        volet=content.get("volet"),
        grade=content.get("grade"),
        areas=_AREAS.validate_python(content.get("areas", ())),
        ends_at=row.ends_at,
        requests_level=content.get("requests_level"),
        reporter=Reporter(told["function"], datetime.fromisoformat(told["at"]), told["verified"]) if told else None,
    )


def fill(row: AlertRow, alert: Alert, now: datetime) -> None:
    """Write an alert into its row."""
    row.version, row.kind, row.source, row.external_id = alert.version, alert.kind, alert.source, alert.external_id
    row.phenomenon, row.colour, row.standing, row.status = alert.phenomenon, alert.colour, alert.standing, alert.status
    row.starts_at, row.ends_at, row.issued_at = alert.starts_at, alert.ends_at, alert.issued_at
    row.due_at = alert.due_at(now)
    row.content = _content(alert)


def _content(alert: Alert) -> dict[str, Any]:
    told = alert.reporter
    return {
        "periods": _PERIODS.dump_python(alert.periods, mode="json"),
        "areas": _AREAS.dump_python(alert.areas, mode="json"),
        "volet": alert.volet,
        "grade": alert.grade,
        "requests_level": alert.requests_level,
        "reporter": {"function": told.function, "at": told.at.isoformat(), "verified": told.verified} if told else None,
    }


def fact_of(model: type[B], alert: Alert, refs: dict[str, TextRef], **extra: Any) -> B:
    """The fact of a given type that tells an alert; its words travel as references."""
    told = alert.reporter
    reported = (
        ReportedBy(name=refs.get("reporter"), function=told.function, at=told.at, verified=told.verified)
        if told
        else None
    )
    return model(
        alert=alert.id,
        version=alert.version,
        kind=alert.kind,
        source=alert.source,
        external_id=alert.external_id,
        phenomenon=alert.phenomenon,
        colour=alert.colour,
        periods=alert.periods,
        volet=alert.volet,
        grade=alert.grade,
        areas=alert.areas,
        headline=refs["headline"],
        description=refs.get("description"),
        starts_at=alert.starts_at,
        ends_at=alert.ends_at,
        status=alert.status,
        requests_level=alert.requests_level,
        requests=refs.get("requests"),
        reported_by=reported,
        issued_at=alert.issued_at,
        **extra,
    )
