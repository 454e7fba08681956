"""A plan that is wrong says the file, the line and what to write instead."""

from __future__ import annotations

import pytest

from services.playbook.loader import PlanError, check, load_library, load_plan, parse_plan

GOOD = """\
playbook: essai
version: 1
typology: T2
title: Plan d'essai
not_ours: [Rien]
levels:
  1:
    name: Vigilance
    decided_by: [coordinatrice]
    propose:
      - when: {vigilance: canicule, at_least: jaune, horizon: J1}
        because: "Vigilance {colour}"
    actions:
      - id: ESS-1-C1
        modality: firm
        title: Faire
        owner: coordinatrice
        due: PT4H
      - id: ESS-1-S1
        side: structures
        modality: optional
        title: Idée
        owner: structures
"""

CASES = {
    "missing key": ("typology: T2\n", "", 1, "il manque « typology »"),
    "unknown key": ("    owner: coord", "    ownr: coord", 17, "vouliez-vous dire « owner »"),
    "unknown value": ("at_least: jaune", "at_least: violet", 11, "'jaune', 'orange', 'rouge'"),
    "unknown condition": ("vigilance: canicule", "meteo: canicule", 11, "l'une de ces clés : vigilance, alert"),
    "placeholder": ("{colour}", "{couleur}", 12, "« {couleur} » n'est pas connu ; choisissez parmi"),
    "lone brace": ("{colour}", "{colour", 12, "les accolades"),
    "deadline": ("due: PT4H", "due: 4 heures", 18, "écrivez une durée (PT4H), une heure"),
    "empty duration": ("due: PT4H", "due: PT", 18, "n'est pas une échéance"),
    "late idea": ("        title: Idée\n", "        title: Idée\n        due: PT4H\n", 19, "seule une action ferme"),
    "firm idea": ("modality: optional", "modality: possible", 19, "côté structures, tout est une idée"),
    "due and repeat": ("due: PT4H", "due: PT4H\n        repeat: {daily_at: 09:00}", 14, "s'excluent"),
    "hour": ("due: PT4H", "repeat: {daily_at: 9h}", 18, "n'a pas la forme attendue"),
    "same id": ("id: ESS-1-S1", "id: ESS-1-C1", 1, "« ESS-1-C1 » employé deux fois"),
    "hole in levels": ("  1:\n", "  2:\n", 6, "sans trou"),
    "level in letters": ("  1:\n", "  un:\n", 7, "un nombre entier"),
    "theme": ("        owner: structures\n", "        owner: structures\n        theme: \"9\"\n", 7, "ne figure pas"),
    "long aim": ("    name: Vigilance\n", f"    name: Vigilance\n    aim: {'on ' * 80}\n", 9, "200"),
    "group in capitals": ("    name: Vigilance\n", "    name: Vigilance\n    asks: {MSP: dire}\n", 9, "forme attendue"),
    "no action": ("levels:\n", "levels: {}\nautre:\n", 6, "la liste est vide"),
    "version in words": ("version: 1", "version: une", 2, "il faut un nombre entier"),
    "text for a list": ("not_ours: [Rien]", "not_ours: Rien", 5, "il faut une liste"),
    "key twice": ("version: 1\n", "version: 1\nversion: 2\n", 3, "écrit deux fois"),
    "tab": ("    name: Vigilance\n", "\tname: Vigilance\n", 8, "une tabulation"),
    "colon": ("title: Faire", "title: Faire : vite: fort", 16, "entre guillemets"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_errors_name_line_and_remedy(case):
    before, after, line, words = CASES[case]
    assert before in GOOD
    with pytest.raises(PlanError) as caught:
        parse_plan(GOOD.replace(before, after, 1), "essai.yaml")
    told = [(problem.line, problem.message) for problem in caught.value.problems]
    assert any(at == line and words in message for at, message in told), told
    assert "essai.yaml, ligne " in str(caught.value)


def test_every_problem_of_a_file_is_told_at_once():
    wrong = GOOD.replace("PT4H", "demain").replace("jaune", "bleu").replace("version: 1", "version: 0")
    with pytest.raises(PlanError) as caught:
        parse_plan(wrong, "essai.yaml")
    assert sorted(problem.line for problem in caught.value.problems) == [2, 11, 18]


@pytest.mark.parametrize("text", ["", "- liste", "42", "\x00", "a: &a [*a]", "!!python/object:os.system {}"])
def test_what_is_no_plan_is_refused_in_words(text):
    with pytest.raises(PlanError):
        parse_plan(text, "essai.yaml")


def test_a_folder_is_checked_whole(tmp_path):
    assert "aucun plan ici" in str(check(tmp_path)[0])
    (tmp_path / "un.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "deux.yaml").write_text(GOOD.replace("Faire", "Refaire"), encoding="utf-8")
    (tmp_path / "latin.yaml").write_bytes("title: été".encode("latin-1"))
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "drill.yaml").write_text("- at: 0", encoding="utf-8")
    told = [str(problem) for problem in check(tmp_path)]
    assert len(told) == 2
    assert "latin.yaml, ligne 1 : le fichier n'est pas en UTF-8" in told[0]
    assert "existe déjà ; augmentez « version »" in told[1]
    with pytest.raises(PlanError, match="fichier illisible"):
        load_plan(tmp_path / "absent.yaml")


def test_the_newest_version_is_the_plan_and_each_content_is_found(tmp_path):
    (tmp_path / "v1.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "v2.yaml").write_text(GOOD.replace("version: 1", "version: 2"), encoding="utf-8")
    library = load_library(tmp_path)
    assert library.plans["essai"].version == 2
    assert {plan.version for plan in library.contents.values()} == {1, 2}
    assert library.by_sha("0") is None


def test_layout_and_comments_do_not_change_the_digest():
    said_again = "# commentaire\n" + GOOD.replace("not_ours: [Rien]", "not_ours:\n  - Rien").replace(
        "modality: firm", "side: cpts\n        modality: firm"
    )
    assert parse_plan(GOOD, "a").sha256 == parse_plan(said_again, "b").sha256
    assert parse_plan(GOOD, "a").sha256 != parse_plan(GOOD.replace("PT4H", "PT5H"), "a").sha256
