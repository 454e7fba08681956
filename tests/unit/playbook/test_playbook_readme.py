"""What the README of the plans shows is accepted by the loader."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from contracts.orsan import VOLETS, volet_of
from services.playbook.conditions import KINDS, SubjectName
from services.playbook.due import parse_due
from services.playbook.loader import PlanError, load_library, parse_plan
from services.playbook.model import Trigger
from services.playbook.reading import read_yaml
from services.playbook.sentences import FICHES, GRADES, PHASES
from services.playbook.words import PLACEHOLDERS

TEXT = (Path(__file__).parents[3] / "playbooks" / "README.md").read_text(encoding="utf-8")
CONDITIONS = re.findall(r"^\| `(\{.*?\})`", TEXT, re.MULTILINE)
FINER = re.findall(r"^- `(\{.*?\})`", TEXT, re.MULTILINE)
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
DUE = [value.strip('"') for value in re.findall(r"^\| `due: (\S+?)`", TEXT, re.MULTILINE)]


def test_each_kind_of_condition_is_taught():
    assert len(CONDITIONS) == len(KINDS)


@pytest.mark.parametrize("written", CONDITIONS)
def test_conditions(written):
    value, _ = read_yaml(written)
    assert Trigger(when=value, because="Parce que").when


@pytest.mark.parametrize("written", DUE)
def test_deadlines(written):
    assert parse_due(written)


@pytest.mark.parametrize("written", FINER)
def test_finer_conditions(written):
    value, _ = read_yaml(written)
    assert Trigger(when=value, because="Parce que").when


@pytest.mark.parametrize("way_down", [-2, -1])
def test_the_pieces_make_a_plan(way_down):
    header, validated, level, action, checklists, repeat, *lowerings = BLOCKS
    daily = action.split("        due:")[0].replace("C1", "C2") + repeat
    body = re.sub(r"    actions: .*\n", "    actions:\n" + action + daily, level)
    plan = parse_plan(header + validated + checklists + body + lowerings[way_down], "README.md")
    assert [step.id for step in plan.levels[1].actions] == ["CAN-1.2-C1", "CAN-1.2-C2"]
    assert plan.lowering is not None
    assert plan.lowering.quiet is (way_down == -1)
    assert plan.revision is not None
    assert len(lowerings) == 2


def test_a_plan_valid_without_the_three_is_refused_as_taught():
    header, validated, level, action, checklists, *_ = BLOCKS
    body = re.sub(r"    actions: .*\n", "    actions:\n" + action, level)
    text = (header + validated + checklists + body).replace("status: modele", "status: valide")
    with pytest.raises(PlanError, match="manque : le SAMU"):
        parse_plan(text, "README.md")


def test_each_new_word_is_taught():
    assert not [name for name in FICHES if f"`{name}`" not in TEXT]
    assert not [name for name in PHASES if f"`{name}`" not in TEXT]
    assert not [name for name in GRADES if f"`{name}`" not in TEXT]
    assert not [name for name in get_args(SubjectName) if f"`{name}`" not in TEXT]
    assert not [volet for volet in VOLETS if f"`{volet}`" not in TEXT]
    taught = re.findall(r"pour `([A-Z-]+)`,\s+écrivez `([A-Z-]+)`", TEXT)
    assert len(taught) == 3
    assert [(old, today) for old, today in taught if volet_of(old) != today or old in VOLETS] == []


def test_each_plan_shipped_has_its_row():
    rows = {row[0]: row for row in re.findall(r"^\| `([\w-]+)\.yaml` \| (T\d) \|.*\| (\S+) \| (\S+) \|$", TEXT, re.M)}
    for name, plan in load_library().plans.items():
        scenario = plan.scenario or "onze-jours-de-juin"  # canicule is tried by a drill older than the word
        assert rows[name][1:] == (plan.typology, plan.orsan or "aucun", scenario)


def test_each_placeholder_is_taught():
    assert all(f"{{{name}}}" in TEXT for name in PLACEHOLDERS)
    assert yaml.safe_load(BLOCKS[0])["playbook"] == "canicule"
