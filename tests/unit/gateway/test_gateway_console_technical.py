"""What the pages of plans, of the technical journal and of drills make of the answers they show."""

import base64

from services.gateway.console import exercices, plans, technique


def version(number, **more):
    return {"playbook": "canicule", "version": number, "sha256": str(number) * 64, "title": "Canicule", **more}


def test_versions_are_newest_first_and_each_knows_the_one_before():
    found = plans.by_plan([version(1), version(3), version(2), {**version(1), "playbook": "a", "title": "Zone"}])
    assert [plan["title"] for plan in found] == ["Canicule", "Zone"]
    assert [one["version"] for one in found[0]["versions"]] == [3, 2, 1]
    assert [one["before"] and one["before"]["version"] for one in found[0]["versions"]] == [2, 1, None]


def test_steps_stand_under_their_theme_in_the_order_of_the_plan():
    steps = [
        {"id": "a", "theme": "2.1", "theme_title": "Consulter"},
        {"id": "b", "theme": "", "theme_title": ""},
        {"id": "c", "theme": "2.1", "theme_title": "Consulter"},
    ]
    found = [(theme, [step["id"] for step in held]) for theme, held in plans.by_theme(steps)]
    assert found == [("2.1 Consulter", ["a", "c"]), ("", ["b"])]


def test_a_problem_shows_its_line_when_there_is_one():
    found = plans.with_lines([{"line": 2}, {"line": 9}], "un\n  deux: 2\ntrois")
    assert [one["shown"] for one in found] == ["  deux: 2", ""]


def test_parts_in_trouble_come_first_and_an_unknown_one_is_told_as_it_is_named():
    states = {"logbook": "prêt", "autre": "prêt", "messages": "ne démarre pas : base absente", "bus": "connecté"}
    found = technique.health(states)
    assert [one["name"] for one in found] == [
        "Les messages", "Le journal de bord", "La liaison entre les parties", "Autre",
    ]  # fmt: skip
    assert [one["well"] for one in found] == [False, True, True, True]


def test_every_service_that_parks_messages_has_words():
    assert set(technique.SERVICES) <= set(technique.PARTS)


def test_a_quarantined_document_shows_its_beginning_whatever_its_bytes():
    body = base64.b64encode(b"\xff\x00" + b"a" * 700).decode()
    found = technique.shown({"id": "1", "body": body, "caller": ""})
    assert found["beginning"].startswith("\ufffd\ufffdaaa")
    assert found["longer"]
    assert len(found["beginning"]) == technique.BEGINNING
    assert technique.shown({"id": "1", "body": "", "caller": "ars-idf"})["source"] == "l’ARS"


def test_the_text_to_pass_on_tells_what_is_wrong_and_what_is_not_known():
    states = technique.health({"logbook": "prêt", "messages": "démarrage"})
    told = technique.report("CPTS", "1.2", "jeu. 2, 9 h 05", states, {"documents en quarantaine": None, "autres": 2})
    assert told.splitlines()[0].replace("\u00a0", " ") == "Poste de crise CPTS, jeu. 2, 9 h 05. Tocsin 1.2."
    assert told.splitlines()[1].startswith("Parties en service\u00a0: 1 sur 2.")
    assert "- Les messages\u00a0: démarrage" in told
    assert "- documents en quarantaine\u00a0: non lus, le service ne répond pas" in told
    assert "- autres\u00a0: 2" in told


def test_checks_and_speeds_are_said_in_french():
    assert exercices.checks(0, 0) == "aucune vérification encore"
    assert exercices.checks(2, 1) == "2\u00a0vérifications tenues, 1\u00a0non tenue"
    assert exercices.speed_words(None) == "à plein"
    assert exercices.speed_words(60.0) == "60\u00a0fois"
    assert exercices.speed_key(600.0) == "600"
    assert exercices.speed_key(7.0) == ""


def test_a_score_is_read_by_day_and_line():
    lines = [
        "EXERCICE · tout a tenu", "Empreinte ab", "", "Jeudi 2 juillet 2026", "  oui   9 h 00  point envoyé (2/2)",
        "  NON   9 h 05  accord (0/1)", "        accord : attendu 1, trouvé 0",
    ]  # fmt: skip
    assert exercices.sheet(lines) == [
        ("jour", "Jeudi 2 juillet 2026"), ("tenue", "9 h 00 point envoyé (2/2)"), ("non tenue", "9 h 05 accord (0/1)"),
        ("suite", "accord : attendu 1, trouvé 0"),
    ]  # fmt: skip
