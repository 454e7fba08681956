"""The canicule plan against the checklist: every row once, on its side, with its modality and at its level."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from services.playbook.conditions import AlertTold, LevelRequested, VigilanceAnnounced
from services.playbook.loader import check, load_library
from services.playbook.model import Plan
from services.playbook.publish import as_text, schema, schema_text
from services.playbook.reading import read_yaml
from services.playbook.rules import active
from services.playbook.words import WORDS

FOLDER = Path(__file__).parents[3] / "playbooks"
PLAN = load_library(FOLDER).plans["canicule"]

#: level.theme → (ideas of structures, firm steps, possible steps): numbers of the rows, in order
CHECKLIST = {
    "1.1": (2, (1, 2, 3), ()),
    "1.2": (4, (1, 2), ()),
    "1.3": (2, (1, 2), ()),
    "1.4": (1, (1,), ()),
    "1.5": (1, (1,), ()),
    "1.6": (4, (1,), ()),
    "1.7": (1, (), (1,)),
    "2.1": (2, (), (1, 2, 3, 4)),
    "2.2": (3, (), (1,)),
    "2.3": (2, (), (1,)),
    "2.4": (2, (2,), (1,)),
    "2.5": (2, (), (1, 2)),
    "2.6": (2, (), (1, 2)),
    "3.1": (3, (1, 2), (3,)),
    "3.2": (3, (1, 2), ()),
}


@pytest.mark.parametrize("theme", CHECKLIST)
def test_each_row_of_the_checklist(theme):
    ideas, firm, possible = CHECKLIST[theme]
    level = PLAN.levels[int(theme[0])]
    steps = {step.id: step for step in level.actions if step.theme == theme}
    expected = {f"CAN-{theme}-S{n}": ("structures", "optional") for n in range(1, ideas + 1)}
    expected |= {f"CAN-{theme}-C{n}": ("cpts", "firm") for n in firm}
    expected |= {f"CAN-{theme}-C{n}": ("cpts", "possible") for n in possible}
    assert {name: (step.side, step.modality) for name, step in steps.items()} == expected
    assert theme in level.themes


def test_counts_of_each_level():
    assert {number: len(level.actions) for number, level in PLAN.levels.items()} == {1: 26, 2: 25, 3: 11}
    assert [step.id for step in PLAN.engagements] == [f"ENG-0{n}" for n in range(1, 8)]
    first = [step for step, _ in active(PLAN, 1).values()]
    assert len(first) == 33
    assert sum(step.modality == "firm" for step in first) == 17
    assert "CAN-2.5-X1" not in {step.id for step in PLAN.every_action()}


def test_the_second_version_moves_nothing_on_the_board():
    assert PLAN.version == 2
    assert [step.id for step in PLAN.every_action() if step.phase or step.checklist] == []
    ours = [step for step in PLAN.every_action() if step.side == "cpts"]
    assert [step.id for step in ours if not step.fiche] == []


def test_orange_never_proposes_level_two():
    conditions = [trigger.when for trigger in PLAN.levels[2].propose if not trigger.evidence_only]
    assert not [condition for condition in conditions if isinstance(condition, VigilanceAnnounced)]
    assert AlertTold(alert="samu", phenomenon="canicule") in conditions
    assert LevelRequested(request="ars", level=2) in conditions


def test_what_a_reader_sees_stands_alone():
    titles = [step.title for step in PLAN.every_action()]
    assert len(set(titles)) == len(titles)
    assert not [title for title in titles if re.match(r"(Le|La|Les|En|Ce|Y) ", title)]
    assert all(step.owner in {"coordinatrice", "referent"} for step in PLAN.every_action() if step.side == "cpts")


def test_the_text_names_every_step_and_no_brace():
    text = as_text(PLAN)
    assert all(step.id in text for step in PLAN.every_action())
    assert "{" not in text
    assert "Vigilance [couleur] canicule annoncée [jour]" in text
    for level in PLAN.levels.values():
        assert f"But : {level.aim}\n" in text
        assert [words for words in level.asks.values() if f" : {words}\n" not in text] == []


def test_the_published_schema_is_in_step():
    assert (FOLDER / "schema.json").read_text(encoding="utf-8") == schema_text()
    value, _ = read_yaml((FOLDER / "canicule.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(value)), schema())


def test_every_key_has_words():
    made = schema()
    keys = {key for block in (made, *made["$defs"].values()) for key in block["properties"]}
    assert keys == set(WORDS)


def test_content_gives_the_same_plan_and_digest_back():
    again = Plan.model_validate(json.loads(json.dumps(PLAN.content())))
    assert again == PLAN
    assert again.sha256 == PLAN.sha256
    assert check(FOLDER) == []
    assert load_library(FOLDER).by_sha(PLAN.sha256) == PLAN


def test_a_sentence_is_filled():
    trigger = PLAN.levels[1].propose[0]
    words = trigger.sentence(colour="jaune", when="dimanche", departement="Essonne")
    assert words == "Vigilance jaune canicule annoncée dimanche (Essonne)"
    assert trigger.sentence(colour="jaune", when="dimanche") == "Vigilance jaune canicule annoncée dimanche"
