"""When Météo-France's card is due and when its absence must be said: pure sums on local time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

VIGILANCE_SOURCE = "meteo-france"

EDITIONS = (time(6), time(16))
POLL = timedelta(minutes=15)
#: A card dated a little before its hour is that hour's edition.
EARLY = timedelta(minutes=15)
#: A card covers today and tomorrow: an older one says nothing of now.
STALE = timedelta(hours=48)


def last_edition(now: datetime, zone: ZoneInfo) -> datetime:
    """The latest edition hour not after ``now``."""
    return max(edition for edition in _around(now, zone) if edition <= now)


def next_poll(now: datetime, zone: ZoneInfo) -> datetime:
    """When to read again: in 15 minutes, or at the next edition if it comes first."""
    return min(now + POLL, *(edition for edition in _around(now, zone) if edition > now))


def missing_at(
    now: datetime, zone: ZoneInfo, issued_at: datetime | None, started_at: datetime, grace_minutes: int
) -> datetime | None:
    """The edition hour whose card is missing past its grace, or None. The watch owes nothing from before it started."""
    edition = last_edition(now, zone)
    if is_current(edition, issued_at):
        return None
    overdue = now >= max(edition, started_at) + timedelta(minutes=grace_minutes)
    return edition if overdue else None


def is_current(edition: datetime, issued_at: datetime | None) -> bool:
    """Whether a card of this date is that edition's, or newer."""
    return issued_at is not None and issued_at >= edition - EARLY


def is_stale(issued_at: datetime | None, now: datetime) -> bool:
    """Whether a card is too old to say anything of today."""
    return issued_at is None or issued_at < now - STALE


def _around(now: datetime, zone: ZoneInfo) -> list[datetime]:
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=1), today, today + timedelta(days=1))
    return [datetime.combine(day, hour, zone).astimezone(UTC) for day in days for hour in EDITIONS]
