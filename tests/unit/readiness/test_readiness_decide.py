"""What is wrong with a line of stock or a place, which exercise a drill was, what is told once."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.readiness import PremisesEntry, StockEntry
from contracts.yearly import ExerciseState
from services.platform.errors import Conflict, Invalid
from services.readiness import decide

TODAY = date(2026, 6, 29)
YESTERDAY = date(2026, 6, 28)


@pytest.mark.parametrize(
    ("quantity", "expires", "checked", "flags"),
    [
        (10, None, YESTERDAY, ()),
        (9, None, YESTERDAY, ("sous_minimum",)),
        (10, YESTERDAY, YESTERDAY, ("perime",)),
        (10, TODAY, YESTERDAY, ("bientot_perime",)),
        (10, date(2026, 8, 28), YESTERDAY, ("bientot_perime",)),
        (10, date(2026, 8, 29), YESTERDAY, ()),
        (10, None, None, ("a_verifier",)),
        (10, None, date(2025, 6, 28), ("a_verifier",)),
        (10, None, date(2025, 6, 29), ()),
        (0, YESTERDAY, None, ("perime", "sous_minimum", "a_verifier")),
    ],
)
def test_stock(quantity, expires, checked, flags):
    entry = StockEntry(item="Masques", quantity=quantity, minimum=10, expires_on=expires)
    assert decide.stock_flags(entry, checked, TODAY) == flags


def test_a_place_needs_an_agreement_and_a_check_of_the_year():
    bare = PremisesEntry(name="Gymnase", commune="91027", serves=("T1",))
    agreed = bare.model_copy(update={"agreed_on": YESTERDAY})
    assert decide.premises_flags(bare, None, TODAY) == ("sans_accord", "a_verifier")
    assert decide.premises_flags(agreed, YESTERDAY, TODAY) == ()


def test_a_flag_is_told_once_and_again_after_it_went_away():
    assert decide.to_tell(("perime", "a_verifier"), ()) == (["perime"], ["perime"])
    assert decide.to_tell(("perime",), ("perime",)) == ([], ["perime"])
    assert decide.to_tell((), ("perime",)) == ([], [])


def planned(name: str, on: date, *, scenario: str = "pont", status: str = "prevu") -> decide.Planned:
    return decide.Planned(name, on, scenario, ExerciseState(status))


@pytest.mark.parametrize(
    ("calendar", "found"),
    [
        ([planned("a", date(2026, 7, 20)), planned("b", date(2026, 7, 1))], "b"),
        ([planned("a", date(2026, 7, 1), scenario="autre")], None),
        ([planned("a", date(2026, 7, 1), status="tenu")], None),
        ([planned("a", date(2026, 6, 1), status="en_retard")], "a"),
        ([planned("a", date(2026, 9, 1))], None),
        ([], None),
    ],
    ids=["nearest", "other scenario", "held already", "late still counts", "too far", "no calendar"],
)
def test_the_exercise_that_a_drill_was(calendar, found):
    assert decide.exercise_of_drill("pont", TODAY, calendar) == found


def test_an_exercise_is_missed_a_week_after_its_day():
    assert not decide.is_missed(planned("a", date(2026, 6, 22)), TODAY)
    assert decide.is_missed(planned("a", date(2026, 6, 21)), TODAY)
    assert not decide.is_missed(planned("a", date(2026, 6, 1), status="tenu"), TODAY)


def test_days_that_cannot_be():
    assert decide.past_day(None, TODAY) == TODAY
    for wrong in (date(2026, 6, 30), date(2025, 6, 1)):
        with pytest.raises(Invalid):
            decide.past_day(wrong, TODAY)
    for wrong in (YESTERDAY, date(2029, 1, 1)):
        with pytest.raises(Invalid):
            decide.check_exercise_day(wrong, TODAY)
    with pytest.raises(Conflict, match="tenu"):
        decide.check_open(planned("a", TODAY, status="tenu"))
