"""What a CPTS owes in a year: due, soon, late, done, for a desk that was there before and one just installed."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.yearly import Duty
from services.platform.territory import YearlyDays
from services.readiness.annual import Kept, annual_duty, both_sent, due_on, whole_check

LONG_AGO = date(2024, 1, 5)
ENDS = YearlyDays()


def states(today: date, *, since: date = LONG_AGO, **days: tuple[date, ...]) -> dict[str, str]:
    kept = Kept({Duty(name): value for name, value in days.items()})
    return {str(state.duty): state.status for state in annual_duty(today, since, ENDS, kept)}


@pytest.mark.parametrize(
    ("today", "late", "soon"),
    [
        (date(2026, 1, 1), set(), set()),
        (date(2026, 4, 15), set(), {"annuaire"}),
        (date(2026, 5, 15), set(), {"annuaire", "stock"}),
        (date(2026, 5, 16), {"annuaire"}, {"stock", "locaux"}),
        (date(2026, 6, 16), {"annuaire", "stock", "locaux"}, set()),
        (date(2026, 11, 16), {"annuaire", "stock", "locaux", "exercice"}, {"revue_ars", "transmission"}),
        (date(2026, 12, 16), {"annuaire", "stock", "locaux", "exercice", "revue_ars", "transmission"}, set()),
    ],
    ids=lambda value: value.isoformat() if isinstance(value, date) else "",
)
def test_a_year_where_nothing_is_done(today, late, soon):
    found = states(today)
    assert {name for name, status in found.items() if status == "en_retard"} == late
    assert {name for name, status in found.items() if status == "bientot"} == soon


@pytest.mark.parametrize(
    ("held", "today", "status"),
    [
        ((date(2026, 2, 3),), date(2026, 12, 31), "fait"),
        ((date(2025, 12, 30),), date(2026, 11, 16), "en_retard"),
        ((date(2025, 12, 30),), date(2026, 3, 1), "a_faire"),
        ((date(2026, 12, 20),), date(2026, 12, 20), "fait"),
        ((date(2026, 12, 20),), date(2026, 12, 19), "en_retard"),
    ],
    ids=["this year", "last year, late", "last year, not yet", "late but done", "still to come"],
)
def test_what_counts_is_the_civil_year(held, today, status):
    assert states(today, exercice=held)["exercice"] == status


def test_what_was_done_keeps_its_day_and_the_last_one_whatever_the_year():
    kept = Kept({Duty.EXERCICE: (date(2025, 3, 4), date(2026, 5, 6), date(2026, 9, 7))})
    state = next(one for one in annual_duty(date(2026, 10, 1), LONG_AGO, ENDS, kept) if one.duty == Duty.EXERCICE)
    assert (state.done_on, state.last_on) == (date(2026, 5, 6), date(2026, 9, 7))


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (LONG_AGO, date(2026, 5, 15)),
        (date(2026, 5, 1), date(2026, 7, 30)),
        (date(2026, 11, 27), date(2026, 12, 31)),
    ],
    ids=["before", "ninety days", "never after the year"],
)
def test_a_desk_just_installed_is_late_for_nothing(since, expected):
    assert due_on(Duty.ANNUAIRE, 2026, since, ENDS) == expected


def test_the_soonest_due_comes_first():
    found = annual_duty(date(2026, 1, 1), LONG_AGO, YearlyDays(transmission="02-01"), Kept({}))
    assert [str(state.duty) for state in found][:2] == ["transmission", "annuaire"]


def test_a_shelf_is_checked_when_every_line_is():
    assert whole_check([date(2026, 5, 2), date(2026, 4, 1)]) == (date(2026, 4, 1),)
    assert whole_check([date(2026, 5, 2), None]) == ()
    assert whole_check([]) == ()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([(date(2026, 11, 2), ["ars", "cpam"])], (date(2026, 11, 2),)),
        ([(date(2026, 11, 2), ["ars"]), (date(2026, 11, 9), ["cpam"])], (date(2026, 11, 9),)),
        ([(date(2025, 12, 2), ["ars"]), (date(2026, 1, 9), ["cpam"])], ()),
        ([(date(2026, 12, 1), ["ars", "cpam"]), (date(2026, 2, 9), ["ars", "cpam"])], (date(2026, 2, 9),)),
        ([], ()),
    ],
    ids=["both at once", "one then the other", "over two years", "the first time counts", "never"],
)
def test_the_plan_is_sent_when_both_have_it_in_the_same_year(sent, expected):
    assert both_sent(sent) == expected
