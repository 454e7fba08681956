from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.cell import MOST_CALLED, SEATS, CellFunction
from services.cell import decide
from services.cell.decide import Crisis, Held, Need, Seat, Sitting
from services.platform.errors import Conflict, Invalid, NotFound

NOW = datetime(2026, 7, 11, 8, 40, tzinfo=UTC)
HEAT, BLAST, OVER = Crisis("c1", "canicule"), Crisis("c2", "afflux"), Crisis("c0", "pollution", closed=True)
CRISES = {crisis.id: crisis for crisis in (OVER, HEAT, BLAST)}
ROSTER = {
    "pilote": Seat("referent", ("president",)),
    "coordination": Seat("coord-a", ("coord-b",)),
    "logistique": Seat(None, ("pharm-1",)),
    "liaison": Seat("president"),
}


@given(st.integers(1, 1000), st.integers(0, 1000))
def test_what_is_missing_and_the_margin_are_never_below_zero_and_never_both(asked, available):
    missing, margin = decide.missing(asked, available), decide.margin(asked, available)
    assert missing >= 0
    assert margin >= 0
    assert not (missing and margin)
    assert asked - available == missing - margin


def test_the_margin_of_one_need_covers_no_other():
    needs = [Need("consultations", "places", 12, 14), Need("consultations", "places", 6, 1), Need("locaux", "m²", 4, 4)]
    (places, rooms) = decide.sums(needs)
    assert (places.needs, places.asked, places.available, places.missing, places.margin) == (2, 18, 15, 5, 2)
    assert (rooms.kind, rooms.missing, rooms.margin) == ("locaux", 0, 0)


def test_hours_and_people_do_not_add_up():
    needs = [Need("soignants", "heures", 10, 0), Need("soignants", "personnes", 2, 0)]
    assert [(each.unit, each.asked) for each in decide.sums(needs)] == [("heures", 10), ("personnes", 2)]


def test_who_is_on_duty_takes_the_chairs_that_decide():
    duty = {"referent": "president", "coordinatrice": "coord-b"}
    assert decide.call_list(SEATS, ROSTER, duty) == ("president", "coord-b", "pharm-1")
    assert decide.call_list(SEATS, ROSTER, {}) == ("referent", "coord-a", "pharm-1", "president")


def test_a_chair_nobody_was_named_for_calls_nobody():
    assert decide.expected(CellFunction.COMMUNICATION, ROSTER, {"referent": "president"}) is None


def test_nobody_is_called_twice_and_never_more_than_fifteen():
    crowd = {str(seat): Seat(f"p{index}") for index, seat in enumerate(SEATS)}
    assert len(decide.call_list([*SEATS] * 4, crowd, {})) == len(SEATS) <= MOST_CALLED


@pytest.mark.parametrize(
    ("asked", "expected"), [((), ("c1", "c2")), (("c2",), ("c2",)), (("c2", "c1", "c2"), ("c2", "c1"))]
)
def test_a_cell_serves_the_crises_named_or_all_that_run(asked, expected):
    assert decide.served(asked, CRISES) == expected


@pytest.mark.parametrize(("asked", "refusal"), [(("zz",), NotFound), (("c0",), Conflict)])
def test_a_cell_is_not_called_for_a_crisis_that_is_over_or_unknown(asked, refusal):
    with pytest.raises(refusal):
        decide.served(asked, CRISES)


def test_without_a_crisis_no_cell():
    with pytest.raises(Conflict, match="Aucune crise n'est ouverte"):
        decide.served((), {"c0": OVER})


def test_a_need_says_which_crisis_when_two_run():
    assert decide.only_open(None, {"c1": HEAT, "c0": OVER}) == "c1"
    assert decide.only_open("c2", CRISES) == "c2"
    with pytest.raises(Invalid, match="dites laquelle"):
        decide.only_open(None, CRISES)


def test_a_session_widens_once():
    sitting = Sitting(("c1",), (CellFunction.PILOTE,), ("referent",))
    assert decide.widened(sitting, ("c1",), ()) is None
    after = decide.widened(sitting, ("c1", "c2"), (CellFunction.LIAISON, CellFunction.PILOTE))
    assert after is not None
    assert (after.crises, after.functions) == (("c1", "c2"), (CellFunction.PILOTE, CellFunction.LIAISON))
    assert decide.widened(after, ("c2",), (CellFunction.LIAISON,)) is None


def test_a_function_the_cell_does_not_have_is_refused():
    with pytest.raises(Invalid, match="n'existe pas"):
        decide.in_order((CellFunction.PILOTE, CellFunction("astrologue")))


def test_a_session_begins_within_the_week():
    assert decide.start(None, NOW) == NOW
    soon, before = NOW + timedelta(hours=1), NOW - timedelta(hours=2)
    assert decide.start(soon, NOW) == soon
    assert decide.start(before, NOW) == before
    with pytest.raises(Invalid, match="sept jours"):
        decide.start(NOW + timedelta(days=8), NOW)


def test_a_chair_is_taken_once():
    take = CellFunction.PILOTE
    assert decide.arrival(take, "referent", "", None, NOW, NOW)
    held = Held(NOW, "referent")
    assert not decide.arrival(take, "referent", "", held, NOW, NOW)
    with pytest.raises(Conflict, match="tenue par referent"):
        decide.arrival(take, "president", "", held, NOW, NOW)
    with pytest.raises(Conflict, match="hors annuaire"):
        decide.arrival(take, "president", "", Held(NOW), NOW, NOW)


@pytest.mark.parametrize(
    ("person", "outsider", "at"),
    [("referent", "Un pompier", NOW), (None, "", NOW), ("referent", "", NOW - timedelta(minutes=1))],
)
def test_an_arrival_names_one_person_after_the_call(person, outsider, at):
    with pytest.raises(Invalid):
        decide.arrival(CellFunction.PILOTE, person, outsider, None, NOW, at)


def test_a_relief_passes_on_what_was_held_and_after_it():
    held = Held(NOW, "referent")
    decide.relief(CellFunction.PILOTE, held, "president", "", NOW)
    decide.relief(CellFunction.PILOTE, held, None, "", NOW)
    with pytest.raises(Conflict, match="tient déjà"):
        decide.relief(CellFunction.PILOTE, held, "referent", "", NOW)
    with pytest.raises(Invalid, match="précède"):
        decide.relief(CellFunction.PILOTE, held, "president", "", NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("named", "key"), [("samu", "samu"), ("SAMU 91 et SAS", "samu"), (" Samu ", "samu"), ("Croix-Rouge", "Croix-Rouge")]
)
def test_a_partner_is_known_by_its_key_or_its_name(named, key):
    assert decide.partner_key(named, {"ars": "ARS", "samu": "SAMU 91 et SAS"}) == key


def test_a_deadline_follows_the_request_and_is_late_only_while_something_is_missing():
    assert decide.wanted_by(NOW, None) is None
    with pytest.raises(Invalid, match="échéance"):
        decide.wanted_by(NOW, NOW - timedelta(minutes=1))
    passed = NOW - timedelta(minutes=1)
    assert decide.late(passed, 12, 11, NOW)
    assert not decide.late(passed, 12, 14, NOW)
    assert not decide.late(None, 12, 0, NOW)
