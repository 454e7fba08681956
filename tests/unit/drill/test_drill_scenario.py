"""A scenario as a coordinator writes it: offsets, variables, errors that say what to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.cli.drilling import PACKAGED, settings_for
from services.drill import load_scenario
from services.platform.errors import BadSettings
from services.playbook.loader import load_library
from services.playbook.scenario import Variables, parse_offset

PARIS = ZoneInfo("Europe/Paris")
STEP = """
scenario: essai
title: Essai
territory: nord-essonne
starts_at: 2026-07-08T06:00:00+02:00
t0: 2026-07-10T17:30:00+02:00
steps:
"""


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("+1 d 02:15", 26.25),
        ("1 j 02:15", 26.25),
        ("+26:15", 26.25),
        ("+110:00", 110),
        ("-2 d 11:30", -59.5),
        ("-05:30", -5.5),
        ("+00:00:36", 0.01),
    ],
)
def test_offsets(text, hours):
    assert parse_offset(text) == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["demain", "+1 d", "2:5", ""])
def test_an_unreadable_offset_says_how_to_write_one(text):
    with pytest.raises(ValueError, match="écrivez"):
        parse_offset(text)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("${now}", "2026-07-11T09:20:00+02:00"),
        ("${now-5min}", "2026-07-11T09:15:00+02:00"),
        ("${day}", "2026-07-11"),
        ("${day-1}", "2026-07-10"),
        ("${day+1 14:00}", "2026-07-12T14:00:00+02:00"),
        ("${day 9:00}", "2026-07-11T09:00:00+02:00"),
        ("${T+16:35}", "2026-07-11T10:05:00+02:00"),
        ("${T-1 d 01:30}", "2026-07-09T16:00:00+02:00"),
        ("/slots?day=${day}&x=${kept}", "/slots?day=2026-07-11&x=7"),
    ],
)
def test_variables(text, meaning):
    variables = Variables(datetime(2026, 7, 10, 17, 30, tzinfo=PARIS))
    variables.now = datetime(2026, 7, 11, 9, 20, tzinfo=PARIS)
    variables.kept["kept"] = 7
    assert variables.fill(text) == meaning


def test_a_lone_variable_keeps_its_type_inside_lists_and_mappings():
    variables = Variables(datetime(2026, 7, 10, 17, 30, tzinfo=PARIS))
    variables.kept["prevues"] = ["CAN-2.1-C1"]
    assert variables.fill({"a": ["${prevues}"], "b": 3}) == {"a": [["CAN-2.1-C1"]], "b": 3}


def test_an_unknown_variable_is_named():
    with pytest.raises(BadSettings, match="inconnue"):
        Variables(datetime(2026, 7, 10, tzinfo=PARIS)).fill("${inconnue}")


def test_steps_are_played_by_hour_and_move_with_the_start(tmp_path):
    steps = '  - {at: "+01:00", call: GET /b}\n  - {at: "-2 d 11:30", call: GET /a}\n  - {at: "+01:00", call: GET /c}\n'
    path = tmp_path / "essai.yaml"
    path.write_text(STEP + steps, encoding="utf-8")
    scenario = load_scenario(path)
    assert [step.call for step in scenario.ordered()] == ["GET /a", "GET /b", "GET /c"]
    assert scenario.origin + scenario.ordered()[0].at == scenario.starts_at
    moved = scenario.starting(scenario.starts_at + timedelta(days=7))
    assert moved.origin == scenario.origin + timedelta(days=7)


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ('  - {at: "tout à l\'heure", call: GET /a}\n', "steps › 0 › at"),
        ('  - {at: "+01:00"}\n', "steps › 0 › call"),
        ('  - {at: "+01:00", call: GET /a, attendu: 3}\n', "attendu"),
        ("  - [\n", "YAML illisible"),
    ],
    ids=["offset", "no call", "unknown word", "broken YAML"],
)
def test_errors_name_the_place(tmp_path, steps, named):
    path = tmp_path / "essai.yaml"
    path.write_text(STEP + steps, encoding="utf-8")
    with pytest.raises(BadSettings, match=named):
        load_scenario(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(BadSettings, match="introuvable"):
        load_scenario(tmp_path / "rien.yaml")


@pytest.mark.parametrize("path", sorted((PACKAGED / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_packaged_scenarios_are_readable_and_every_step_says_what_it_does(path):
    scenario = load_scenario(path)
    assert scenario.scenario == path.stem
    assert [step.call for step in (*scenario.steps, *scenario.final) if not step.note] == []
    assert all((path.parent / plan).is_file() for plan in scenario.plans)


def test_a_plan_written_for_one_drill_joins_those_of_the_desk_and_stays_out_of_them(tmp_path):
    draft = (PACKAGED / "canicule.yaml").read_text(encoding="utf-8").replace("playbook: canicule", "playbook: essai")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "essai.yaml").write_text(draft, encoding="utf-8")
    (tmp_path / "essai.yaml").write_text(f"{STEP}  - {{at: '+00:00', call: GET /situation}}\n", encoding="utf-8")
    scenario = load_scenario(tmp_path / "essai.yaml").model_copy(update={"plans": ("plans/essai.yaml",)})
    (tmp_path / "poste").mkdir()
    tried = settings_for(scenario, tmp_path, tmp_path / "poste")
    ours = set(load_library(PACKAGED).plans)
    assert set(load_library(tried.playbooks_dir).plans) == ours | {"essai"}
    assert "essai" not in ours
