"""Which plans an alert is about: the phenomenon it names, else its volet, else the crises open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.levels.decide import Situation, derive, next_check, quiet_since, taken_into_account
from services.levels.matching import Watched, shares, unassigned
from services.levels.triggers import AlertFact, Count, Facts, Period, evidence_of
from services.platform.territory import Commune, Territory
from services.playbook.conditions import AlertTold
from services.playbook.loader import parse_plan
from services.playbook.model import Trigger

NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
HOME = Territory(
    territory="essai",
    name="Essai",
    departements=("91",),
    departement_names={"91": "Essonne"},
    communes=(Commune(code="91027", name="Athis-Mons"),),
)


def plan(name, subjects, orsan=None, more=""):
    return parse_plan(
        f"""
playbook: {name}
version: 1
typology: T2
{f"orsan: {orsan}" if orsan else ""}
title: Plan {name}
phenomena: [{", ".join(subjects)}]
not_ours: [Rien]
levels:
  1:
    name: Appui
    decided_by: [coordinatrice, referent]
    propose:
      - {{when: {{request: autorite, level: 1}}, because: "{{source}} demande le niveau 1"}}
      - {{when: {{axis: orsec}}, because: "ORSEC activé"}}
      - {{when: {{axis: plan_blanc}}, because: "Plan blanc"}}
      - {{when: {{axis: orsan}}, because: "ORSAN {{volet}}"}}
      - {{when: {{tensions: 5}}, because: "Des tensions", evidence_only: true}}
{more}
    actions: [{{id: X-1, modality: possible, title: Un pas, owner: coordinatrice}}]
lowering: {{quiet: true, tail_hours: 24, because: "{{hours}} h de calme"}}
""",
        f"{name}.yaml",
    )


COLD = plan(
    "froid",
    ["grand_froid"],
    "EPI-CLIM",
    """      - {when: {vigilance: grand_froid, at_least: jaune}, because: "Froid"}
      - {when: {alert: samu, phenomenon: grand_froid}, because: "Le SAMU appelle"}""",
)
FLU = plan(
    "epidemie",
    ["epidemie_saisonniere"],
    "EPI-CLIM",
    """      - when: {alert: toute_source, phenomenon: epidemie_saisonniere, grade: epidemique}
        because: Épidémie""",
)
WOUNDED = plan("afflux", ["afflux_de_blesses"], "AMAVI")
OUTAGE = plan(
    "panne",
    ["panne", "cyberattaque"],
    None,
    """      - {when: {axis: orsec, phenomenon: cyberattaque}, because: "ORSEC numérique"}
      - {when: {axis: orsan, volet: NRC}, because: "ORSAN {volet}"}""",
)
PLANS = (COLD, FLU, WOUNDED, OUTAGE)
VIGILANCE = AlertFact(
    "carte", "vigilance", "meteo-france", "f-carte", NOW, phenomenon="grand_froid",
    periods=(Period(1, NOW, NOW + timedelta(hours=12)),),
)  # fmt: skip


def alert(kind="ars", name="alerte", at=NOW, **more):
    return AlertFact(name, kind, "ars-idf", f"f-{name}", at, **more)


def ask(**more):
    return alert(requests_level=1, **more)


def watched(opened=(), closed=None):
    return [Watched(one, one.playbook in opened, (closed or {}).get(one.playbook)) for one in PLANS]


def concerned(told, *others, opened=(), closed=None, **facts):
    found = shares(Facts(alerts=(told, *others), **facts), watched(opened, closed), HOME, NOW)
    return {name for name, alerts in found.items() if told in alerts}


LATER = NOW + timedelta(hours=3)
TENSIONS = (Count("surcharge", NOW.date(), 9, "f-t", NOW),)


@pytest.mark.parametrize(
    ("told", "how", "plans"),
    [
        pytest.param(ask(phenomenon="panne"), {}, {"panne"}, id="a phenomenon, its plan"),
        pytest.param(ask(phenomenon="panne"), {"opened": ["froid"]}, {"panne"}, id="never another crisis"),
        pytest.param(ask(phenomenon="penurie"), {"opened": ["froid"]}, set(), id="a phenomenon of no plan"),
        pytest.param(ask(phenomenon="grand_froid", volet="AMAVI"), {}, {"froid"}, id="the phenomenon comes first"),
        pytest.param(ask(phenomenon="autre"), {"opened": ["froid"]}, set(), id="something else is no crisis open"),
        pytest.param(ask(phenomenon="autre", volet="AMAVI"), {}, {"afflux"}, id="something else, of a volet"),
        pytest.param(ask(volet="AMAVI"), {}, {"afflux"}, id="a volet, its plan"),
        pytest.param(ask(volet="AMAVI"), {"opened": ["froid"]}, {"afflux"}, id="a volet, not the crisis open"),
        pytest.param(ask(volet="REB"), {"opened": ["froid"]}, set(), id="a volet of no plan"),
        pytest.param(ask(volet="NRC"), {}, set(), id="a request reads the plan's own volet only"),
        pytest.param(alert("orsan", volet="NRC"), {}, {"panne"}, id="an act reads what conditions name"),
        pytest.param(ask(volet="EPI-CLIM"), {}, {"froid", "epidemie"}, id="a volet of two plans, nothing else"),
        pytest.param(ask(volet="EPI-CLIM"), {"opened": ["epidemie"]}, {"epidemie"}, id="the one open"),
        pytest.param(
            ask(volet="EPI-CLIM"), {"closed": {"froid": LATER}}, {"froid"}, id="the one that met it and closed since"
        ),
        pytest.param(
            ask(volet="EPI-CLIM", at=LATER), {"closed": {"froid": NOW}}, {"froid", "epidemie"}, id="closed before it"
        ),
        pytest.param(
            ask(volet="EPI-CLIM"), {"opened": ["epidemie"], "closed": {"froid": LATER}}, {"epidemie"}, id="open first"
        ),
        pytest.param(
            ask(volet="EPI-CLIM"), {"tensions": TENSIONS}, {"froid", "epidemie"}, id="evidence of any plan tells none"
        ),
        pytest.param(ask(), {}, set(), id="nothing named, nothing open"),
        pytest.param(ask(), {"opened": ["froid", "panne"]}, {"froid", "panne"}, id="nothing named, crises open"),
        pytest.param(alert("orsec"), {"opened": ["froid"]}, {"froid"}, id="ORSEC of nothing, a crisis open"),
        pytest.param(alert("plan_blanc"), {}, set(), id="a plan blanc of nothing, none open"),
        pytest.param(alert("orsan", volet="VACCINATION"), {}, set(), id="a measure is no volet"),
        pytest.param(alert("orsan", volet="VACCINATION"), {"opened": ["froid"]}, {"froid"}, id="it serves the crisis"),
    ],
)
def test_which_plans_an_alert_concerns(told, how, plans):
    assert concerned(told, **how) == plans


def test_a_shared_volet_follows_what_something_else_proposes():
    assert concerned(ask(volet="EPI-CLIM"), VIGILANCE) == {"froid"}
    assert concerned(ask(volet="EPI-CLIM"), VIGILANCE, opened=["epidemie"]) == {"epidemie"}
    over = replace(VIGILANCE, periods=(Period(1, NOW - timedelta(hours=9), NOW - timedelta(hours=1)),))
    assert concerned(ask(volet="EPI-CLIM"), over) == {"froid", "epidemie"}


@pytest.mark.parametrize(
    ("told", "how", "listed"),
    [
        pytest.param(ask(), {}, True, id="nothing named, nothing open"),
        pytest.param(ask(), {"opened": ["froid"]}, False, id="nothing named, a crisis open"),
        pytest.param(ask(), {"closed": {"froid": LATER}}, False, id="a crisis met it and closed"),
        pytest.param(ask(), {"closed": {"froid": NOW - timedelta(hours=1)}}, True, id="a crisis closed before it"),
        pytest.param(ask(phenomenon="penurie"), {"opened": ["froid"]}, True, id="for what no plan is about"),
        pytest.param(ask(volet="REB"), {"opened": ["froid"]}, True, id="a volet of no plan"),
        pytest.param(ask(phenomenon="autre"), {"opened": ["froid"]}, True, id="something else"),
        pytest.param(ask(volet="EPI-CLIM"), {}, False, id="a volet of two plans is proposed for both"),
        pytest.param(alert(), {}, False, id="a message that asks no level"),
        pytest.param(alert(requests_level=0), {}, False, id="an authority that asks to close"),
    ],
)
def test_requests_no_plan_takes_up_are_listed(told, how, listed):
    assert (told in unassigned((told,), watched(**how))) is listed


def test_a_grade_is_compared_exactly_and_any_source_but_a_vigilance_may_tell_it():
    (trigger,) = [one for one in FLU.levels[1].propose if getattr(one.when, "grade", None)]
    told = {
        grade: bool(
            evidence_of(
                trigger, Facts(alerts=(alert("autre", phenomenon="epidemie_saisonniere", grade=grade),)), HOME, NOW
            )
        )
        for grade in (None, "pre_epidemique", "epidemique", "post_epidemique")
    }
    assert told == {None: False, "pre_epidemique": False, "epidemique": True, "post_epidemique": False}
    card = replace(VIGILANCE, phenomenon="epidemie_saisonniere", grade="epidemique")
    assert evidence_of(trigger, Facts(alerts=(card,)), HOME, NOW) == []


def test_a_plan_that_names_no_step_takes_any_but_the_one_that_says_it_is_over():
    trigger = Trigger(when=AlertTold(alert="toute_source", phenomenon="epidemie_saisonniere"), because="Épidémie")
    told = [alert("autre", phenomenon="epidemie_saisonniere", grade=grade) for grade in (None, "epidemique")]
    over = alert("autre", phenomenon="epidemie_saisonniere", grade="post_epidemique")
    assert len(evidence_of(trigger, Facts(alerts=tuple(told)), HOME, NOW)) == 2
    assert evidence_of(trigger, Facts(alerts=(over,)), HOME, NOW) == []


def test_orsec_may_be_narrowed_by_what_it_is_for():
    (trigger,) = [one for one in OUTAGE.levels[1].propose if getattr(one.when, "phenomenon", None)]
    told = [alert("orsec", name) for name in ("n1", "n2", "n3")]
    told = [replace(one, phenomenon=about) for one, about in zip(told, ("panne", "cyberattaque", None), strict=True)]
    assert [one.key for one in evidence_of(trigger, Facts(alerts=tuple(told)), HOME, NOW)] == ["n2", "n3"]


SUBJECTS = [None, "grand_froid", "epidemie_saisonniere", "afflux_de_blesses", "panne", "penurie", "pollution"]


@given(
    st.sampled_from([one for one in SUBJECTS if one]),
    st.sampled_from(["ars", "samu", "orsan", "orsec", "plan_blanc", "autre"]),
    st.sampled_from([None, "EPI-CLIM", "AMAVI", "NRC", "VACCINATION", "mots inconnus"]),
    st.integers(0, 3),
    st.sets(st.sampled_from([one.playbook for one in PLANS])),
    st.sampled_from([None, "epidemique", "alerte"]),
)
@settings(max_examples=300, deadline=None)
def test_an_alert_about_one_subject_never_proposes_a_plan_of_another(subject, kind, volet, level, opened, grade):
    told = alert(kind, phenomenon=subject, volet=volet, requests_level=level, grade=grade)
    found = shares(Facts(alerts=(told,)), watched(opened), HOME, NOW)
    for one in PLANS:
        if subject not in one.subjects:
            standing = derive(Situation(one, HOME, Facts(alerts=found[one.playbook]), NOW, opened_at=NOW))
            assert standing is None


def quiet(level=1, alerts=(), since=None, now=NOW, considered=None, opened=NOW - timedelta(days=3)):
    facts = Facts(alerts=alerts)
    return Situation(
        COLD, HOME, facts, now, level=level, opened_at=opened, considered=considered, quiet_since=since
    )  # fmt: skip


HOURS = timedelta(hours=1)


def test_quiet_runs_from_the_end_of_the_last_fact_that_proposes():
    assert quiet_since(quiet(alerts=(VIGILANCE,), since=NOW - HOURS)) is None
    assert quiet_since(quiet()) == NOW
    assert quiet_since(quiet(since=NOW - HOURS)) == NOW - HOURS


@pytest.mark.parametrize(
    ("situation", "level"),
    [
        pytest.param(quiet(since=NOW - 23 * HOURS), None, id="an hour early"),
        pytest.param(quiet(since=NOW - 24 * HOURS), 0, id="to 0 from 1"),
        pytest.param(quiet(level=3, since=NOW - 30 * HOURS), 2, id="one level at a time"),
        pytest.param(quiet(level=0, since=NOW - 90 * HOURS), None, id="no crisis"),
        pytest.param(quiet(since=NOW - 90 * HOURS, opened=NOW - 23 * HOURS), None, id="opened by hand since"),
        pytest.param(quiet(level=2, alerts=(VIGILANCE,), since=NOW - 90 * HOURS), None, id="something holds again"),
    ],
)
def test_lowering_on_quiet(situation, level):
    standing = derive(situation)
    assert (standing.level if standing else None) == level
    assert standing is None or standing.because == "24 h de calme"


def test_a_declined_lowering_returns_only_after_another_quiet():
    before = quiet(since=NOW - 24 * HOURS)
    declined = taken_into_account(before, tail=True)
    assert derive(replace(before, considered=declined)) is None
    assert derive(replace(before, considered=declined, now=NOW + 100 * HOURS)) is None
    assert derive(replace(before, considered=declined, quiet_since=NOW - 2 * HOURS, now=NOW + 22 * HOURS)).level == 0


def test_the_next_look_is_when_the_quiet_has_lasted():
    assert next_check(quiet(since=NOW - 20 * HOURS)) == NOW + 4 * HOURS
    assert next_check(quiet(level=0, since=NOW - 20 * HOURS)) is None
