from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from contracts.base import Principal, Role
from services.directory import access_rules as rules
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound

NOW = datetime(2026, 6, 29, 6, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = int(NOW.timestamp()) // 30


def digits(shift=0):
    return pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=30 * shift))


def test_a_code_opens_until_its_end_only():
    good = rules.Code(expires_at=NOW + timedelta(seconds=1))
    rules.check_code(good, NOW)
    with pytest.raises(Conflict, match="plus valable"):
        rules.check_code(good, NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("state", "words"), [({"used": True}, "déjà servi"), ({"revoked": True}, "plus valable"), ({"tries": 5}, "Trop")]
)
def test_a_code_used_revoked_or_tried_too_often_says_why(state, words):
    with pytest.raises(Conflict, match=words):
        rules.check_code(rules.Code(expires_at=NOW + timedelta(hours=1), **state), NOW)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_digits_are_right_one_step_around_now(shift):
    assert rules.matching_step(SECRET, digits(shift), NOW, 0) == STEP + shift


@pytest.mark.parametrize("shift", [-2, 2])
def test_digits_further_away_are_wrong(shift):
    assert rules.matching_step(SECRET, digits(shift), NOW, 0) is None


def test_a_step_never_serves_twice_nor_an_older_one():
    assert rules.matching_step(SECRET, digits(), NOW, STEP) is None
    assert rules.matching_step(SECRET, digits(-1), NOW, STEP) is None
    assert rules.matching_step(SECRET, digits(1), NOW, STEP) == STEP + 1


@pytest.mark.parametrize("given", ["", "12345", "abcdef", "１２３４５６", "éééééé"])
def test_what_is_not_six_digits_is_wrong(given):
    assert rules.matching_step(SECRET, given, NOW, 0) is None


def test_digits_may_be_typed_in_two_groups():
    assert rules.matching_step(SECRET, f"{digits()[:3]} {digits()[3:]} ", NOW, 0) == STEP


def test_twenty_wrong_digits_in_a_day_close_the_door():
    rules.check_wrong_digits(19)
    with pytest.raises(Conflict):
        rules.check_wrong_digits(20)


@pytest.mark.parametrize("asked", ["nadia@cpts.example", " Nadia@CPTS.example "])
def test_an_address_is_known_whatever_its_case(asked):
    assert rules.is_address_of(asked, "nadia@cpts.example", ())
    assert rules.is_address_of(asked, None, ("sms:+33639980001", "mailto:Nadia@cpts.example"))


def test_no_address_is_nobody_s():
    assert not rules.is_address_of("   ", None, ())
    assert not rules.is_address_of("a@b", "", ("mailto://server?to=a@b",))


def test_a_personal_link_lasts_thirty_days_and_a_year_at_most():
    assert rules.link_end(None, NOW) == NOW + timedelta(days=30)
    assert rules.link_end(NOW + timedelta(days=365), NOW) == NOW + timedelta(days=365)
    for end in (NOW, NOW + timedelta(days=366)):
        with pytest.raises(Invalid):
            rules.link_end(end, NOW)


def test_a_personal_link_is_a_professional_and_nothing_more():
    found = rules.link_principal("president", ("referent", "professional"), "msp-paray", "t")
    assert found == Principal(
        id="president", kind="person", roles=(Role.PROFESSIONAL,), territories=("t",), structure="msp-paray"
    )
    assert rules.link_principal("coord-a", ("coordinator",), None, "t") is None
    with pytest.raises(Invalid):
        rules.check_professional(("coordinator",), "coord-a")


def test_an_exercise_session_asks_for_the_full_access_of_a_person():
    link = Principal(id="president", kind="person", roles=(Role.PROFESSIONAL,), territories=("t",))
    full = link.model_copy(update={"roles": (Role.REFERENT, Role.PROFESSIONAL)})
    rules.check_same_access(full, ("referent", "professional"))
    for caller in (link, Principal(id="role:coordinator", kind="role", roles=(Role.COORDINATOR,))):
        with pytest.raises(Forbidden):
            rules.check_same_access(caller, ("referent", "professional"))


def test_one_s_own_session_only_is_closed():
    mine = Principal(id="coord-a", kind="person", roles=(Role.COORDINATOR,), territories=("t",))
    rules.check_own_session(mine, "coord-a", "t")
    rules.check_own_session(Principal(id="tocsin", kind="platform"), "coord-b", "t")
    for person, territory in (("coord-b", "t"), ("coord-a", "u")):
        with pytest.raises(NotFound):
            rules.check_own_session(mine, person, territory)
