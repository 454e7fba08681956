from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.base import Role
from contracts.levels import Evidence
from services.levels.axes import day_colour, days_told, days_touched
from services.levels.decide import (
    Pending,
    Situation,
    Standing,
    derive,
    next_check,
    reconcile,
    required_roles,
    taken_into_account,
)
from services.levels.deciders import already_decided, check_change, check_decider
from services.levels.matching import Watched, shares
from services.levels.triggers import AlertFact, Count, Facts, Period, Rise
from services.levels.words import hour
from services.platform.errors import Forbidden, Invalid
from services.platform.territory import Commune, Territory
from services.platform.testing import person, role_token
from services.playbook.loader import parse_plan

NOW = datetime(2026, 6, 30, 8, 10, tzinfo=UTC)  # Tuesday, 10:10 in Paris
HOME = Territory(
    territory="essai",
    name="Essai",
    departements=("91",),
    departement_names={"91": "Essonne"},
    communes=(Commune(code="91027", name="Athis-Mons"),),
)
PLAN = parse_plan(
    """
playbook: essai
version: 1
typology: T2
title: Plan d'essai
not_ours: [Rien]
levels:
  1:
    name: Vigilance
    decided_by: [coordinatrice, referent]
    propose:
      - when: {vigilance: canicule, at_least: jaune, horizon: J1}
        because: "Vigilance {colour} {when} ({departement})"
    actions: [{id: X-1, modality: possible, title: Un pas, owner: coordinatrice}]
  2:
    name: Tension
    decided_by: [coordinatrice, referent]
    propose:
      - {when: {alert: samu, phenomenon: canicule}, because: "Appels au SAMU"}
      - {when: {request: ars, level: 2}, because: "L'ARS demande le niveau 2"}
      - {when: {indicator: consultations, rises_percent: 20}, because: "{indicator} +{percent} %"}
      - {when: {tensions: 5}, because: "{count} tensions", evidence_only: true}
      - {when: {slots_taken_percent: 90}, because: "{percent} % pris", evidence_only: true}
    actions: [{id: X-2, modality: possible, title: Un pas, owner: coordinatrice}]
  3:
    name: Tension forte
    decided_by: [referent]
    propose:
      - {when: {vigilance: canicule, at_least: rouge, horizon: J}, because: "Vigilance rouge"}
      - {when: {axis: orsan, volet: EPI-CLIM}, because: "ORSAN {volet}"}
    actions: [{id: X-3, modality: possible, title: Un pas, owner: coordinatrice}]
lowering: {vigilance: canicule, at_least: orange, because: "72 h de calme"}
""",
    "essai.yaml",
)


def paris(day, hours=0):
    return datetime(2026, 6, 1, tzinfo=HOME.zone) + timedelta(days=day - 1, hours=hours)


def card(*ranks, first=30, alert="card"):
    """A card whose colours follow each other, one a day from ``first`` June."""
    periods = tuple(Period(rank, paris(first + i), paris(first + i + 1)) for i, rank in enumerate(ranks))
    return AlertFact(alert, "vigilance", "meteo-france", f"f-{alert}", NOW, phenomenon="canicule", periods=periods)


def call(alert="call", phenomenon="canicule", **more):
    return AlertFact(alert, "samu", "samu91", f"f-{alert}", NOW, phenomenon=phenomenon, **more)


def act(kind, alert="act", **more):
    return AlertFact(alert, kind, more.pop("source", "ars"), f"f-{alert}", NOW, **more)


def situation(*alerts, level=0, considered=None, hot_day=None, opened=None, now=NOW, **facts):
    told = Facts(alerts=alerts, **facts)
    read = shares(told, (Watched(PLAN, open=level > 0),), HOME, now)["essai"]
    return Situation(
        plan=PLAN,
        territory=HOME,
        facts=replace(told, alerts=read),
        now=now,
        level=level,
        opened_at=opened or (now - timedelta(days=2) if level else None),
        considered=considered,
        hot_day=hot_day,
    )


RISE = Rise("consultations", date(2026, 6, 30), 25, "f-rise", NOW)
TENSIONS = Count("deshydratation", date(2026, 6, 30), 6, "f-tension", NOW)


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        pytest.param(situation(), None, id="nothing"),
        pytest.param(situation(card(0, 0)), None, id="green"),
        pytest.param(situation(card(0, 1)), 1, id="yellow tomorrow"),
        pytest.param(situation(card(0, 0, 1)), None, id="yellow in two days is too far"),
        pytest.param(situation(card(1, 0, first=29)), None, id="yellow yesterday is over"),
        pytest.param(situation(card(2, 2), level=1), None, id="orange is not a reason for 2"),
        pytest.param(situation(card(1), level=1), None, id="already there"),
        pytest.param(situation(call()), 2, id="the SAMU calls"),
        pytest.param(situation(call(phenomenon=None)), None, id="a call that names nothing, no crisis"),
        pytest.param(situation(call(phenomenon=None), level=1), 2, id="a call that names nothing, in a crisis"),
        pytest.param(situation(call(phenomenon="orages"), level=1), None, id="a call about something else"),
        pytest.param(situation(act("ars", requests_level=2, phenomenon="canicule")), 2, id="the ARS asks for 2"),
        pytest.param(situation(act("ars", requests_level=2)), None, id="the ARS asks and does not say for what"),
        pytest.param(situation(act("ars", requests_level=2), level=1), 2, id="the ARS asks, in a crisis"),
        pytest.param(
            situation(act("ars", requests_level=3, phenomenon="canicule")),
            2,
            id="asking for more asks for at least this",
        ),
        pytest.param(situation(act("samu", requests_level=2, phenomenon="orages")), None, id="another authority"),
        pytest.param(situation(rises=(RISE,)), 2, id="consultations rise"),
        pytest.param(situation(tensions=(TENSIONS,), level=1), None, id="tensions alone are evidence only"),
        pytest.param(situation(act("orsan", volet="EPI-CLIM"), level=2), 3, id="ORSAN triggered"),
        pytest.param(situation(act("orsan", volet="AMAVI"), level=2), None, id="another component of ORSAN"),
        pytest.param(situation(act("orsan", volet="EPI-CLIM", asked=True), level=2), None, id="ORSAN only asked"),
        pytest.param(situation(card(3)), 3, id="red skips levels"),
        pytest.param(situation(card(2, 3)), 1, id="red tomorrow, where the plan looks at today"),
    ],
)
def test_level_derived(facts, level):
    standing = derive(facts)
    assert (standing.level if standing else None) == level


def test_because_and_evidence_are_in_words():
    standing = derive(situation(card(0, 1), call(), tensions=(TENSIONS,)))
    assert standing.because == "Appels au SAMU"
    assert {one.label for one in standing.evidence} == {
        "Vigilance jaune mercredi (Essonne)",
        "Appels au SAMU",
        "6 tensions",
    }


@pytest.mark.parametrize(
    ("considered", "proposes"),
    [
        pytest.param({"card": 1}, False, id="the same"),
        pytest.param({"card": 2}, False, id="it was worse then"),
        pytest.param({"card": 0}, True, id="it got worse"),
        pytest.param({"other": 3}, True, id="another alert"),
    ],
)
def test_what_was_decided_on_returns_only_worse(considered, proposes):
    assert (derive(situation(card(1), considered=considered)) is not None) == proposes


HOT = date(2026, 7, 2)
DUE = datetime(2026, 7, 5, 22, 0, tzinfo=UTC)  # Monday 6 July, midnight in Paris


@pytest.mark.parametrize(
    ("now", "level", "alerts", "expected"),
    [
        pytest.param(DUE - timedelta(seconds=1), 1, (), None, id="a second early"),
        pytest.param(DUE, 1, (), 0, id="72 h after midnight"),
        pytest.param(DUE, 3, (), 2, id="one level at a time"),
        pytest.param(DUE, 1, (card(1, first=36),), None, id="yellow still announced keeps level 1"),
        pytest.param(DUE, 2, (card(1, first=36),), 1, id="yellow does not keep level 2"),
        pytest.param(DUE, 2, (act("orsan", volet="EPI-CLIM"),), 3, id="going up comes first"),
    ],
)
def test_lowering_after_the_tail(now, level, alerts, expected):
    opened = datetime(2026, 6, 27, 6, 15, tzinfo=UTC)
    standing = derive(situation(*alerts, level=level, hot_day=HOT, now=now, opened=opened))
    assert (standing.level if standing else None) == expected


def test_a_declined_lowering_does_not_come_back_and_the_next_level_does():
    opened = datetime(2026, 6, 27, 6, 15, tzinfo=UTC)
    quiet = situation(level=2, hot_day=HOT, now=DUE, opened=opened)
    declined = situation(level=2, hot_day=HOT, now=DUE, opened=opened, considered=taken_into_account(quiet, tail=True))
    assert derive(declined) is None
    lower = situation(level=1, hot_day=HOT, now=DUE, opened=opened, considered=taken_into_account(quiet, tail=False))
    assert derive(lower).level == 0


def test_a_crisis_opened_on_yellow_alone_waits_72_hours_too():
    opened = NOW - timedelta(hours=71)
    assert derive(situation(level=1, opened=opened)) is None
    assert next_check(situation(level=1, opened=opened)) == NOW + timedelta(hours=1)
    assert derive(situation(level=1, opened=NOW - timedelta(hours=72))).level == 0


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        pytest.param((), None, id="nothing to wait for"),
        pytest.param((card(0, 0, 1),), paris(31), id="the day before a colour, at midnight"),
        pytest.param((card(1),), paris(31), id="the end of a colour"),
    ],
)
def test_next_look(alerts, expected):
    assert next_check(situation(*alerts)) == expected


def standing(level=2, weights=None):
    return Standing(level, 1, "raison", (), weights or {"a": 1}, ("referent",))


@pytest.mark.parametrize(
    ("pending", "now_stands", "withdraws", "proposes"),
    [
        pytest.param(None, None, False, False, id="nothing"),
        pytest.param(None, standing(), False, True, id="first"),
        pytest.param({"a": 1}, standing(), False, False, id="unchanged"),
        pytest.param({"a": 2}, standing(), False, False, id="a little better is no news"),
        pytest.param({"a": 1, "b": 1}, standing(), False, False, id="less evidence is no news"),
        pytest.param({"a": 0}, standing(), True, True, id="worse"),
        pytest.param({"b": 1}, standing(), True, True, id="more evidence"),
        pytest.param({"a": 1}, standing(level=3), True, True, id="another level"),
        pytest.param({"a": 1}, None, True, False, id="no longer holds"),
    ],
)
def test_one_proposal_at_a_time(pending, now_stands, withdraws, proposes):
    waiting = Pending("p", 2, 1, pending, "Appels") if pending else None
    settlement = reconcile(waiting, now_stands)
    assert (settlement.withdraw is not None, settlement.propose is not None) == (withdraws, proposes)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 3)), max_size=6),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(["a0", "a1", "call"]), st.integers(0, 3)),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_what_is_derived_settles(cards, level, considered, called):
    alerts = [card(rank, first=30 + day, alert=f"a{n}") for n, (rank, day) in enumerate(cards)]
    facts = situation(*alerts, *([call()] if called else []), level=level, considered=considered)
    found = derive(facts)
    if found is None:
        return
    assert found.from_level == level != found.level
    assert all(isinstance(one, Evidence) for one in found.evidence)
    waiting = Pending("p", found.level, found.from_level, dict(found.weights), found.because)
    assert reconcile(waiting, derive(facts)).propose is None
    after = situation(*alerts, level=level, considered=taken_into_account(facts, tail=True))
    assert derive(after) is None


ON_DUTY = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))


@pytest.mark.parametrize(
    ("caller", "required", "typed", "expected"),
    [
        pytest.param(ON_DUTY, ("coordinatrice",), None, "coord-a", id="hers to decide"),
        pytest.param(ON_DUTY, ("referent",), None, None, id="not hers"),
        pytest.param(ON_DUTY, ("referent",), "referent", "referent", id="typed for who decides"),
        pytest.param(ON_DUTY, ("referent",), "president", "president", id="typed for a deputy"),
        pytest.param(ON_DUTY, ("referent",), "med-1", None, id="typed for who may not"),
        pytest.param(person("coord-b", Role.COORDINATOR), ("coordinatrice",), None, None, id="off duty"),
        pytest.param(person("coord-b", Role.COORDINATOR), ("referent",), "referent", None, id="off duty, typing"),
        pytest.param(role_token(Role.REFERENT), ("referent",), None, "role:referent", id="role token"),
        pytest.param(role_token(Role.COORDINATOR), ("referent",), None, None, id="role token of another trade"),
        pytest.param(role_token(Role.ARS), ("referent",), None, None, id="the ARS does not decide"),
    ],
)
def test_who_decides(caller, required, typed, expected):
    holders = {"referent": ("referent", "president"), "coordinatrice": ("coord-a",)}
    if expected is None:
        with pytest.raises(Forbidden):
            check_decider(caller, required, typed, holders)
    else:
        assert check_decider(caller, required, typed, holders) == expected


def test_changes_a_plan_does_not_have():
    with pytest.raises(Invalid, match="pas de niveau 4"):
        check_change(PLAN, 0, 4)
    with pytest.raises(Invalid, match="rien à changer"):
        check_change(PLAN, 1, 1)
    assert required_roles(PLAN, 2, 3) == ("referent",)
    assert required_roles(PLAN, 1, 0) == ("coordinatrice", "referent")


def test_the_second_reads_who_and_when():
    refusal = already_decided("Niveau 1", "coord-b", datetime(2026, 6, 30, 8, 6, tzinfo=UTC), NOW, HOME)
    assert refusal.message.replace("\u00a0", " ") == "Niveau 1, déjà décidé par coord-b à 10 h 06. Rechargez l'écran."
    assert hour(datetime(2026, 1, 5, 8, 0, tzinfo=UTC), HOME.zone).replace("\u00a0", " ") == "9 h 00"


@pytest.mark.parametrize(
    ("known", "told", "issued", "expected"),
    [
        pytest.param(None, 2, 1, 2, id="first edition"),
        pytest.param((2, date(2026, 7, 1)), 1, 2, 1, id="announced orange, then yellow on the day"),
        pytest.param((2, date(2026, 7, 2)), 1, 2, 2, id="orange in the morning, yellow in the evening"),
        pytest.param((1, date(2026, 7, 2)), 3, 2, 3, id="worse in the evening"),
    ],
)
def test_colour_of_a_day(known, told, issued, expected):
    assert day_colour(known, told, date(2026, 7, issued), date(2026, 7, 2)) == expected


def test_a_period_that_ends_at_midnight_does_not_touch_the_next_day():
    assert days_touched((Period(2, paris(30, 6), paris(31)),), HOME) == {date(2026, 6, 30): 2}


def test_the_night_left_over_from_yesterday_makes_no_orange_day():
    periods = (Period(2, paris(29), paris(30, 6)), Period(1, paris(30, 6), paris(31)), Period(2, paris(31), paris(32)))
    told = days_told(periods, paris(30, 6), HOME)
    assert told == {date(2026, 6, 30): 1, date(2026, 7, 1): 2}


def test_time_alone_is_no_news_about_what_waits():
    waiting = Pending("p", 2, 1, {"b": 1}, "Appels")
    assert reconcile(waiting, standing(), by_clock=True).propose is None
    assert reconcile(waiting, standing(level=3), by_clock=True).propose is not None
    assert reconcile(waiting, None, by_clock=True).withdraw is not None
    assert reconcile(None, standing(), by_clock=True).propose is not None
