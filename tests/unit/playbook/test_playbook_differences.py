"""A plan in words, and two versions side by side: nothing that differs is left unsaid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.platform.territory import Thresholds
from services.playbook.conditions import KINDS
from services.playbook.differences import compare
from services.playbook.loader import load_library
from services.playbook.model import ActionTemplate, Plan
from services.playbook.parts import Checklist, Revision
from services.playbook.readable import read_plan, version_of
from services.playbook.sentences import condition_words, due_words, lowering_words, tolerance_words

PLAN = load_library().plans["canicule"]
NBSP = "\u00a0"


def read(plan: Plan):
    return read_plan(plan, version_of(plan))


def changed(**levels_or_fields: Any) -> Plan:
    return PLAN.model_copy(update=levels_or_fields)


def with_level(number: int, **fields: Any) -> Plan:
    return changed(levels={**PLAN.levels, number: PLAN.levels[number].model_copy(update=fields)})


def with_step(**fields: Any) -> Plan:
    first, *others = PLAN.engagements
    return changed(engagements=(first.model_copy(update=fields), *others))


def step(**fields: Any) -> ActionTemplate:
    return ActionTemplate(id="ESS-1", modality="firm", title="Faire", owner="coordinatrice", **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"due": "PT4H", "working_hours": True}, "dans les 4 h ouvrées"),
        ({"due": "PT1H"}, "dans l’heure"),
        ({"due": "PT1H", "working_hours": True}, "dans l’heure ouvrée"),
        ({"due": "PT30M"}, "dans les 30 min"),
        ({"due": "PT90M"}, "dans les 1 h 30 min"),
        ({"due": "P1D"}, "dans les 24 h"),
        ({"due": "P2D"}, "dans les 2 jours"),
        ({"due": "-PT72H"}, "au moins 3 jours avant l’événement annoncé"),
        ({"due": "-PT10H"}, "au moins 10 h avant l’événement annoncé"),
        ({"due": "18:00"}, "avant 18 h 00"),
        ({"due": "18:00", "working_hours": True}, "avant 18 h 00, un jour ouvré"),
        ({"due": "PT0S"}, "dès l’ouverture du niveau"),
        ({"due": "retex_days"}, "dans les 7 jours (réglage « retour d’expérience » du territoire)"),
        ({"repeat": {"daily_at": "09:00"}}, "chaque jour à 9 h 00"),
        ({"repeat": {"daily_at": "09:30", "first": "next_day"}}, "chaque jour à 9 h 30, à partir du lendemain"),
        ({}, ""),
    ],
)
def test_a_deadline_is_said_in_words(fields, words):
    assert due_words(step(**fields)).replace(NBSP, " ") == words


def test_a_threshold_is_the_one_of_the_territory():
    assert "10 jours" in due_words(step(due="retex_days"), Thresholds(retex_days=10)).replace(NBSP, " ")


def test_a_tolerance_is_said_when_there_is_one():
    assert tolerance_words(step(due="P1D", tolerance="PT4H")).replace(NBSP, " ") == (
        "dite en retard 4 h après l’échéance"
    )
    assert tolerance_words(step(due="P1D")) == ""


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"vigilance": "canicule", "at_least": "orange"}, "vigilance canicule orange ou rouge pour aujourd’hui ou dem"),
        ({"vigilance": "grand_froid", "at_least": "rouge", "horizon": "J"}, "grand froid rouge pour aujourd’hui"),
        ({"alert": "samu", "phenomenon": "canicule"}, "Le SAMU a transmis une alerte ou a appelé au sujet de"),
        (
            {"indicator": "consultations_chaleur", "rises_percent": 20},
            "« consultations chaleur » monte de 20 % ou plus",
        ),
        ({"request": "autorite", "level": 2}, "Une autorité (ARS, SAMU, préfet…) demande le niveau 2"),
        ({"axis": "orsan", "volet": "EPI-CLIM"}, "L’ORSAN est déclenché, volet EPI-CLIM"),
        ({"slots_taken_percent": 90}, "90 % ou plus des places de crise du jour sont prises"),
        ({"tensions": 5, "kind": "surcharge"}, "5 tensions ou plus « surcharge » signalées le même jour"),
        ({"tensions": 1}, "1 tension ou plus signalée le même jour"),
    ],
)
def test_a_condition_is_said_as_a_sentence(when, words):
    model = next(model for key, model in KINDS.items() if key in when)
    assert words in condition_words(model(**when)).replace(NBSP, " ")


def test_the_canicule_plan_reads_whole():
    found = read(PLAN)
    assert [level.number for level in found.levels] == [1, 2, 3]
    told = [step for level in found.levels for step in (*level.firm, *level.possible, *level.optional)]
    ideas = [step for level in found.levels for step in level.structures]
    assert len(told) + len(ideas) + len(found.engagements) + len(found.closing) == len(list(PLAN.every_action()))
    assert found.not_ours == PLAN.not_ours
    assert found.levels[0].decided_by == ("coordinatrice", "référent crise sanitaire")
    assert all(reason.condition for level in found.levels for reason in (*level.proposed_by, *level.supported_by))
    assert "72" in found.lowering[0]
    assert "(réglage du territoire)" in found.lowering[0]
    first = next(step for step in told if step.id == "CAN-1.2-C1")
    assert (first.theme, first.theme_title) == ("1.2", "Relayer la prévention")
    assert found.levels[1].aim == "on augmente l’offre de soins et le suivi à domicile"
    assert found.levels[1].asks[2].startswith("Officines\u00a0: repérer les signes d’alerte")
    assert lowering_words(None)[0] == "Ce plan ne propose jamais de descendre."


def test_one_content_has_no_difference():
    assert compare(read(PLAN), read(PLAN)).same


def test_a_step_added_and_a_step_removed_are_named_with_their_place():
    first, *others = PLAN.levels[2].actions
    found = compare(read(PLAN), read(with_level(2, actions=tuple(others))))
    assert [(item.where, item.step.id) for item in found.removed] == [("niveau 2", first.id)]
    assert not found.added
    back = compare(read(with_level(2, actions=tuple(others))), read(PLAN))
    assert [item.step.id for item in back.added] == [first.id]


def test_a_step_that_moves_to_another_level_is_changed_and_not_replaced():
    first, *others = PLAN.levels[3].actions
    moved = changed(
        levels={
            **PLAN.levels,
            2: PLAN.levels[2].model_copy(update={"actions": (*PLAN.levels[2].actions, first)}),
            3: PLAN.levels[3].model_copy(update={"actions": tuple(others)}),
        }
    )
    (change,) = compare(read(PLAN), read(moved)).changed
    assert (change.changes[0].before, change.changes[0].after) == (("niveau 3",), ("niveau 2",))


STEP_CHANGES: dict[str, Any] = {
    "modality": "possible", "title": "Autrement", "help": "Dit autrement", "actors": "tous", "owner": "coordinatrice",
    "due": "P3D", "working_hours": True, "tolerance": "PT5H", "documents": ("autre",), "channel": "téléphone",
    "phase": "jour", "fiche": "cellule", "checklist": "liste",
    "indicator": "autre", "stays": False, "shared_key": "commune", "side": "structures", "theme": "9",
    "repeat": ActionTemplate.model_validate(
        {"id": "E-1", "modality": "firm", "title": "Faire", "owner": "x", "repeat": {"daily_at": "08:00"}}
    ).repeat,
}  # fmt: skip


@pytest.mark.parametrize("field", sorted(set(ActionTemplate.model_fields) - {"id"}))
def test_whatever_changes_in_a_step_is_said(field):
    (change,) = compare(read(PLAN), read(with_step(**{field: STEP_CHANGES[field]}))).changed
    assert change.id == PLAN.engagements[0].id
    assert len(change.changes) >= 1
    assert change.changes[0].before != change.changes[0].after


@pytest.mark.parametrize(
    ("other", "names"),
    [
        (changed(title="Autre titre"), ["titre"]),
        (changed(status="valide"), ["validation"]),
        (changed(sources=(*PLAN.sources, "Une de plus")), ["sources"]),
        (changed(not_ours=PLAN.not_ours[1:]), ["ce que la CPTS ne fait pas"]),
        (changed(lowering=None), ["descente et fin de crise"]),
        (changed(validated={"ars": date(2026, 5, 4)}), ["validations"]),
        (changed(scenario="un-exercice"), ["exercice"]),
        (changed(revision=Revision(on=date(2026, 9, 1), because="Relu", reviews=("r-1",))), ["révision"]),
        (changed(checklists={"l": Checklist(title="Liste", parts={"Lieu": ("Accès",)})}), ["listes à cocher"]),
        (changed(engagements=tuple(reversed(PLAN.engagements))), ["ordre"]),
    ],
)
def test_what_changes_in_the_plan_is_said(other, names):
    found = compare(read(PLAN), read(other))
    assert [change.name for change in found.plan] == names
    assert not found.same


@pytest.mark.parametrize(
    ("other", "name"),
    [
        (with_level(1, name="Un autre nom"), "nom"),
        (with_level(1, aim="on attend"), "but"),
        (with_level(1, asks={**PLAN.levels[1].asks, "idel": "dire vos visites."}), "ce qui est proposé aux groupes"),
        (with_level(1, decided_by=("referent",)), "qui décide"),
        (with_level(1, propose=PLAN.levels[1].propose[:1]), "ce qui le propose"),
        (with_level(2, themes={**PLAN.levels[2].themes, "2.9": "Nouveau"}), "thèmes"),
    ],
)
def test_what_changes_in_a_level_is_said(other, name):
    ((change,),) = (level.changes for level in compare(read(PLAN), read(other)).levels)
    assert change.name == name


def test_of_a_list_only_the_lines_that_changed_are_shown():
    other = changed(sources=(PLAN.sources[0], "Nouvelle source", *PLAN.sources[2:]))
    (change,) = compare(read(PLAN), read(other)).plan
    assert (change.before, change.after) == ((PLAN.sources[1],), ("Nouvelle source",))


def test_a_level_less_is_said():
    two = changed(levels={number: level for number, level in PLAN.levels.items() if number < 3})
    found = compare(read(PLAN), read(two))
    assert [(level.number, level.changes[0].after) for level in found.levels] == [(3, ())]
    assert len(found.removed) == len(PLAN.levels[3].actions)
