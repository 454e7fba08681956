"""What holds for every plan shipped and every drill: sheets served, words of today, a first screen one would follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.playbook.loader import PACKAGED, load_library, load_plan
from services.playbook.model import ActionTemplate, Plan
from services.playbook.readable import missing_fiches
from services.playbook.rules import active
from services.playbook.scenario import Scenario, load_scenario
from services.playbook.schedule import deadline
from services.territories import load_territories

PLANS = load_library().plans
SCENARIOS = {path.stem: path for path in sorted((PACKAGED / "scenarios").glob("*.yaml"))}
TEXTS = sorted(path for path in PACKAGED.rglob("*") if path.suffix in {".yaml", ".md", ".json"})
TERRITORY = load_territories([PACKAGED / "territories" / "nord-essonne.yaml"])["nord-essonne"]
SHARED = {"cellule-de-crise", "point-quotidien", "cellule-de-coordination"}
#: An ordinary Tuesday morning, and a Sunday night when hours off do not count.
STARTS = (datetime(2026, 6, 2, 8, 0, tzinfo=UTC), datetime(2026, 6, 7, 1, 0, tzinfo=UTC))
FIRST_SCREEN = 6

#: The canicule plan stays as its owner wrote it, before sheets, moments and drills had a word in a plan.
BEFORE_SHEETS = {"canicule": "onze-jours-de-juin"}
#: Numbers that a drill seals and looks for in messages: four zeros in their middle, invented.
SEALED_NUMBERS = {"onze-jours-de-juin": {"0160000015"}, "pont-du-14-juillet": {"0160000015", "0169000017"}}
#: What this drill hides in an address to prove that no message carries it.
BAIT = {"pont-du-14-juillet": {"Madame Untel"}}

OLD_VOLETS = re.compile(r"(?<![\w-])(?:(?<!EPI-)CLIM|EPI-?VAC|NRBC)(?![\w-])|\b(?:ORSAN|volet:?) BIO\b")
#: The four levels of heat before 2021, which much of the press still prints.
FOUR_LEVELS = re.compile(
    r"veille saisonnière|avertissement chaleur|mobilisation maximale|niveau 4\b|plan national canicule", re.IGNORECASE
)
PHONE = re.compile(r"(?<![\d-])(?:\+33\s?|0)[1-9](?:[\s.]?\d{2}){4}(?!\d)")
SOMEBODY = re.compile(r"\b(?:M\.|Mme|Mlle|Madame|Monsieur)\s+[A-ZÉÈ][\w-]+")
#: An official who called is named, as in a real logbook.
CALLER = re.compile(r'reported_by: \{name: "[^"]*"')
#: People of the example territory are staff, whose initial may look like a civil title (« M. Oudin »).
STAFF = {str(person["name"]).split()[-1] for person in TERRITORY.seed["people"]}
CIVIL_STATUS = re.compile(r"\bnée? le\b|\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3}\b")


def firm_at_first(plan: Plan, start: datetime) -> list[tuple[ActionTemplate, datetime | None]]:
    """The firm steps of level 1 as the board shows them: by deadline, then as the plan is written."""
    steps = [(step, deadline(step, start, TERRITORY)) for step, _ in active(plan, 1).values()]
    dated = [(step, at.due_at if at else None) for step, at in steps if step.modality == "firm"]
    return sorted(dated, key=lambda one: (one[1] is None, one[1] or start))


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_serves_every_sheet(name):
    missing = missing_fiches(PLANS[name])
    if name in BEFORE_SHEETS:
        assert missing, f"{name} serves sheets now: take it off the list above"
    else:
        assert missing == ()


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_names_the_drill_that_tries_it(name):
    scenario = BEFORE_SHEETS.get(name, PLANS[name].scenario)
    assert scenario in SCENARIOS
    played = load_scenario(SCENARIOS[scenario])
    assert played.scenario == scenario
    assert name in SCENARIOS[scenario].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_says_where_it_comes_from_and_first_what_is_not_ours(name):
    plan = PLANS[name]
    assert plan.sources
    text = (PACKAGED / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.index("\nnot_ours:") < text.index("\nlevels:")
    said = " ".join(plan.not_ours)
    assert re.search(r"\b15\b", said), "says who answers a vital emergency"
    assert re.search(r"hôpital|urgences", said), "says that the CPTS does not replace the hospital"
    assert re.search(r"ORSAN|ORSEC|ARS|préfet|plan blanc", said), "says what belongs to the authorities"
    assert re.search(r"[Ii]mposer|[Oo]bliger|obligation", said), "says that a structure stays free"


@pytest.mark.parametrize("name", PLANS)
def test_steps_shared_between_crises_are_the_three_known(name):
    assert {step.shared_key for step in PLANS[name].every_action() if step.shared_key} <= SHARED


def test_a_shared_step_is_the_same_kind_of_step_everywhere():
    for key in SHARED:
        shapes = {
            (step.modality, step.owner, step.repeat.daily_at if step.repeat else None)
            for plan in PLANS.values()
            for step in plan.every_action()
            if step.shared_key == key
        }
        assert len(shapes) <= 1, f"{key}: {shapes}"


@pytest.mark.parametrize("name", PLANS)
def test_no_two_steps_of_a_plan_read_alike(name):
    titles = [step.title.lower() for step in PLANS[name].every_action()]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", PLANS)
def test_the_first_screen_holds_in_the_hour(name, start):
    steps = firm_at_first(PLANS[name], start)
    of_the_hour = sum(step.phase == "heure" for step, _ in steps)  # a slow crisis may have two, never pushed back
    first = steps[: min(FIRST_SCREEN, of_the_hour)]
    assert [step.id for step, due in first if due is None or due > start + timedelta(hours=1)] == []
    assert len(steps) >= FIRST_SCREEN


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_only_the_words_of_today(path):
    taught = "Un nom d'avant"  # the README says what an old name becomes, in the paragraph that starts so
    lines = list(texts_of(path))
    begins = next((number for number, line in lines if taught in line), None)
    lesson = range(begins, begins + 4) if begins and path.name == "README.md" else ()
    found = [
        f"{path.name}:{number}: {line.strip()[:80]}"
        for number, line in lines
        if FOUR_LEVELS.search(line) or (OLD_VOLETS.search(line) and number not in lesson)
    ]
    assert found == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_number_that_could_ring_and_nobody_who_could_be_a_patient(path):
    text = path.read_text(encoding="utf-8")
    numbers = {re.sub(r"[\s.]", "", number).replace("+33", "0") for number in PHONE.findall(text)}
    ringing = {number for number in numbers if not number.startswith("063998")}
    assert ringing - SEALED_NUMBERS.get(path.stem, set()) == set()
    named = {name for name in SOMEBODY.findall(CALLER.sub("", text)) if name.split()[-1] not in STAFF}
    assert named - BAIT.get(path.stem, set()) == set()
    assert CIVIL_STATUS.findall(text) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_drill_is_told_and_listed(name):
    scenario: Scenario = load_scenario(SCENARIOS[name])
    assert scenario.scenario == name
    assert scenario.about.endswith(".")
    assert [step.call for step in scenario.steps if not step.note] == []
    assert f"`{name}`" in (PACKAGED / "scenarios" / "README.md").read_text(encoding="utf-8")
    for extra in scenario.plans:
        assert load_plan(PACKAGED / "scenarios" / extra).playbook not in PLANS, "a plan of its own, not one shipped"


def test_these_rules_can_fail():
    assert OLD_VOLETS.search("orsan: CLIM")
    assert OLD_VOLETS.search("volet: BIO")
    assert not OLD_VOLETS.search("orsan: EPI-CLIM")
    assert FOUR_LEVELS.search("Niveau 1 : Veille saisonnière")
    assert PHONE.findall("appelez le 01 23 45 67 89 ou le +33623456789") == ["01 23 45 67 89", "+33623456789"]
    assert not PHONE.findall("sha 0123456789012345")
    assert SOMEBODY.search("chez Mme Durand")
    assert CIVIL_STATUS.search("2 85 05 78 006 084")
