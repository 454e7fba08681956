"""Words of a plan against each other: each refusal names its line and what to write; a good file says what it lacks."""

from __future__ import annotations

import pytest

from contracts.orsan import MEASURES, VOLETS
from services.playbook.gaps import gaps, report
from services.playbook.loader import PlanError, parse_plan
from services.playbook.readable import missing_fiches
from services.playbook.sentences import FICHES

GOOD = """\
playbook: essai
version: 1
typology: T2
orsan: EPI-CLIM
title: Plan d'essai
status: modele
not_ours: [Rien]
levels:
  1:
    name: Vigilance
    decided_by: [coordinatrice]
    propose:
      - when: {axis: orsan, volet: EPI-CLIM}
        because: "ORSAN {volet}"
    actions:
      - id: ESS-1-C1
        modality: firm
        title: Faire
        owner: coordinatrice
        due: PT1H
        phase: heure
      - id: ESS-1-C2
        modality: firm
        title: Refaire
        owner: coordinatrice
        due: P1D
        phase: jour
engagements:
  - id: ESS-ENG-1
    modality: firm
    title: Promettre
    owner: referent
    due: PT30M
    phase: heure
closing:
  - id: ESS-FIN-1
    modality: firm
    title: Finir
    owner: referent
    due: P30D
    phase: suite
lowering: {quiet: true, because: "{hours} h"}
"""

#: what is wrong → (before, after, line, words of the fault, words of the remedy)
CASES = {
    "old volet of the plan": ("orsan: EPI-CLIM", "orsan: CLIM", 4, "« CLIM » n'est pas un volet", "écrivez EPI-CLIM"),
    "old volet of a trigger": ("volet: EPI-CLIM", "volet: BIO", 13, "« BIO » n'est pas un volet", "écrivez REB"),
    "NRBC": ("orsan: EPI-CLIM", "orsan: NRBC", 4, "« NRBC » n'est pas un volet ORSAN depuis 2024", "écrivez NRC"),
    "a measure is no volet": ("orsan: EPI-CLIM", "orsan: EPI-VAC", 4, "« EPI-VAC »", "choisissez parmi AMAVI"),
    "no volet at all": ("volet: EPI-CLIM", "volet: SOLEIL", 13, "« SOLEIL »", "choisissez parmi AMAVI"),
    "valid and by nobody": (
        "status: modele", "status: valide", 6, "manque : le territoire, l'ARS, le SAMU", "laissez « status: modele »",
    ),
    "valid and not by all": (
        "status: modele", "status: valide\nvalidated: {territoire: 2026-06-01}", 6, "manque : l'ARS, le SAMU",
        "notez leur date",
    ),
    "late for its hour": ("due: PT1H", "due: PT61M", 16, "ESS-1-C1 : cette échéance dépasse", "changez l'un des deux"),
    "late for its day": ("due: P1D", "due: PT25H", 22, "ESS-1-C2 : cette échéance dépasse", "changez l'un des deux"),
    "a late promise": ("due: PT30M", "due: PT2H", 29, "ESS-ENG-1 : cette échéance dépasse", "(« heure »)"),
    "a late end": ("phase: suite", "phase: jour", 36, "ESS-FIN-1 : cette échéance dépasse", "(« jour »)"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_refusal_says_its_line_and_a_remedy(case):
    before, after, line, fault, remedy = CASES[case]
    assert before in GOOD
    with pytest.raises(PlanError) as caught:
        parse_plan(GOOD.replace(before, after, 1), "essai.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, problem.file) == (line, "essai.yaml")
    assert fault in problem.message
    assert remedy in problem.message


def test_every_incoherence_of_a_file_is_told_at_once():
    wrong = GOOD.replace("EPI-CLIM", "CLIM").replace("PT1H", "PT2H").replace("modele", "valide")
    with pytest.raises(PlanError) as caught:
        parse_plan(wrong, "essai.yaml")
    assert sorted(problem.line for problem in caught.value.problems) == [4, 6, 13, 16]


@pytest.mark.parametrize("volet", VOLETS)
def test_every_volet_of_today_is_accepted(volet):
    assert parse_plan(GOOD.replace("EPI-CLIM", volet), "essai.yaml").orsan == volet


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_is_no_volet(measure):
    with pytest.raises(PlanError):
        parse_plan(GOOD.replace("EPI-CLIM", measure), "essai.yaml")


def test_valid_when_the_three_accepted_it():
    dates = "validated: {territoire: 2026-06-01, ars: 2026-06-08, samu: 2026-06-09}"
    plan = parse_plan(GOOD.replace("status: modele", f"status: valide\n{dates}"), "essai.yaml")
    assert plan.status == "valide"
    assert not [line for line in report([plan], ()) if "validation" in line]
    model = parse_plan(GOOD.replace("status: modele", f"status: modele\n{dates}"), "essai.yaml")
    assert list(report([model], ()))[-1].startswith("Validés par tous, écrivez «")


def test_a_step_by_the_clock_or_by_a_setting_fits_any_moment():
    for due in ('"18:00"', "retex_days", "-PT72H"):
        assert parse_plan(GOOD.replace("due: PT1H", f"due: {due}"), "essai.yaml")


def test_a_good_file_says_its_gaps_without_failing():
    plan = parse_plan(GOOD, "essai.yaml")
    assert gaps(plan, ()) == (
        "aucune action ne dit quelle fiche elle sert (« fiche »)",
        "aucun exercice ne l'éprouve (« scenario »)",
    )
    named = parse_plan(GOOD.replace("status: modele", "status: modele\nscenario: essai"), "essai.yaml")
    assert gaps(named, ())[1] == "l'exercice « essai » n'existe pas (scenarios/essai.yaml)"
    assert len(gaps(named, {"essai"})) == 1


def test_sheets_are_named_until_each_is_served():
    some = GOOD.replace("        phase: heure", "        phase: heure\n        fiche: cellule", 1)
    plan = parse_plan(some, "essai.yaml")
    told = gaps(plan, ())[0]
    assert FICHES["mobilisation"] in told
    assert FICHES["cellule"] not in told
    assert FICHES["annuaire"] not in told
    assert set(missing_fiches(plan)) == set(FICHES) - {"cellule", "annuaire", "formation"}


def test_the_report_groups_what_waits_for_the_same_people():
    first = parse_plan(GOOD, "a.yaml")
    second = parse_plan(
        GOOD.replace("playbook: essai", "playbook: autre\nvalidated: {territoire: 2026-06-01}"), "b.yaml"
    )
    told = list(report([first, second], ()))
    assert told[0] == "Plans valables\N{NO-BREAK SPACE}: autre, essai."
    assert [line.partition(" validation ")[2] for line in told[-2:]] == [
        "de l’ARS et du SAMU\N{NO-BREAK SPACE}: autre.",
        "du territoire, de l’ARS et du SAMU\N{NO-BREAK SPACE}: essai.",
    ]
    assert len(told) == 5
