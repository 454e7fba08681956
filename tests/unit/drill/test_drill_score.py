"""The score sheet: days in French, one line a step, what was missed in full."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from services.drill import Outcome, Scenario, score
from services.drill.checks import Check

PARIS = ZoneInfo("Europe/Paris")
WEDNESDAY = datetime(2026, 7, 1, 9, 12, tzinfo=PARIS)
THURSDAY = datetime(2026, 7, 2, 9, 6, tzinfo=PARIS)


def outcome():
    scenario = Scenario(scenario="essai", title="Essai", territory="nord-essonne", starts_at=WEDNESDAY, steps=())
    checks = [
        Check(WEDNESDAY, "niveau 3", "status", 200, 200),
        Check(WEDNESDAY, "niveau 3", "crises[0].level", 3, 3),
        Check(THURSDAY, "point n° 6", "texte", {"contains": "rouge"}, "orange"),
    ]
    return Outcome(scenario, checks=checks, seconds=13.72, jumps=118)


def test_the_verdict_counts_in_french():
    said = score.verdict(outcome()).replace("\u00a0", " ")
    assert said == ("Essai : 2 vérifications tenues sur 3, 0 entrée au journal de bord, 118 sauts d'horloge, 13,7 s.")


def test_the_sheet_reads_day_by_day():
    lines = score.sheet(outcome()).replace("\u00a0", " ").splitlines()
    assert lines[3:] == [
        "Mercredi 1er juillet 2026",
        "  oui   9 h 12  niveau 3 (2/2)",
        "",
        "Jeudi 2 juillet 2026",
        "  NON   9 h 06  point n° 6 (0/1)",
        "        texte : attendu {'contains': 'rouge'}, trouvé « orange »",
    ]


def test_a_drill_passes_only_when_everything_held():
    assert not outcome().passed
    assert Outcome(outcome().scenario, checks=outcome().checks[:2]).passed
