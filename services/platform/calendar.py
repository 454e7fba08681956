"""The calendar of a territory: local days, French public holidays, working days, out-of-hours care (PDSA), due reports.

Pure functions. A public holiday is taken from the calendar of metropolitan France.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from contracts.directory import Closure, Reporting
from services.platform.errors import Invalid
from services.platform.territory import Hours, Territory

SUNDAY = 6
#: Years outside are typing errors, and would overflow the conversion to UTC.
YEARS = range(1970, 2201)
A_YEAR = timedelta(days=366)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """French public holidays of one year."""
    return frozenset(holidays.country_holidays("FR", years=year))


def is_public_holiday(day: date) -> bool:
    """Whether a day is a public holiday in metropolitan France."""
    return day.year in YEARS and day in public_holidays(day.year)


def weekday_or_sunday(day: date) -> int:
    """Weekday from 0 (Monday) to 6; a public holiday counts as a Sunday, as it does for out-of-hours care."""
    return SUNDAY if is_public_holiday(day) else day.weekday()


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an aware moment, as people there live it."""
    return moment.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First moment of a local day and first moment of the next: 23, 24 or 25 hours apart."""
    if day.year not in YEARS:
        raise Invalid(f"L'année {day.year} n'est pas plausible ; corrigez la date.")
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return start, end


def is_working_day(day: date, hours: Hours) -> bool:
    """Whether the desk counts this day in deadlines given in working hours."""
    return day.weekday() in hours.working_days and not is_public_holiday(day)


def is_night(at: time, hours: Hours) -> bool:
    """Whether a local time of day falls in the night, which may pass midnight."""
    if hours.night_start <= hours.night_end:
        return hours.night_start <= at < hours.night_end
    return at >= hours.night_start or at < hours.night_end


def pdsa_open(moment: datetime, territory: Territory) -> bool:
    """Whether out-of-hours care (permanence des soins) answers: every night, Sundays and public holidays all day."""
    local = moment.astimezone(territory.zone)
    return is_night(local.time(), territory.hours) or weekday_or_sunday(local.date()) == SUNDAY


def typed_time(given: datetime | None, now: datetime) -> datetime:
    """When something happened: now, or the true time of what is typed afterwards, within the last year."""
    if given is None:
        return now
    if given > now:
        raise Invalid("Cette heure est à venir ; donnez l'heure à laquelle cela s'est passé.")
    if given < now - A_YEAR:
        raise Invalid("Cette heure a plus d'un an ; corrigez la date.")
    return given


def is_due(reporting: Reporting, closures: Iterable[Closure], day: date) -> bool:
    """Whether a structure is expected to report for a day, on its own cadence.

    No weekday chosen means it reports freely and is never missing; a closure or, unless the structure
    chose otherwise, a public holiday takes the day away.
    """
    if day.weekday() not in reporting.weekdays:
        return False
    if is_public_holiday(day) and not reporting.holidays:
        return False
    return not any(closure.first <= day <= closure.last for closure in closures)
