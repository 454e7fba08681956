"""Four plans for the sick (winter epidemic, cold, foul air, a new agent): what comes first, what proposes, lists."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.playbook.conditions import AlertTold, AxisTriggered, VigilanceAnnounced
from services.playbook.loader import load_library
from services.playbook.model import ActionTemplate, Plan
from services.playbook.publish import as_text
from services.playbook.readable import missing_fiches, read_plan, version_of
from services.playbook.rules import active, place_of
from services.playbook.schedule import deadline
from services.territories import load_territories

FOLDER = Path(__file__).parents[3] / "playbooks"
PLANS = load_library(FOLDER).plans
TERRITORY = load_territories([FOLDER / "territories" / "nord-essonne.yaml"])["nord-essonne"]
TUESDAY = datetime(2026, 10, 6, 8, 0, tzinfo=UTC)  # ten in the morning

FLU, COLD, AIR, AGENT = "epidemie-saisonniere", "grand-froid", "pollution", "agent-emergent"
OURS = {FLU: "epidemie_saisonniere", COLD: "grand_froid", AIR: "pollution", AGENT: "agent_emergent"}
#: What a coordinator meets on opening a level of nothing, in the order she would do it.
FIRST_SCREEN = {
    (FLU, 1): ["EPI-1-C1", "EPI-1-C2", "EPI-1-C3", "EPI-1-C4", "EPI-1-C5", "EPI-1-C6"],
    (FLU, 2): ["EPI-1-C1", "EPI-2-C1", "EPI-1-C2", "EPI-2-C2", "EPI-2-C3", "EPI-1-C3"],
    (COLD, 1): ["FRO-1-C1", "FRO-1-C2", "FRO-1-C3", "FRO-1-C4", "FRO-1-C5", "FRO-1-C6"],
    (AIR, 1): ["POL-1-C1", "POL-1-C2", "POL-1-C3", "POL-1-C4", "POL-1-C5", "POL-1-C6"],
    (AGENT, 1): ["REB-1-C1", "REB-1-C2", "REB-1-C3", "REB-1-C4", "REB-1-C5", "REB-1-C6"],
}
#: A word that the three first lines of each plan have and no other of these plans has there.
OWN_WORDS = {FLU: "chaque hiver", COLD: "115", AIR: "Mesurer l'air", AGENT: "Classer un cas"}


def board(plan: Plan, level: int) -> list[ActionTemplate]:
    """Firm steps as the board shows them: by deadline, then plan order."""
    dated = [(deadline(step, TUESDAY, TERRITORY), step) for step, _ in active(plan, level).values()]
    firm = [(due.due_at, place_of(plan, step.id), step) for due, step in dated if due is not None]
    return [step for *_, step in sorted(firm, key=lambda one: one[:2])]


def conditions(plan: Plan, level: int) -> list[object]:
    return [trigger.when for trigger in plan.levels[level].propose if not trigger.evidence_only]


@pytest.mark.parametrize(("name", "level"), FIRST_SCREEN)
def test_the_first_screen_is_what_one_would_do_in_that_order(name, level):
    assert [step.id for step in board(PLANS[name], level)[:6]] == FIRST_SCREEN[name, level]


def test_a_new_agent_has_its_whole_first_screen_in_the_first_hour():
    shown = board(PLANS[AGENT], 1)[:6]
    assert {step.phase for step in shown} == {"heure"}
    assert "pièce à part" in shown[0].title
    assert "15" in shown[1].title
    assert "propres moyens" in shown[1].title


@pytest.mark.parametrize("name", OURS)
def test_the_wrong_plan_is_noticed_in_three_lines(name):
    for other in OURS:
        said = " ".join(PLANS[other].not_ours[:3])
        assert (OWN_WORDS[name] in said) is (other == name)
    assert any("15" in line for line in PLANS[name].not_ours)
    assert any("hôpital" in line for line in PLANS[name].not_ours)
    assert any("sans demande du SAMU" in line for line in PLANS[name].not_ours)


@pytest.mark.parametrize("name", OURS)
def test_every_sheet_is_served_and_every_firm_step_has_its_moment(name):
    plan = PLANS[name]
    assert missing_fiches(plan) == ()
    opened = [step for level in plan.levels.values() for step in level.actions]
    assert [step.id for step in opened if step.modality == "firm" and not (step.phase and step.fiche)] == []
    assert [step.id for step in plan.every_action() if len(step.title) > 110] == []
    assert 20 <= len(list(plan.every_action())) <= 46


@pytest.mark.parametrize("name", OURS)
def test_steps_met_by_other_crises_use_the_agreed_keys(name):
    keys = {step.shared_key for step in PLANS[name].every_action() if step.shared_key}
    assert {"cellule-de-crise", "point-quotidien"} <= keys <= {
        "cellule-de-crise", "point-quotidien", "cellule-de-coordination",
    }  # fmt: skip


def test_what_is_asked_each_evening_comes_back():
    every = [step for name in OURS for step in PLANS[name].every_action() if "chaque soir" in step.title]
    assert len(every) == 5
    assert all(step.repeat for step in every)


@pytest.mark.parametrize("name", OURS)
def test_only_its_own_subject_proposes_it(name):
    plan = PLANS[name]
    assert plan.subjects == {OURS[name]}
    for level in plan.levels:
        for when in conditions(plan, level):
            if isinstance(when, AlertTold):
                assert when.phenomenon == OURS[name]
            if isinstance(when, AxisTriggered) and when.volet == "EPI-CLIM":
                assert when.phenomenon == OURS[name]


def test_a_phase_or_a_procedure_proposes_its_level_and_colours_only_the_cold():
    grades = {
        (name, when.grade): level
        for name in OURS
        for level in PLANS[name].levels
        for when in conditions(PLANS[name], level)
        if isinstance(when, AlertTold) and when.grade
    }
    assert grades == {
        (FLU, "pre_epidemique"): 1, (FLU, "epidemique"): 2, (AIR, "information"): 1, (AIR, "alerte"): 2,
    }  # fmt: skip
    for name in (FLU, AIR, AGENT):
        assert not [
            when
            for level in PLANS[name].levels
            for when in conditions(PLANS[name], level)
            if isinstance(when, VigilanceAnnounced)
        ]
    cold = [when for level in PLANS[COLD].levels for when in conditions(PLANS[COLD], level)]
    assert {when.at_least for when in cold if isinstance(when, VigilanceAnnounced)} == {"orange", "rouge"}


def test_no_threshold_that_sources_dispute_is_written():
    for name in (COLD, AIR):
        assert not re.search(r"\d+\s*(°|degrés|µg)", (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def test_the_lists_cover_what_a_centre_needs_and_steps_name_them():
    lists = PLANS[AGENT].checklists
    assert set(lists) == {"cas-possible", "centre-vaccination", "centre-depistage"}
    named = {step.checklist for step in PLANS[AGENT].every_action() if step.checklist}
    assert named == set(lists)
    wanted = {
        "centre-vaccination": (
            "glacière", "température", "collecteurs", "dasri|déchets de soins", "fléchage", "questionnaire",
            "surveillance", "rendez-vous", "accessibilité", "désinfectées", "heures affichées", "comptés",
        ),
        "centre-depistage": (
            "marche en avant", "habillage", "glacière", "déchets de soins", "fléchage", "résultat", "rendez-vous",
            "114", "heures affichées", "comptés", "désinfectées",
        ),
    }  # fmt: skip
    for key, words in wanted.items():
        text = " ".join(line for title, lines in lists[key].parts.items() for line in (title, *lines)).lower()
        assert [word for word in words if not re.search(word, text)] == []


@pytest.mark.parametrize("name", OURS)
def test_a_printed_plan_says_its_moments_its_lists_and_who_has_to_accept_it(name):
    plan = PLANS[name]
    text = as_text(plan)
    assert "première heure" in text
    assert "attend la validation" in text
    assert f"tocsin drill {plan.scenario}" in text
    for one in plan.checklists.values():
        assert f"## Liste à cocher : {one.title}" in text
        assert all(f"- [ ] {line}" in text for lines in one.parts.values() for line in lines)
    assert "qu'aucune action ne sert" not in text


def test_a_printed_plan_names_the_sheets_it_leaves_out():
    plan = PLANS[AGENT].model_copy(update={"closing": ()})
    kept = {number: level.model_copy(update={"actions": level.actions[:1]}) for number, level in plan.levels.items()}
    text = as_text(plan.model_copy(update={"levels": kept}))
    assert "qu'aucune action ne sert" in text
    assert "- cellule de crise" in text


def test_the_closing_ends_with_two_reviews_and_lowering_waits():
    for name in OURS:
        closing = [step.title.lower() for step in PLANS[name].closing]
        assert any("à chaud" in title for title in closing)
        assert any("à froid" in title for title in closing)
    assert {name: PLANS[name].lowering.tail_hours for name in OURS} == {FLU: 168, COLD: 48, AIR: 24, AGENT: 336}
    assert [name for name in OURS if PLANS[name].lowering.quiet] == [FLU, AIR, AGENT]


def test_a_plan_in_words_carries_its_lists():
    read = read_plan(PLANS[AGENT], version_of(PLANS[AGENT]))
    assert [one.key for one in read.checklists] == ["cas-possible", "centre-vaccination", "centre-depistage"]
    assert read.scenario == "cas-confirme-a-juvisy"
    assert timedelta(hours=PLANS[AGENT].lowering.tail_hours) == timedelta(days=14)
