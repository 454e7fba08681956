from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from contracts.directory import Closure, Reporting
from services.platform.calendar import day_bounds, is_due, is_working_day, local_day, pdsa_open, typed_time
from services.platform.errors import Invalid
from services.platform.paging import cursor_after, read_cursor
from services.platform.territory import load_territory

TERRITORY = load_territory(Path(__file__).parents[3] / "playbooks" / "territories" / "nord-essonne.yaml")
WEEK = Reporting(weekdays=(0, 1, 2, 3, 4))
EVERY_DAY = Reporting(weekdays=(0, 1, 2, 3, 4, 5, 6), holidays=True)
SHUT = (Closure(first=date(2026, 7, 11), last=date(2026, 7, 26)),)


@pytest.mark.parametrize(
    ("reporting", "closures", "day", "expected"),
    [
        (WEEK, (), date(2026, 7, 1), True),
        (WEEK, (), date(2026, 7, 4), False),
        (WEEK, (), date(2026, 7, 14), False),
        (EVERY_DAY, (), date(2026, 7, 14), True),
        (Reporting(weekdays=(0,), holidays=True), (), date(2026, 7, 14), False),
        (EVERY_DAY, SHUT, date(2026, 7, 11), False),
        (EVERY_DAY, SHUT, date(2026, 7, 26), False),
        (EVERY_DAY, SHUT, date(2026, 7, 27), True),
        (Reporting(), (), date(2026, 7, 1), False),
    ],
    ids=[
        "a weekday", "a Saturday", "holiday off", "holiday on", "holiday, not its weekday", "first day shut",
        "last day shut", "open again", "free cadence",
    ],
)  # fmt: skip
def test_when_a_structure_is_due(reporting, closures, day, expected):
    assert is_due(reporting, closures, day) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-07-10T19:59:59+02:00", False),
        ("2026-07-10T20:00:00+02:00", True),
        ("2026-07-11T07:59:00+02:00", True),
        ("2026-07-11T08:00:00+02:00", False),
        ("2026-07-12T14:00:00+02:00", True),
        ("2026-07-14T10:00:00+02:00", True),
        ("2026-07-15T10:00:00+02:00", False),
    ],
    ids=["Friday evening", "Friday 20:00", "before eight", "eight", "Sunday", "14 July", "an ordinary day"],
)
def test_when_out_of_hours_care_answers(local, expected):
    assert pdsa_open(datetime.fromisoformat(local), TERRITORY) is expected


def test_local_days_follow_the_clock_changes():
    zone = TERRITORY.zone
    spring, autumn = day_bounds(date(2026, 3, 29), zone), day_bounds(date(2026, 10, 25), zone)
    assert spring[1].astimezone(UTC) - spring[0].astimezone(UTC) == timedelta(hours=23)
    assert autumn[1].astimezone(UTC) - autumn[0].astimezone(UTC) == timedelta(hours=25)
    assert local_day(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), zone) == date(2026, 7, 2)


def test_working_days_skip_holidays_and_sundays():
    days = [date(2026, 7, day) for day in (11, 12, 13, 14)]
    assert [is_working_day(day, TERRITORY.hours) for day in days] == [True, False, True, False]


@pytest.mark.parametrize("day", [date.min, date.max, date(1969, 12, 31)])
def test_a_year_that_cannot_be_is_refused_not_overflowed(day):
    with pytest.raises(Invalid, match="plausible"):
        day_bounds(day, TERRITORY.zone)
    assert is_due(EVERY_DAY, (), day)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (datetime(2026, 7, 1, 9, 1, tzinfo=UTC), "à venir"),
        (datetime(2025, 6, 1, tzinfo=UTC), "plus d'un an"),
        (datetime.min.replace(tzinfo=TERRITORY.zone), "plus d'un an"),
    ],
    ids=["to come", "too old", "a typing error"],
)
def test_times_typed_afterwards_refused(given, words):
    with pytest.raises(Invalid, match=words):
        typed_time(given, datetime(2026, 7, 1, 9, 0, tzinfo=UTC))


@pytest.mark.parametrize("cursor", ["?", "2026-07-01~a", "0001-01-01T00:00:00+14:00~a", "2026-07-01T00:00:00+00:00~"])
def test_cursors_that_are_not_ours_are_refused(cursor):
    with pytest.raises(Invalid, match="curseur"):
        read_cursor(cursor)


def test_a_cursor_comes_back_as_it_left_even_through_an_address_bar():
    moment = datetime(2026, 7, 1, 9, 0, 0, 123456, tzinfo=UTC)
    cursor = cursor_after(moment, "abc")
    assert read_cursor(cursor) == read_cursor(cursor.replace("+", " ")) == (moment, "abc")
