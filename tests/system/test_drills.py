"""Both drills played whole through the public interface, on a desk of their own, in the exercise territory."""

from __future__ import annotations

import io
import json
import time

import pytest
from pypdf import PdfReader

from services.cli.drilling import PACKAGED, played
from services.drill import Outcome
from services.drill.fingerprint import told
from services.territories import load_territories

pytestmark = pytest.mark.system
NORMAL, PEOPLE = "onze-jours-de-juin", "pont-du-14-juillet"
COUNTED = ("consultations_non_programmees", "vad_infirmier_non_urgente")


@pytest.fixture(scope="module")
def drills() -> dict[str, Outcome]:
    """Each drill is played once, by the first test that wants it."""
    return {}


def drill(drills: dict[str, Outcome], name: str) -> Outcome:
    if name not in drills:
        drills[name] = played(name)
    return drills[name]


@pytest.mark.parametrize("name", [NORMAL, PEOPLE])
def test_every_expectation_holds(drills, name):
    outcome = drill(drills, name)
    failed = [check.line() for check in outcome.checks if not check.passed]
    assert not failed, "\n" + "\n".join(failed)
    print(f"{name}: {outcome.seconds:.1f} s")  # told, never asserted: a busy machine is not a fault


@pytest.mark.parametrize(("name", "points"), [(NORMAL, range(1, 11)), (PEOPLE, range(1, 8))])
def test_points_are_numbered_once_and_fit_two_pages(drills, name, points):
    documents = drill(drills, name).documents
    papers = {title: body for title, body in documents.items() if title.endswith(".pdf")}
    pages = {title: len(PdfReader(io.BytesIO(body)).pages) for title, body in papers.items()}
    assert {title: count for title, count in pages.items() if count > 2} == {}
    assert sorted(int(title.split("-")[1]) for title in papers if "refait" not in title) == list(points)


def test_figures_for_the_ars_are_the_sums_of_the_points(drills):
    outcome = drill(drills, PEOPLE)
    sums = dict.fromkeys(COUNTED, 0)
    for title, body in outcome.documents.items():
        point = json.loads(body) if title.startswith("point") and title.endswith(".json") else {"day": ""}
        if "2026-07-09" <= point["day"] <= "2026-07-13":  # a point tells the day before
            for row in point["figures"]["indicators"]:
                if row["key"] in sums:
                    sums[row["key"]] += row["value"]
    wanted = {what: check.wanted for check in outcome.checks for what in [check.what] if what.startswith("sum(")}
    assert sums == {key: wanted[f"sum(items[?indicator=='{key}'].value)"] for key in COUNTED}


@pytest.mark.parametrize("name", [NORMAL, PEOPLE])
def test_messages_and_drafts_carry_no_address_and_no_name(drills, name):
    documents = drill(drills, name).documents
    said = (documents["messages.json"] + documents["drafts.json"]).decode()
    territories = load_territories([PACKAGED / "territories" / "nord-essonne.yaml"])
    people = territories["nord-essonne"].seed["people"]
    private = [person["name"] for person in people] + [person["email"] for person in people]
    private += ["rue des Lilas", "Untel", "Anselme", "01 69 00 00 17"]
    assert [word for word in private if word in said] == []


def test_played_again_elsewhere_it_leaves_the_same_fingerprint(drills, monkeypatch):
    first = drill(drills, PEOPLE)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        again = played(PEOPLE)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert told(again.entries) == told(first.entries)
    assert again.fingerprint == first.fingerprint
    assert again.head != first.head  # ids and salts are drawn anew: only what was said is the same
