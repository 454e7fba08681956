"""Who is woken, when, and who comes next."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.alerts import AlertKind, AlertRaised, AlertUpdated, Colour
from contracts.base import TextRef
from services.messages import decide
from services.platform.territory import Commune, Territory, Thresholds

PARIS = ZoneInfo("Europe/Paris")
TERRITORY = Territory(
    territory="nord-essonne",
    name="CPTS Nord-Essonne",
    departements=("91",),
    communes=(Commune(code="91027", name="A"),),
)
TEXT = TextRef(id="t1", sha256="0" * 64)


def local(hour, minute=0, day=27, month=6):
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


def alert(model=AlertRaised, **changes):
    fields = {
        "alert": "a1", "kind": AlertKind.VIGILANCE, "source": "meteo-france", "headline": TEXT, "starts_at": local(6),
    }  # fmt: skip
    return model(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"colour": Colour.ROUGE}, decide.ROUGE),
        ({"colour": Colour.ORANGE}, None),
        ({"colour": Colour.JAUNE}, None),
        ({"kind": AlertKind.ORSAN, "volet": "EPI-CLIM"}, decide.AUTORITE),
        ({"kind": AlertKind.ORSEC}, decide.AUTORITE),
        ({"kind": AlertKind.PLAN_BLANC}, decide.AUTORITE),
        ({"kind": AlertKind.ARS, "requests_level": 2}, decide.AUTORITE),
        ({"kind": AlertKind.SAMU, "requests": TEXT}, decide.AUTORITE),
        ({"kind": AlertKind.SAMU}, None),
        ({"kind": AlertKind.ARS}, None),
        ({"kind": AlertKind.AUTRE, "requests_level": 3}, None),
        ({"colour": Colour.ROUGE, "status": "test"}, None),
        ({"colour": Colour.ROUGE, "status": "exercise"}, decide.ROUGE),
    ],
    ids=str,
)
def test_which_alert_calls_the_person_on_duty(changes, expected):
    assert decide.alert_category(alert(**changes)) == expected


@pytest.mark.parametrize(
    ("moment", "category", "expected"),
    [
        (local(6), decide.PROPOSITION, local(7)),
        (local(0, 1), decide.PROPOSITION, local(7)),
        (local(7), decide.PROPOSITION, local(7)),
        (local(6, 59), decide.PROPOSITION, local(7)),
        (local(23, 50), decide.PROPOSITION, local(23, 50)),
        (local(6), decide.ROUGE, local(6)),
        (local(3), decide.AUTORITE, local(3)),
        (local(3), decide.CERTIFICAT, local(3)),
        (local(3), decide.CERTIFICAT_ESCALADE, local(3)),
        (local(1, day=25, month=10), decide.PROPOSITION, local(7, day=25, month=10)),
        (local(1, day=29, month=3), decide.PROPOSITION, local(7, day=29, month=3)),
    ],
    ids=["06:00 waits", "midnight waits", "07:00 goes", "06:59 waits", "late evening goes", "red wakes",
         "authority wakes", "certificate wakes", "escalation wakes", "clocks back", "clocks forward"],
)  # fmt: skip
def test_quiet_hours(moment, category, expected):
    assert decide.call_at(moment, category, TERRITORY) == expected


HOLDER_FIRST, HOLDER_AGAIN = ("a", decide.FIRST), ("a", decide.SECOND)


@pytest.mark.parametrize(
    ("people", "told", "expected"),
    [
        (["a", "b", "c"], [], ("a", decide.FIRST, 0)),
        (["a", "b", "c"], [HOLDER_FIRST], ("a", decide.SECOND, 1)),
        (["a", "b", "c"], [HOLDER_FIRST, HOLDER_AGAIN], ("b", decide.FIRST, 2)),
        (["a", "b", "c"], [HOLDER_FIRST, HOLDER_AGAIN, ("b", decide.FIRST)], ("c", decide.FIRST, 3)),
        (["a", "b"], [HOLDER_FIRST, HOLDER_AGAIN, ("b", decide.FIRST)], None),
        (["a"], [HOLDER_FIRST, HOLDER_AGAIN], None),
        ([], [], None),
        (["b", "a"], [HOLDER_FIRST], ("b", decide.FIRST, 1)),
        (["b", "a"], [HOLDER_FIRST, HOLDER_AGAIN, ("b", decide.FIRST)], None),
    ],
    ids=["holder", "second channel", "deputy", "second deputy", "everybody", "no deputy", "nobody",
         "duty changed hands", "deputy became holder"],
)  # fmt: skip
def test_who_comes_next(people, told, expected):
    step = decide.next_step(people, told)
    assert (step and (step.person, step.channel, step.rank)) == expected


def test_the_delays_are_those_of_the_territory():
    thresholds = Thresholds(acknowledge_minutes=15, second_channel_minutes=20)
    waits = [
        decide.wait_after(decide.Step(person, channel, 0), "a", thresholds)
        for person, channel in (("a", decide.FIRST), ("a", decide.SECOND), ("b", decide.FIRST))
    ]
    assert waits == [timedelta(minutes=20), timedelta(minutes=15), timedelta(minutes=15)]


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
def test_everybody_is_called_and_it_ends(people):
    told = []
    while (step := decide.next_step(people, told)) is not None:
        told.append((step.person, step.channel))
    assert [person for person, _ in told] == [people[0], *people]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("decided_by", "roles"),
    [
        (("coordinatrice", "referent"), ("coordinatrice",)),
        ((), ("coordinatrice",)),
        (("referent",), ("coordinatrice", "referent")),
    ],
)
def test_roles_called_for_a_proposal(decided_by, roles):
    assert decide.roles_for(decided_by) == roles


@pytest.mark.parametrize(
    ("step", "exercise", "mail", "sms", "expected"),
    [
        (decide.FIRST, False, True, True, ("sms", "email")),
        (decide.FIRST, False, True, False, ("email",)),
        (decide.FIRST, False, False, True, ("sms",)),
        (decide.FIRST, False, False, False, ("email",)),
        (decide.SECOND, False, True, True, ("secours",)),
        (decide.SECOND, True, True, True, ("exercice",)),
        (decide.FIRST, True, True, True, ("exercice",)),
    ],
)
def test_channels_of_a_call(step, exercise, mail, sms, expected):
    assert decide.channels_for(step, exercise=exercise, mail=mail, sms=sms) == expected


def test_three_attempts_then_no_more():
    now = local(9)
    assert decide.retry_at(1, now) == now + timedelta(seconds=30)
    assert decide.retry_at(2, now) == now + timedelta(minutes=2)
    assert decide.retry_at(3, now) is None


def test_leaving_red_is_seen():
    assert decide.no_longer_red(alert(AlertUpdated, colour=Colour.ORANGE))
    assert not decide.no_longer_red(alert(AlertUpdated, colour=Colour.ROUGE))
    assert not decide.no_longer_red(alert(AlertUpdated, kind=AlertKind.ARS))
