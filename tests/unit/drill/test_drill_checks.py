"""Expectations, cards and the fingerprint of a drill."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.drill.cards import expand
from services.drill.checks import Check, check_answer
from services.drill.fingerprint import fingerprint

AT = datetime(2026, 7, 2, 9, 6, tzinfo=ZoneInfo("Europe/Paris"))
ITEMS = {"items": [{"level": 1, "because": "Jaune annoncé à 6\u202fh\u00a050"}, {"level": 2, "because": "SAMU"}]}


@pytest.mark.parametrize(
    ("expect", "held"),
    [
        ({"length(items)": 2}, True),
        ({"length(items)": {"min": 2}}, True),
        ({"length(items)": {"max": 1}}, False),
        ({"items[0].level": 2}, False),
        ({"items[].level": [1, 2]}, True),
        ({"items[0].because": {"contains": "6 h 50"}}, True),
        ({"texte": {"lacks": "cab-wissous"}}, True),
        ({"texte": {"lacks": "SAMU"}}, False),
        ({"texte": {"lacks": ["med-1", "SAMU"]}}, False),
        ({"texte": {"contains": ["Jaune", "SAMU"]}}, True),
        ({"items[0].absent": None}, True),
        ({"items[": 1}, False),
        ({"status": 200}, True),
        ({"status": {"min": 400}}, False),
    ],
    ids=str,
)
def test_expectations(expect, held):
    checks = check_answer(AT, "essai", expect, 200, ITEMS)
    assert all(check.passed for check in checks) is held


def test_success_is_expected_unless_another_status_is_said():
    (check,) = check_answer(AT, "essai", {}, 403, "interdit")
    assert not check.passed
    assert "403" in check.line()


def test_the_score_is_read_in_french():
    check = Check(AT, "niveau 3", "status", 200, 200)
    assert check.line() == "oui  jeu.\u00a02, 9\u00a0h\u00a006  niveau 3 · status"
    missed = Check(AT, "niveau 3", "texte", {"contains": "rouge"}, "x" * 4000)
    assert missed.line().startswith("NON  jeu.\u00a02")
    assert len(missed.line()) < 500


def test_a_card_says_today_until_midnight_and_tomorrow_whole():
    card = expand({"$card": {"today": "orange", "tomorrow": "rouge"}}, AT)
    today, tomorrow = card["product"]["periods"]
    assert (today["echeance"], tomorrow["echeance"]) == ("J", "J1")
    assert today["end_validity_time"] == tomorrow["begin_validity_time"] == "2026-07-03T00:00:00+02:00"
    colours = [period["timelaps"]["domain_ids"][0]["max_color_id"] for period in (today, tomorrow)]
    assert colours == [3, 4]


def test_any_other_body_is_left_as_it_is():
    assert expand({"count": 4}, AT) == {"count": 4}


def entry(text, number=1, at="2026-07-02T07:00:00Z"):
    return {"number": number, "occurred_at": at, "kind": "point", "author": "tocsin", "text": text, "hash": "x"}


def test_the_fingerprint_ignores_order_ids_numbers_and_heads():
    one = entry("Point préparé (arrêté à l'entrée n° 12, tête du journal beb4930a4043b98e).")
    other = entry("Point préparé (arrêté à l'entrée n° 14, tête du journal 0123456789abcdef).", number=9)
    late = entry("Demande 0123456789abcdef0123456789abcdef close.")
    assert fingerprint([one, late]) == fingerprint([late, other])


@pytest.mark.parametrize(
    "changed",
    [
        entry("Autre chose."),
        entry("Point préparé.", at="2026-07-02T07:00:01Z"),
        {**entry("Point préparé."), "kind": "niveau"},
    ],
    ids=["words", "hour", "kind"],
)
def test_the_fingerprint_tells_what_happened_apart(changed):
    assert fingerprint([entry("Point préparé.")]) != fingerprint([changed])
