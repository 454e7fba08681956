"""Three plans for people hurt or exposed: who leads, what comes first, what the CPTS never does, what outlives it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.playbook.conditions import AlertTold, AxisTriggered, VigilanceAnnounced
from services.playbook.due import parse_due
from services.playbook.loader import load_library
from services.playbook.model import ActionTemplate, Plan
from services.playbook.readable import missing_fiches
from services.playbook.rules import active, place_of
from services.playbook.schedule import deadline
from services.territories import load_territories

FOLDER = Path(__file__).parents[3] / "playbooks"
PLANS = load_library(FOLDER).plans
TERRITORY = load_territories([FOLDER / "territories" / "nord-essonne.yaml"])["nord-essonne"]
TUESDAY = datetime(2026, 10, 6, 8, 0, tzinfo=UTC)  # ten in the morning

VICTIMS, MINDS, NRC = "afflux-de-victimes", "blesses-psychiques", "risque-nrc"
OURS = {VICTIMS: "AMAVI", MINDS: "MEDICO-PSY", NRC: "NRC"}
SUBJECTS = {VICTIMS: "afflux_de_blesses", MINDS: "blesses_psychiques", NRC: "risque_nrc"}

#: What a coordinator meets on opening, in the order she would do it.
FIRST_SCREEN = {
    (VICTIMS, 1): ["AMV-1-C1", "AMV-1-C2", "AMV-1-C3", "AMV-1-C4", "AMV-1-C5", "AMV-1-C6"],
    (MINDS, 1): ["PSY-1-C1", "PSY-1-C2", "PSY-1-C3", "PSY-1-C4", "PSY-1-C5", "PSY-1-C6"],
    (NRC, 1): ["NRC-1-C1", "NRC-1-C2", "NRC-1-C3", "NRC-1-C4", "NRC-1-C5", "NRC-1-C6"],
}
#: What each step of that screen serves: the plan is told from another in three lines.
FIRST_WORDS = {
    VICTIMS: ("SAMU", "personne sur place", "journal"),
    MINDS: ("CUMP", "débriefing", "soignant"),
    NRC: ("à l'abri", "mot pour mot", "contaminée"),
}


def board(plan: Plan, level: int) -> list[ActionTemplate]:
    """Firm steps as the board shows them: by deadline, then plan order."""
    dated = [(deadline(step, TUESDAY, TERRITORY), step) for step, _ in active(plan, level).values()]
    firm = [(due.due_at, place_of(plan, step.id), step) for due, step in dated if due is not None]
    return [step for *_, step in sorted(firm, key=lambda one: one[:2])]


@pytest.mark.parametrize(("name", "level"), FIRST_SCREEN)
def test_the_first_screen_is_what_one_would_do_in_that_order(name, level):
    shown = board(PLANS[name], level)[:6]
    assert [step.id for step in shown] == FIRST_SCREEN[name, level]
    assert {step.phase for step in shown} == {"heure"}
    for word, step in zip(FIRST_WORDS[name], shown, strict=False):
        assert word in step.title


@pytest.mark.parametrize("name", OURS)
def test_only_its_own_volet_and_its_own_subject_propose_it(name):
    plan = PLANS[name]
    conditions = [trigger.when for level in plan.levels.values() for trigger in level.propose]
    assert plan.orsan == OURS[name]
    assert plan.subjects == {SUBJECTS[name]}
    assert not [when for when in conditions if isinstance(when, VigilanceAnnounced)]
    assert {when.phenomenon for when in conditions if isinstance(when, AlertTold)} == {SUBJECTS[name]}
    axes = [when for when in conditions if isinstance(when, AxisTriggered)]
    assert AxisTriggered(axis="orsan", volet=OURS[name]) in axes
    assert all(when.volet == OURS[name] or when.phenomenon == SUBJECTS[name] for when in axes)


@pytest.mark.parametrize("name", OURS)
def test_a_count_alone_never_proposes_a_level(name):
    triggers = [trigger for level in PLANS[name].levels.values() for trigger in level.propose]
    counted = [trigger for trigger in triggers if hasattr(trigger.when, "tensions") or "slots" in str(trigger.when)]
    assert counted
    assert all(trigger.evidence_only for trigger in counted)


@pytest.mark.parametrize("name", OURS)
def test_nobody_goes_there_and_no_act_of_an_authority_is_taken(name):
    said = PLANS[name].not_ours
    assert said[0].startswith("Personne ne se rend sur place")
    assert said[0].endswith("sans demande du SAMU")
    for word in ("urgence vitale", "ORSAN", "l'hôpital", "Imposer"):
        assert [line for line in said if word in line], word


def test_the_first_line_of_the_victims_plan_is_exact():
    assert PLANS[VICTIMS].not_ours[0] == "Personne ne se rend sur place sans demande du SAMU"


@pytest.mark.parametrize("name", OURS)
def test_every_sheet_is_served_every_firm_step_has_an_end_and_every_list_is_used(name):
    plan = PLANS[name]
    steps = list(plan.every_action())
    assert missing_fiches(plan) == ()
    assert [step.id for step in steps if step.modality == "firm" and not (step.due or step.repeat)] == []
    assert {step.checklist for step in steps if step.checklist} == set(plan.checklists)
    assert [step.id for step in steps if len(step.title) > 90 or (step.side == "cpts" and not step.fiche)] == []


@pytest.mark.parametrize("name", OURS)
def test_steps_met_by_other_crises_carry_the_common_keys_at_their_level(name):
    plan = PLANS[name]
    shared = {step.shared_key: level for step, level in active(plan, 2).values() if step.shared_key}
    assert shared == {"point-quotidien": 1, "cellule-de-crise": 1, "cellule-de-coordination": 2}


@pytest.mark.parametrize("name", [MINDS, NRC])
def test_follow_up_outlives_the_crisis_by_a_month_at_least(name):
    month = timedelta(days=30)
    long = [step for step in PLANS[name].closing if (parse_due(step.due or "PT0S").after or timedelta()) >= month]
    assert {"continuite", "levee"} <= {step.fiche for step in long}


def test_carers_are_followed_from_the_first_hour_to_a_month_after():
    steps = {step.id: step for step in PLANS[MINDS].every_action()}
    assert steps["PSY-1-C3"].phase == "heure"
    assert parse_due(steps["PSY-FIN-8"].due).after == timedelta(days=30)
    assert all("soignant" in steps[name].title for name in ("PSY-1-C3", "PSY-2-C4", "PSY-FIN-8"))


def test_nobody_untrained_leads_a_debriefing():
    naming = [step for step in PLANS[MINDS].every_action() if "débriefing" in step.title + step.help]
    assert naming
    assert all("aucun débriefing" in step.title for step in naming)
    assert "Conduire un débriefing psychologique, qui demande des professionnels formés" in PLANS[MINDS].not_ours


def test_iodine_and_decontamination_wait_for_the_prefet_and_the_15():
    plan = PLANS[NRC]
    iodine = [step for step in plan.every_action() if "iode" in step.title]
    assert [(step.id, step.modality) for step in iodine] == [("NRC-1-P1", "possible")]
    assert iodine[0].title.startswith("Si le préfet ordonne")
    door = plan.checklists["a-la-porte"].parts
    assert door["Tout de suite"][:2] == (
        "Elle n'entre pas ; parlez-lui à travers la porte ou de loin, dehors",
        "Appelez le 15 et faites ce que dit le médecin régulateur",
    )
    assert any("ni la laver" in line.lower() for line in door["Jamais de soi-même"])


@pytest.mark.parametrize("name", OURS)
def test_a_drill_walks_it(name):
    assert (FOLDER / "scenarios" / f"{PLANS[name].scenario}.yaml").is_file()
