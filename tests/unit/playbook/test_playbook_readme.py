"""What the README of the plans shows is accepted by the loader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from services.playbook.conditions import KINDS
from services.playbook.due import parse_due
from services.playbook.loader import parse_plan
from services.playbook.model import Trigger
from services.playbook.reading import read_yaml
from services.playbook.words import PLACEHOLDERS

TEXT = (Path(__file__).parents[3] / "playbooks" / "README.md").read_text(encoding="utf-8")
CONDITIONS = re.findall(r"^\| `(\{.*?\})`", TEXT, re.MULTILINE)
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


def test_the_pieces_make_a_plan():
    header, level, action, repeat, lowering = BLOCKS
    daily = action.split("        due:")[0].replace("C1", "C2") + repeat
    body = re.sub(r"    actions: .*\n", "    actions:\n" + action + daily, level)
    plan = parse_plan(header + body + lowering, "README.md")
    assert [step.id for step in plan.levels[1].actions] == ["CAN-1.2-C1", "CAN-1.2-C2"]
    assert plan.lowering is not None


def test_each_placeholder_is_taught():
    assert all(f"{{{name}}}" in TEXT for name in PLACEHOLDERS)
    assert yaml.safe_load(BLOCKS[0])["playbook"] == "canicule"
