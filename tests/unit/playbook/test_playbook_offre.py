"""The five plans of altered care (T5): distinct hazards, first screens in order, dates of law, no list of patients."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import pytest

from services.playbook.conditions import AlertTold, AxisTriggered, LevelRequested, VigilanceAnnounced
from services.playbook.due import parse_due
from services.playbook.loader import load_library
from services.playbook.model import ActionTemplate, Plan

PLANS = {name: plan for name, plan in load_library().plans.items() if plan.typology == "T5"}
SUBJECTS = {
    "penurie-de-medicaments": {"penurie"},
    "neige-et-verglas": {"neige_verglas"},
    "inondation": {"pluie_inondation", "crues"},
    "panne": {"panne"},
    "cyberattaque": {"cyberattaque"},
}
#: The first six firm steps, as a coordinator would do them; what each starts with.
FIRST = {
    "penurie-de-medicaments": ["Lire", "Noter", "Appeler", "Demander", "Réunir", "Envoyer"],
    "neige-et-verglas": ["Relever", "Demander", "Demander", "Demander", "Réunir", "Dire"],
    "inondation": ["Lire", "Appeler", "Demander", "Demander", "Réunir", "Dire"],
    "panne": ["Essayer", "Sortir", "Choisir", "Demander", "Demander", "Rappeler"],
    "cyberattaque": ["Vérifier", "Faire débrancher", "Couper", "Noter", "Prévenir", "Obtenir"],
}
#: Said alike in two plans on purpose: the three shared steps, and the end of any crisis.
COMMON_END = 8


def delay(step: ActionTemplate) -> timedelta:
    """How long after its level; what comes back each day comes after the rest."""
    return (parse_due(step.due).after if step.due else None) or timedelta(days=400)


def firm(plan: Plan, level: int) -> list[ActionTemplate]:
    steps = [step for step in plan.levels[level].actions if step.modality == "firm"]
    return sorted(steps, key=delay)


def words(step: ActionTemplate) -> str:
    return f"{step.title} {step.help}".lower()


def test_each_plan_is_about_its_hazard_and_no_volet():
    assert {name: set(plan.subjects) for name, plan in PLANS.items()} == SUBJECTS
    assert all(plan.orsan is None for plan in PLANS.values())
    assert all(not set(one) & set(other) for one, other in combinations(SUBJECTS.values(), 2))


@pytest.mark.parametrize("name", FIRST)
def test_the_first_screen_in_order(name):
    titles = [step.title for step in firm(PLANS[name], 1)[:6]]
    assert [title for title, start in zip(titles, FIRST[name], strict=True) if not title.startswith(start)] == []


@pytest.mark.parametrize("name", PLANS)
def test_somebody_told_it_is_enough_to_propose_the_first_level(name):
    conditions = [trigger.when for trigger in PLANS[name].levels[1].propose if not trigger.evidence_only]
    told = {when.phenomenon for when in conditions if isinstance(when, AlertTold) and when.alert == "toute_source"}
    assert told == SUBJECTS[name]
    assert LevelRequested(request="autorite", level=1) in conditions


@pytest.mark.parametrize("name", PLANS)
def test_an_act_of_the_prefet_or_of_a_hospital_names_its_cause(name):
    every = [trigger.when for level in PLANS[name].levels.values() for trigger in level.propose]
    axes = [when for when in every if isinstance(when, AxisTriggered)]
    assert [when for when in axes if when.phenomenon not in SUBJECTS[name]] == []


def test_vigilance_only_where_a_card_shows_it():
    seen = {
        name: {(when.vigilance, when.at_least) for level in plan.levels.values() for when in
               (trigger.when for trigger in level.propose) if isinstance(when, VigilanceAnnounced)}
        for name, plan in PLANS.items()
    }  # fmt: skip
    assert seen["neige-et-verglas"] == {("neige_verglas", "orange"), ("neige_verglas", "rouge")}
    assert {phenomenon for phenomenon, _ in seen["inondation"]} == {"crues", "pluie_inondation"}
    assert not seen["penurie-de-medicaments"] | seen["panne"] | seen["cyberattaque"]


def test_two_plans_say_alike_only_what_is_the_same_step():
    for one, other in combinations(PLANS.values(), 2):
        titles = {step.title for step in one.every_action() if step.shared_key is None and step not in one.closing}
        alike = titles & {step.title for step in other.every_action()}
        assert alike == set(), f"{one.playbook}, {other.playbook}"
    ends = [{step.title for step in plan.closing} for plan in PLANS.values()]
    assert len(set.intersection(*ends)) == COMMON_END
    for key in ("cellule-de-crise", "point-quotidien", "cellule-de-coordination"):
        said = {words(step) for plan in PLANS.values() for step in plan.every_action() if step.shared_key == key}
        assert len(said) == 1, key


@pytest.mark.parametrize("name", PLANS)
def test_lists_of_people_stay_where_they_are(name):
    """A step that speaks of patients asks for a number, names structures, or says where the names stay."""
    plan = PLANS[name]
    asked = [
        step.id
        for step in plan.every_action()
        if step.side == "cpts" and "liste" in words(step) and "patient" in words(step)
        if not any(word in words(step) for word in ("nombre", "reste", "des structures", "l'ars et le gestionnaire"))
    ]
    assert asked == []
    assert any("liste" in line or "registre" in line or "patients" in line for line in plan.not_ours) or name == (
        "neige-et-verglas"  # its list of visits never leaves the nurses: said in the step itself
    )


def test_a_substitute_is_never_chosen_by_the_cpts():
    plan = PLANS["penurie-de-medicaments"]
    assert plan.not_ours[0].startswith("Choisir un remplaçant")
    chosen = [step.id for step in plan.every_action() if step.side == "cpts" and "remplacer" in words(step)]
    assert chosen == []


def test_dates_of_law_leave_a_day_to_spare():
    plan = PLANS["cyberattaque"]
    dated = [step for step in plan.every_action() if "72 heures" in words(step)]
    assert {word for step in dated for word in ("plainte", "cnil") if word in words(step)} == {"plainte", "cnil"}
    assert all(delay(step) <= timedelta(hours=48) for step in dated)
    said = " ".join(plan.sources)
    assert "L. 12-10-1" in said
    assert "articles 33 et 34" in said


def test_isolate_without_switching_off_and_without_paying():
    plan = PLANS["cyberattaque"]
    second = firm(plan, 1)[1]
    assert all(word in words(second) for word in ("débrancher", "sans éteindre", "sans payer"))
    refused = plan.checklists["isoler"].parts["Ne pas faire"]
    assert any(line.startswith("Payer") for line in refused)
    assert any(line.startswith("Éteindre") for line in refused)


def test_the_emergency_number_comes_before_anything_in_an_outage():
    first = firm(PLANS["panne"], 1)[0]
    assert "le 15" in first.title
    assert delay(first) <= timedelta(minutes=10)
    assert any("numéro de secours" in line for line in PLANS["panne"].not_ours)


@pytest.mark.parametrize("name", PLANS)
def test_phases_follow_one_another(name):
    for level in PLANS[name].levels.values():
        order = [step.phase for step in level.actions if step.modality == "firm"]
        assert order == sorted(order, key=["heure", "jour", "suite"].index)
    assert {step.phase for step in PLANS[name].closing} == {"suite"}


@pytest.mark.parametrize("name", PLANS)
def test_size_and_titles_of_a_phone(name):
    steps = list(PLANS[name].every_action())
    assert 22 <= len(steps) <= 45
    assert [step.title for step in steps if len(step.title) > 105] == []
