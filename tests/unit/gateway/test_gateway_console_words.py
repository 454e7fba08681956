from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from services.gateway.console import words

NARROW, FIRM = "\u202f", "\u00a0"


@pytest.fixture
def noon(territories):
    """Thursday 2 July, 12:05 on the territory's hands."""
    territory = territories["nord-essonne"]
    now = datetime(2026, 7, 2, 10, 5, tzinfo=UTC).astimezone(territory.zone)
    return SimpleNamespace(now=now, today=now.date(), territory=territory, exercise=False)


def spaced(text):
    return text.replace(FIRM, " ").replace(NARROW, " ")


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("8:20", "02T08:20"), ("8h20", "02T08:20"), ("8 h 20", "02T08:20"), ("8\u00a0h\u00a020", "02T08:20"),
        ("08:05", "02T08:05"), ("8h", "02T08:00"), ("12:06", "02T12:06"), ("12:07", "01T12:07"), ("23:30", "01T23:30"),
    ],
)  # fmt: skip
def test_an_hour_typed_is_the_last_time_it_was_that_hour(noon, typed, heard):
    assert words.from_hour(typed, noon).strftime("%dT%H:%M") == heard


@pytest.mark.parametrize("typed", ["", "midi", "25:00", "8:61", "8:20:30", "-1", ":20", "h20", "²:10", "8:²"])
def test_what_is_not_an_hour_is_not_guessed(noon, typed):
    assert words.from_hour(typed, noon) is None


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-07-02T07:02:00+00:00", "9 h 02"),
        ("2026-07-01T07:12:00+00:00", "hier, 9 h 12"),
        ("2026-07-03T06:00:00+00:00", "demain, 8 h 00"),
        ("2026-06-30T16:00:00+00:00", "mar. 30, 18 h 00"),
        ("2026-07-01T22:30:00+00:00", "0 h 30"),
    ],
)
def test_a_moment_is_said_from_where_one_stands(noon, moment, said):
    assert spaced(words.near(moment, noon)) == said


def test_a_wait_is_not_a_time(noon):
    assert spaced(words.since("2026-07-02T07:50:00+00:00", noon)) == "2 h 15 min"
    assert spaced(words.until("2026-07-02T10:25:00+00:00", noon)) == "20 min"
    assert spaced(words.hour("2026-07-02T07:50:00+00:00", noon)) == "9 h 50"


def test_days_have_words_when_they_are_near(noon):
    said = [words.day_word(day, noon) for day in ("2026-07-02", "2026-07-01", "2026-07-03", "2026-07-05T10:00")]
    assert said[:3] == ["aujourd’hui", "hier", "demain"]
    assert spaced(said[3]) == "dim. 5 juillet"


def test_a_field_gives_back_the_moment_it_was_given(noon):
    field = words.field_time("2026-07-02T07:50:00+00:00", noon)
    assert field == "2026-07-02T09:50"
    assert words.from_field(field, noon) == datetime(2026, 7, 2, 7, 50, tzinfo=UTC)
    assert words.from_field("", noon) is None
    assert words.from_field("demain", noon) is None


def test_levels_crises_and_who_decides(noon):
    crisis = {"playbook": "canicule", "opened_at": "2026-06-29T06:00:00+00:00", "level": 3}
    assert spaced(words.crisis_words(crisis, noon)) == "Canicule, 4e jour de crise, niveau 3"
    assert spaced(words.level_words(3, "Tension forte")) == "Niveau 3, tension forte"
    assert spaced(words.deciders(("coordinatrice", "referent"))) == "la coordination ou le référent"
    assert words.authority("ars-idf") == "l’ARS"
    assert words.authority("role:samu") == "le SAMU"
    assert words.authority("inconnu") == "inconnu"


def test_a_button_says_exercise_itself_and_escapes_its_label(noon):
    assert str(words.acting("Accepter", noon)) == "Accepter"
    noon.exercise = True
    assert str(words.acting("Accepter <b>", noon)) == "Accepter &lt;b&gt; (exercice)"
