from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest

from services.gateway.console import meeting, point_words

NARROW, FIRM = "\u202f", "\u00a0"


def spaced(text):
    return str(text).replace(FIRM, " ").replace(NARROW, " ")


@pytest.fixture
def morning(territories):
    """Thursday 2 July, 9:05 on the territory's hands."""
    territory = territories["nord-essonne"]
    now = datetime(2026, 7, 2, 7, 5, tzinfo=UTC).astimezone(territory.zone)
    return SimpleNamespace(now=now, today=now.date(), territory=territory, exercise=False)


def card(status="publié", day="2026-07-02", key="six", **more):
    empty = {"published_at": "2026-07-02T07:00:00+00:00", "validated_at": None, "validated_by": None}
    return {"id": key, "number": 6, "day": day, "status": status, "as_of": "2026-07-02T06:30:00Z", **empty, **more}


def test_marks_become_elements_and_everything_else_is_escaped():
    shown = point_words.marked("**Rouge** & *vérifié* <script>")
    assert shown == "<strong>Rouge</strong> &amp; <em>vérifié</em> &lt;script&gt;"
    assert point_words.plain("**Rouge** puis *orange*") == "Rouge puis orange"


def test_a_lone_star_is_only_a_star():
    assert point_words.marked("3 * 4") == "3 * 4"


def test_the_sms_is_the_end_of_the_text():
    assert point_words.sms_of("POINT\n\nSMS\nCPTS jeu 2/7 : ROUGE.\n") == "CPTS jeu 2/7 : ROUGE."


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (card("brouillon"), "brouillon, part à 9 h 00"),
        (card("publié"), "parti à la cellule à 9 h 00"),
        (card("validé", validated_at="2026-07-02T07:22:00Z", validated_by="ref"), "validé à 9 h 22 par Dr Vasseur"),
        (card("refait"), "fait à la demande, chiffres de 8 h 30"),
    ],
)
def test_a_point_says_where_it_stands(morning, given, said):
    assert spaced(point_words.state(given, morning, {"ref": "Dr Vasseur"})) == said


def test_days_come_newest_first_and_the_point_of_the_hour_before_the_others():
    cards = [card("refait", key="main"), card(key="six"), card(day="2026-07-01", key="cinq")]
    listed = [(day, [one["id"] for one in found]) for day, found in point_words.by_day(cards)]
    assert listed == [("2026-07-02", ["six", "main"]), ("2026-07-01", ["cinq"])]


@pytest.mark.parametrize(
    ("cards", "at", "crisis", "said"),
    [
        ([], time(8, 0), True, "Attendu aujourd’hui : brouillon à 8 h 45, départ à 9 h 00."),
        ([card("brouillon")], time(8, 50), True, "Le brouillon est prêt : il part à 9 h 00, relu ou non."),
        ([card()], time(9, 5), True, "Prochain point demain : brouillon à 8 h 45, départ à 9 h 00."),
        ([], time(14, 0), True, "Prochain point demain : brouillon à 8 h 45, départ à 9 h 00."),
        ([], time(8, 0), False, "Aucune crise n’est ouverte : aucun point n’est attendu."),
    ],
)
def test_what_is_expected_next(morning, cards, at, crisis, said):
    now = datetime.combine(morning.today, at, morning.territory.zone)
    assert spaced(point_words.expected(now, morning.territory, cards, crisis=crisis)) == said


def section(key, *blocks):
    return {"key": key, "title": key.capitalize(), "blocks": list(blocks)}


def block(kind, *lines, private=False):
    return {"kind": kind, "lines": list(lines), "private": private}


def test_the_texts_of_a_draft_are_those_outside_the_tables():
    point = {
        "essentiel": ["**Un.** Deux", "Trois"],
        "to_decide": "**À décider :** D1",
        "sections": [section("situation", block("table"), block("list", "*Vérifié*", "B", private=True))],
    }
    lines = point_words.editable(point)
    assert [(one.item, one.text) for one in lines] == [
        ("essentiel", "Un. Deux\nTrois"),
        ("a_decider", "À décider : D1"),
        ("situation", "Vérifié\nB"),
    ]
    assert lines[2].tables
    assert lines[2].private


def test_the_points_around_one_skip_those_made_again():
    cards = [card(key="six"), card("refait", key="main"), card(key="cinq")]
    found = point_words.around(cards, "six")
    assert found["after"] is None
    assert found["before"]["id"] == "cinq"
    assert point_words.around(cards, "ailleurs") == {"before": None, "after": None}


def test_messages_that_may_not_have_arrived_come_first():
    messages = [
        {"about": "six", "category": "point_externe", "state": "parti", "to": "ars#1"},
        {"about": "six", "category": "point_interne", "state": "parti", "to": "cellule#1"},
        {"about": "six", "category": "point_externe", "state": "incertain", "to": "samu#1"},
        {"about": "cinq", "category": "point_externe", "state": "parti", "to": "ars#1"},
    ]
    assert [one["to"] for one in point_words.sent_to(messages, "six", "externe")] == ["samu#1", "ars#1"]


def test_an_addressee_is_a_name_or_the_address_of_the_settings(morning):
    territory = morning.territory
    assert point_words.addressee("ars#1", territory, {}) == territory.recipients.ars[0]
    assert point_words.addressee("ars#99", territory, {}) == "ars#99"
    assert point_words.addressee("ars", territory, {}) == "ARS"
    assert point_words.addressee("ref", territory, {"ref": "Dr Vasseur"}) == "Dr Vasseur"


def test_the_text_that_asks_for_figures_names_no_structure_and_says_an_exercise(territories):
    text = spaced(point_words.chase(date(2026, 7, 1), territories["nord-essonne"]))
    assert "mercredi 1er juillet" in text
    assert "Écrivez 0" in text
    assert point_words.chase(date(2026, 7, 1), territories["nord-essonne"].twin()).startswith("EXERCICE EXERCICE")


@pytest.mark.parametrize(
    ("seconds", "said"), [(52, "0 min 52"), (65, "1 min 05"), (-4, "0 min 00"), (754, "12 min 34")]
)
def test_a_pace_is_said_to_the_second(seconds, said):
    assert spaced(point_words.pace(seconds)) == said


def test_a_typed_name_is_a_person_of_the_meeting_or_words():
    known = {"Dr Karim Benali": "president"}
    assert point_words.someone(" dr  karim benali ", known) == {"person": "president"}
    assert point_words.someone("Hugo Lambert", known) == {"words": "Hugo Lambert"}
    assert point_words.someone("  ", known) is None


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("9 h 30", "02T09:30"), ("9h30", "02T09:30"), ("9:30", "02T09:30"), ("12 h", "02T12:00"),
        ("aujourd’hui, 9 h 30", "02T09:30"), ("demain 12 h", "03T12:00"), ("demain, à 8 h 05", "03T08:05"),
        ("vendredi 12 h", None), ("dès que possible", None), ("25 h", None), ("", None), ("demain", None),
    ],
)  # fmt: skip
def test_a_deadline_typed_as_an_hour_is_a_moment_and_other_words_stay_words(morning, typed, moment):
    found = point_words.due(typed, morning.now)
    assert (found.strftime("%dT%H:%M") if found else None) == moment


def test_a_deadline_is_said_with_its_day(morning):
    said = [
        point_words.due_words({"due_at": at, "due_words": ""}, morning)
        for at in ("2026-07-02T07:30:00Z", "2026-07-03T10:00:00Z")
    ]
    assert list(map(spaced, said)) == ["aujourd’hui, 9 h 30", "demain, 12 h 00"]
    assert point_words.due_words({"due_at": None, "due_words": "au plus tôt"}, morning) == "au plus tôt"


def decision(code, outcome=""):
    return {"code": code, "outcome": outcome, "decides": None}


def test_the_open_decision_is_the_one_asked_for_else_the_first_not_written():
    decisions = [decision("D1", "adoptee"), decision("D2"), decision("D3")]
    assert meeting.open_decision(decisions, "") == "D2"
    assert meeting.open_decision(decisions, "D1") == "D1"
    assert meeting.open_decision(decisions, "presences") == "D2"
    assert meeting.open_decision([decision("D1", "adoptee")], "") == ""
    assert spaced(meeting.tally(decisions)) == "1 prise, 1 en cours, 1 à venir"
    assert meeting.tally([]) == ""


def person(ref, name):
    return {"person": ref, "name": name, "function": "", "note": ""}


def test_attendance_keeps_who_was_noted_then_who_is_expected_then_free_rows():
    attendance = {
        "present": [person(None, "Hugo Lambert")],
        "absent": [person("b", "Bé")],
        "expected": [person("b", "Bé"), person("c", "Cé")],
    }
    rows = meeting.attendance_rows(attendance)
    assert [(row["name"], row["there"]) for row in rows] == [
        ("Hugo Lambert", True), ("Bé", False), ("Cé", False), ("", True), ("", True),
    ]  # fmt: skip


def test_the_form_of_attendance_sorts_present_and_absent_and_leaves_empty_rows_out():
    form = {
        "qui-0": "a", "la-0": "oui", "note-0": "conduite", "qui-1": "b", "note-1": "",
        "nom-2": "Hugo Lambert", "la-2": "oui", "note-2": "mairies", "nom-3": "", "la-3": "oui",
    }  # fmt: skip
    present, absent = meeting.attendance_of(form)
    assert present == [{"person": "a", "note": "conduite"}, {"words": "Hugo Lambert", "note": "mairies"}]
    assert absent == [{"person": "b", "note": ""}]


def test_decisions_are_read_from_their_form_not_from_the_table():
    point = {"sections": [section("decisions", block("table"), block("list", "Demande"))]}
    shown = meeting.section_of(point, {"key": "decisions"})
    assert [one["kind"] for one in shown["blocks"]] == ["list"]
    assert meeting.section_of(point, None) is None
    assert meeting.section_of(point, {"key": "relecture"}) is None
