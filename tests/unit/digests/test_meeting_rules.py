"""The agenda as a clock, the numbers of decisions, what is refused and what is put off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.meetings import Attendee, RecordDecision, Someone
from services.digests import meeting_clock as clock
from services.digests import meeting_decide as decide
from services.platform.errors import Conflict, Invalid, NotFound

START = datetime(2026, 7, 2, 7, 2, tzinfo=UTC)
QUESTIONS = [
    {"code": "D1", "short": "le niveau", "proposal": "**Rester au niveau 3** ; revu vendredi."},
    {"code": "D2", "short": "les soirées", "proposal": "**Ouvrir 17 h–20 h**, avec ⟦p:benali⟧."},
]


def agenda(*steps):
    """Moves from (item, second) pairs, the meeting starting on item 1."""
    moves = [[1, 0]]
    for item, second in steps:
        moves = clock.moved(moves, item, second)
    return moves


def test_time_is_counted_on_the_item_being_read():
    moves = agenda((2, 52), (3, 182), (4, 350), (5, 535))
    assert clock.spent(moves, 650, 7) == [52, 130, 168, 185, 115, 0, 0]
    assert clock.current(moves) == 5


def test_going_back_adds_to_the_same_item():
    moves = agenda((2, 60), (1, 90), (2, 100))
    assert clock.spent(moves, 160, 7) == [70, 90, 0, 0, 0, 0, 0]


def test_an_item_may_last_longer_than_planned():
    assert clock.spent(agenda((7, 30)), 1800, 7)[6] == 1770


def test_going_where_one_is_changes_nothing():
    moves = agenda((2, 60))
    assert clock.moved(moves, 2, 90) == moves


def test_a_clock_that_steps_back_never_takes_time_away():
    moves = agenda((2, 60), (3, 40))
    assert moves[-1] == [3, 60]
    assert clock.since(START, START - timedelta(seconds=5)) == 0


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(0, 300))), st.integers(0, 600))
def test_the_items_add_up_to_the_whole_meeting(jumps, last):
    moves, second = [[1, 0]], 0
    for item, lasted in jumps:
        second += lasted
        moves = clock.moved(moves, item, second)
    assert sum(clock.spent(moves, second + last, 7)) == second + last


def test_a_new_decision_takes_the_next_number():
    assert decide.next_code(QUESTIONS, ()) == "D3"
    assert decide.next_code(QUESTIONS, ("D1", "D9")) == "D10"
    assert decide.next_code((), ()) == "D1"


def command(**more):
    return RecordDecision(**{"digest": "d", "outcome": "adoptee", "words": "Oui.", **more})


def test_a_decision_is_named_as_the_point_put_it_and_nobody_is():
    assert decide.title_of(command(), QUESTIONS[0], "") == "Rester au niveau 3 ; revu vendredi."
    assert "benali" not in decide.title_of(command(), QUESTIONS[1], "")
    assert decide.title_of(command(), QUESTIONS[1], "Comme écrit") == "Comme écrit"
    with pytest.raises(Invalid, match="intitulé"):
        decide.title_of(command(), None, "")


def test_an_unknown_number_is_refused():
    decide.check_known("D3", None, ("D3",))
    with pytest.raises(NotFound, match="D3"):
        decide.check_known("D3", None, ())


def test_a_deadline_is_a_date_or_words():
    with pytest.raises(Invalid, match="échéance"):
        decide.check_decision(command(due_at=START, due_words="demain"))


def test_without_the_referent_the_level_can_only_be_put_off():
    decide.check_level(QUESTIONS[0], "reportee", without_referent=True)
    decide.check_level(QUESTIONS[1], "adoptee", without_referent=True)
    decide.check_level(QUESTIONS[0], "adoptee", without_referent=False)
    with pytest.raises(Conflict, match="sans le référent"):
        decide.check_level(QUESTIONS[0], "adoptee", without_referent=True)


def test_what_nobody_decided_is_deferred():
    assert decide.deferred(QUESTIONS, {"D2": "adoptee", "D3": "ecartee"}) == ("D1",)


@pytest.mark.parametrize(
    ("present", "absent", "why"),
    [
        ((), (), "au moins une"),
        ((Attendee(person="a"),), (Attendee(person="a"),), "deux fois"),
        ((Attendee(words="Marc  Oudin"), Attendee(words="marc oudin")), (), "deux fois"),
        ((Attendee(),), (), "référence"),
        ((Attendee(person="a", words="Marc Oudin"),), (), "référence"),
    ],
)
def test_attendance_is_refused_in_words(present, absent, why):
    with pytest.raises(Invalid, match=why):
        decide.check_attendance(present, absent)


@pytest.mark.parametrize(
    ("status", "by_hand", "allowed"),
    [("publié", False, True), ("validé", False, True), ("refait", True, True), ("refait", False, False),
     ("brouillon", False, False)],
)  # fmt: skip
def test_only_a_point_that_no_longer_changes_is_met_on(status, by_hand, allowed):
    if allowed:
        decide.check_meetable(status, by_hand=by_hand)
        return
    with pytest.raises(Conflict):
        decide.check_meetable(status, by_hand=by_hand)


def test_somebody_leads_unless_the_referent_is_missing():
    decide.check_lead(Someone(person="referent"), without_referent=False)
    decide.check_lead(None, without_referent=True)
    with pytest.raises(Invalid, match="conduit"):
        decide.check_lead(None, without_referent=False)


def test_the_closing_sentence(territories):
    closed = {
        "closed_at": (START + timedelta(seconds=860)).isoformat(), "number": 6, "seconds": 860, "present": 8,
        "expected": 9, "decided": [{"code": "D1", "outcome": "adoptee"}, {"code": "D3", "outcome": "reportee"}],
        "deferred": ["D4"],
    }  # fmt: skip
    told = decide.summary(territories["nord-essonne"], closed, {}).replace("\u00a0", " ")
    assert told == (
        "Point n° 6 clos à 9 h 16. D1 adoptée, D3 reportée. Différé : D4. Présents : 8 sur 9. Durée : 14 min 20."
    )
