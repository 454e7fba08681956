"""Deadlines: durations, hours, working time, thresholds, before the event, and every day across both clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.platform.territory import Commune, Hours, Territory
from services.playbook.due import parse_duration
from services.playbook.model import ActionTemplate
from services.playbook.schedule import add_working_time, deadline, renewal

TERRITORY = Territory(
    territory="essai", name="Essai", departements=("91",), communes=(Commune(code="91479", name="Paray-Vieille-Poste"),)
)
ZONE = TERRITORY.zone


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def step(**fields):
    return ActionTemplate(id="ESS-1", modality="firm", title="Faire", owner="coordinatrice", **fields)


DUE = {
    "four hours": ({"due": "PT4H"}, "2026-06-27T08:15", "2026-06-27T12:15"),
    "two days over the spring change": ({"due": "P2D"}, "2026-03-28T10:00", "2026-03-30T11:00"),
    "18:00 today": ({"due": "18:00"}, "2026-06-27T08:15", "2026-06-27T18:00"),
    "18:00 tomorrow": ({"due": "18:00"}, "2026-06-27T18:00", "2026-06-28T18:00"),
    "18:00 of a working day": ({"due": "18:00", "working_hours": True}, "2026-06-28T08:15", "2026-06-29T18:00"),
    "four working hours from 17:00": ({"due": "PT4H", "working_hours": True}, "2026-06-29T17:00", "2026-06-30T10:00"),
    "from Saturday evening": ({"due": "PT4H", "working_hours": True}, "2026-06-27T18:00", "2026-06-29T11:00"),
    "from the night": ({"due": "PT4H", "working_hours": True}, "2026-06-30T03:00", "2026-06-30T12:00"),
    "over the 14th of July": ({"due": "PT4H", "working_hours": True}, "2026-07-13T17:00", "2026-07-15T10:00"),
    "exactly at the end of the day": ({"due": "PT2H", "working_hours": True}, "2026-06-29T17:00", "2026-06-29T19:00"),
    "threshold of the territory": ({"due": "retex_days"}, "2026-07-06T12:00", "2026-07-13T12:00"),
    "daily, same day": ({"repeat": {"daily_at": "09:00"}}, "2026-06-27T08:15", "2026-06-27T09:00"),
    "daily, the hour is past": ({"repeat": {"daily_at": "09:00"}}, "2026-06-27T09:12", "2026-06-28T09:00"),
    "from tomorrow": ({"repeat": {"daily_at": "09:00", "first": "next_day"}}, "2026-07-01T07:00", "2026-07-02T09:00"),
    "daily at 02:30 in a day without it": ({"repeat": {"daily_at": "02:30"}}, "2026-03-28T12:00", "2026-03-29T03:30"),
    "already past the moment before the event": ({"due": "-PT72H"}, "2026-06-27T08:15", "2026-06-27T08:15"),
}  # fmt: skip


@pytest.mark.parametrize("case", DUE)
def test_due(case):
    fields, start, expected = DUE[case]
    found = deadline(step(**fields), local(start), TERRITORY)
    assert found is not None
    assert found.due_at == local(expected).astimezone(UTC)
    assert found.due_at.utcoffset() == timedelta()


def test_before_an_announced_event():
    found = deadline(step(due="-PT72H"), local("2026-06-20T08:00"), TERRITORY, event_at=local("2026-06-28T00:00"))
    assert found.due_at == local("2026-06-25T00:00")


def test_only_firm_steps_have_a_deadline_and_tolerance_delays_lateness():
    idea = ActionTemplate(id="ESS-2", side="structures", modality="optional", title="Idée", owner="structures")
    assert deadline(idea, local("2026-06-27T08:15"), TERRITORY) is None
    assert deadline(step(), local("2026-06-27T08:15"), TERRITORY) is None
    found = deadline(step(due="PT4H", tolerance="PT30M"), local("2026-06-27T08:15"), TERRITORY)
    assert found.late_at - found.due_at == timedelta(minutes=30)


@pytest.mark.parametrize("start", ["2026-03-27T12:00", "2026-10-23T12:00"], ids=["spring", "autumn"])
@pytest.mark.parametrize("hour", ["09:00", "02:30", "00:00", "23:59"])
def test_daily_steps_come_once_a_local_day_across_clock_changes(start, hour):
    daily = step(repeat={"daily_at": hour})
    turn = deadline(daily, local(start), TERRITORY)
    days = []
    for _ in range(4):
        days.append(turn.due_at.astimezone(ZONE).date())
        assert turn.due_at < turn.renews_at
        assert turn.renews_at.astimezone(ZONE).strftime("%H:%M") == "00:00"
        turn = renewal(daily, turn.renews_at, TERRITORY)
    assert [day - days[0] for day in days] == [timedelta(days=n) for n in range(4)]


def test_days_missed_are_not_made_up():
    daily = step(repeat={"daily_at": "09:00"})
    assert renewal(daily, local("2026-07-05T10:00"), TERRITORY).due_at == local("2026-07-05T09:00")


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
LENGTHS = st.integers(0, 60 * 200).map(lambda minutes: timedelta(minutes=minutes))


@given(MOMENTS, LENGTHS, LENGTHS)
def test_working_time_adds_up(start, first, second):
    whole = add_working_time(start, first + second, TERRITORY)
    assert whole == add_working_time(add_working_time(start, first, TERRITORY), second, TERRITORY)
    assert whole - start >= first + second


def test_a_desk_that_never_works_counts_plain_hours():
    closed = TERRITORY.model_copy(update={"hours": Hours(working_days=())})
    start = local("2026-06-29T08:00")
    assert add_working_time(start, timedelta(hours=4), closed) == start + timedelta(hours=4)


@pytest.mark.parametrize(
    ("text", "hours"), [("PT4H", 4), ("-PT72H", -72), ("P1D", 24), ("P1W", 168), ("P1DT2H30M", 26.5), ("PT90M", 1.5)]
)
def test_durations(text, hours):
    assert parse_duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "4H", "P-1D", "P1Y", "pt4h"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="n'est pas une durée"):
        parse_duration(text)
