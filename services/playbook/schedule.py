"""When a step is due: pure functions of its template, the start of its level and the territory's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.platform.calendar import day_bounds, is_working_day, local_day
from services.platform.territory import Hours, Territory
from services.playbook.due import parse_due, parse_duration, parse_time, threshold_length
from services.playbook.model import ActionTemplate
from services.playbook.parts import Repeat

#: A calendar without any working day would be searched for ever.
_HORIZON_DAYS = 400


@dataclass(frozen=True, slots=True)
class Deadline:
    """``due_at`` is shown, ``late_at`` is when it is said late, ``renews_at`` when a repeated step starts again."""

    due_at: datetime
    late_at: datetime
    renews_at: datetime | None = None


def deadline(
    template: ActionTemplate, started_at: datetime, territory: Territory, event_at: datetime | None = None
) -> Deadline | None:
    """The first deadline of a step; none for what cannot be late.

    ``event_at`` is the announced event that a negative duration counts back from (the start of the level
    without it); a step whose time had already passed is due as soon as it opens.
    """
    if template.modality != "firm":
        return None
    if template.repeat is not None:
        return turn_of(template, template.repeat, _first_day(template.repeat, started_at, territory.zone), territory)
    if template.due is None:
        return None
    due_at = max(_due_at(template, started_at, territory, event_at), started_at.astimezone(UTC))
    return Deadline(due_at, due_at + parse_duration(template.tolerance))


def renewal(template: ActionTemplate, now: datetime, territory: Territory) -> Deadline | None:
    """The occurrence of the local day of ``now``: days missed while the desk was down are not made up."""
    if template.repeat is None:
        return None
    return turn_of(template, template.repeat, local_day(now, territory.zone), territory)


def turn_of(template: ActionTemplate, repeat: Repeat, day: date, territory: Territory) -> Deadline:
    """The turn of a repeated step on one local day."""
    due_at = at_local(day, parse_time(repeat.daily_at), territory.zone)
    end_of_day = day_bounds(day, territory.zone)[1].astimezone(UTC)
    return Deadline(due_at, due_at + parse_duration(template.tolerance), end_of_day)


def _first_day(repeat: Repeat, started_at: datetime, zone: ZoneInfo) -> date:
    day = local_day(started_at, zone)
    past = at_local(day, parse_time(repeat.daily_at), zone) <= started_at
    return day + timedelta(days=1) if past or repeat.first == "next_day" else day


def _due_at(
    template: ActionTemplate, started_at: datetime, territory: Territory, event_at: datetime | None
) -> datetime:
    due = parse_due(template.due or "PT0S")
    if due.at is not None:
        return next_time_of_day(started_at, due.at, territory, working=template.working_hours)
    length = threshold_length(due.threshold, territory.thresholds) if due.threshold else due.after or timedelta()
    if length < timedelta():
        return (event_at or started_at).astimezone(UTC) + length
    if template.working_hours:
        return add_working_time(started_at, length, territory)
    return started_at.astimezone(UTC) + length


def at_local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local time of a day, in UTC: an hour that the spring change skips moves forward, a doubled one is the first."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def next_time_of_day(start: datetime, at: time, territory: Territory, *, working: bool) -> datetime:
    """The first such local time strictly after ``start``, on a working day when ``working``."""
    first = local_day(start, territory.zone)
    for offset in range(_HORIZON_DAYS):
        day = first + timedelta(days=offset)
        moment = at_local(day, at, territory.zone)
        if moment > start and (not working or is_working_day(day, territory.hours)):
            return moment
    return at_local(first + timedelta(days=1), at, territory.zone)


def add_working_time(start: datetime, length: timedelta, territory: Territory) -> datetime:
    """``length`` of working time after ``start``: nights, days off and public holidays do not count."""
    first = local_day(start, territory.zone)
    moment, left = start.astimezone(UTC), length
    for offset in range(_HORIZON_DAYS):
        day = first + timedelta(days=offset)
        opens, closes = _working_span(day, territory.hours, territory.zone)
        moment = max(moment, opens)
        if moment >= closes:
            continue
        if left <= closes - moment:
            return moment + left
        left -= closes - moment
        moment = closes
    return start.astimezone(UTC) + length


def _working_span(day: date, hours: Hours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    opens = at_local(day, hours.working_start, zone)
    closes = at_local(day, hours.working_end, zone)
    return (opens, closes) if is_working_day(day, hours) else (opens, opens)
