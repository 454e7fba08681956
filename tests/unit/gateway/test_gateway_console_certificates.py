from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from services.gateway.console import certificate_words as cw
from services.gateway.console import certificats_demander, demandes, words

NINE = datetime(2026, 7, 2, 7, 5, tzinfo=UTC)  # 9:05 in Paris
NAMES = {"med-1": "Dr Hélène Garnot", "med-2": "Dr Samir Taleb", "idel-1": "Sophie Lemaire"}


def request(**changes):
    plain = {
        "id": "f05bf0db2d9d", "commune": "91689", "status": "open", "age_minutes": 135, "ending": None,
        "asked": ["idel-1", "med-1"], "declined": [], "asked_count": 2, "declined_count": 0, "accepted_by": None,
        "outside": False, "expected_at": None, "requested_at": "2026-07-02T04:50:00+00:00", "ended_at": None,
    }  # fmt: skip
    return plain | changes


@pytest.fixture
def visit(territories):
    now = NINE.astimezone(territories["nord-essonne"].zone)
    return SimpleNamespace(now=now, today=now.date(), territory=territories["nord-essonne"])


def test_a_wait_is_flagged_past_the_threshold_and_only_while_nobody_took_it():
    assert cw.waits_too_long(request(age_minutes=31), 30)
    assert not cw.waits_too_long(request(age_minutes=30), 30)
    assert not cw.waits_too_long(request(age_minutes=31, status="accepted"), 30)


def test_an_arrival_is_late_once_its_hour_is_past():
    coming = request(status="accepted", expected_at="2026-07-02T07:00:00+00:00")
    assert cw.arrival_late(coming, NINE)
    assert not cw.arrival_late(coming | {"expected_at": "2026-07-02T07:30:00+00:00"}, NINE)
    assert not cw.arrival_late(coming | {"expected_at": None}, NINE)


def test_each_professional_asked_with_what_they_said():
    one = request(asked=["med-2", "med-1", "idel-1"], declined=["med-2"], accepted_by="idel-1", status="accepted")
    assert cw.answers_of(one, NAMES) == [
        ("idel-1", "Sophie Lemaire", "accepted"),
        ("med-1", "Dr Hélène Garnot", ""),
        ("med-2", "Dr Samir Taleb", "declined"),
    ]


@pytest.mark.parametrize(
    ("asked", "declined", "said"),
    [
        (0, 0, "Personne n’a été sollicité"),
        (2, 0, "2\u00a0sollicités, aucune réponse"),
        (3, 1, "3\u00a0sollicités, 1\u00a0ne peut pas"),
        (3, 2, "3\u00a0sollicités, 2\u00a0ne peuvent pas"),
        (3, 3, "3\u00a0sollicités, aucun ne peut"),
        (1, 1, "1\u00a0sollicité, ne peut pas"),
    ],
)
def test_the_tally_of_answers(asked, declined, said):
    assert cw.tally(request(asked_count=asked, declined_count=declined)) == said


def test_who_came_from_outside_is_told_by_profession_only():
    assert cw.who_accepted(request(outside=True, profession="medecin", accepted_by="externe"), NAMES) == (
        "médecin hors annuaire"
    )
    assert cw.who_accepted(request(accepted_by="med-1"), NAMES) == "Dr Hélène Garnot"


def test_closed_lately_the_last_first():
    rows = [
        request(id="a", ended_at="2026-07-01T07:00:00+00:00"),
        request(id="b", ended_at="2026-07-02T07:00:00+00:00"),
        request(id="c", ended_at="2026-06-20T07:00:00+00:00"),
        request(id="d"),
    ]
    assert [one["id"] for one in cw.lately(rows, NINE, 7)] == ["b", "a"]


def test_an_announced_hour_is_the_next_one(visit):
    def told(text, base=visit.now):
        found = cw.hour_after(text, base, visit)
        return found and found.strftime("%d %H:%M")

    assert told("9 h 40") == "02 09:40"
    assert told("8:30") == "03 08:30"
    assert told("8:30", visit.now.replace(hour=8, minute=0)) == "02 08:30"  # typed afterwards
    assert told("9:05") == "02 09:05"
    assert told("bientôt") is None


def test_entries_of_a_request_are_those_of_its_commune_while_it_lasted_and_those_that_name_it():
    def entry(number, at, text):
        return {"number": number, "occurred_at": f"2026-07-02T{at}:00+00:00", "text": text}

    entries = [
        entry(4, "07:00", "Certificat (Wissous, à domicile) : demandeur rappelé par coord-a."),
        entry(1, "04:50", "Certificat de décès demandé par le SAMU (Wissous, à domicile)."),
        entry(2, "05:00", "Certificat (Morangis, à domicile) accepté par med-1."),
        entry(5, "07:30", "Données scellées de la demande de certificat f05bf0db lues par coord-a."),
        entry(6, "07:40", "Certificat (Wissous, à domicile) accepté par med-2."),
        entry(7, "04:55", None),
    ]
    one = request(ended_at="2026-07-02T07:10:00+00:00")
    assert [each["number"] for each in cw.entries_of(one, entries, "Wissous")] == [1, 4, 5]
    assert [each["number"] for each in cw.entries_of(request(), entries, "Wissous")] == [1, 4, 5, 6]


def test_requests_of_the_same_commune_at_the_same_time_are_counted():
    one = request(ended_at="2026-07-02T07:10:00+00:00")
    before = request(id="b", ended_at="2026-07-02T04:00:00+00:00", requested_at="2026-07-02T03:00:00+00:00")
    during = request(id="c", requested_at="2026-07-02T06:00:00+00:00")
    elsewhere = during | {"id": "d", "commune": "91027"}
    assert cw.twins(one, [one, before, during, elsewhere]) == 1


def test_who_may_be_noted_asked_first_then_the_census_then_the_directory():
    def person(ref, profession, *, certifies, roles=("professional",)):
        return {"person": ref, "name": ref, "profession": profession, "certifies": certifies, "roles": list(roles)}

    people = [
        person("med-9", "medecin", certifies=False),
        person("med-1", "medecin", certifies=True),
        person("med-2", "medecin", certifies=True),
        person("pharma-1", "pharmacien", certifies=False),
        person("coord-a", "", certifies=False, roles=("coordinator",)),
    ]
    found = [(label, [each["person"] for each in group]) for label, group in cw.choices(request(), people)]
    assert found == [
        ("Sollicités", ["med-1"]),
        ("Autres inscrits au recensement", ["med-2"]),
        ("Autres de l’annuaire", ["med-9"]),
    ]


def test_questions_left_without_answer_are_named_in_the_order_of_the_form():
    assert certificats_demander.missing({"commune": "91689", "lieu": "domicile", "adulte": "oui"}) == [
        "traitant", "demandeur", "public", "doute",
    ]  # fmt: skip


def cell(band, commune="91689", name="Wissous", **changes):
    return {"commune": commune, "name": name, "band": band, "listed": 2, "doctors": 1, "nurses": 1, "hours": 84,
            "uncovered_hours": 0, "hole": False, "people": ["med-1", "idel-1"]} | changes  # fmt: skip


def test_the_census_by_commune_with_its_holes_doctors_and_nurses_apart():
    known = {
        "med-1": {"name": "Dr Hélène Garnot", "profession": "medecin"},
        "idel-1": {"name": "Sophie Lemaire", "profession": "infirmier"},
    }
    cells = [
        cell("jour"),
        cell("nuit", uncovered_hours=70, hole=True),
        cell("nuit", "91216", "Épinay-sur-Orge", listed=0, uncovered_hours=84, hole=True, people=[]),
    ]
    found = certificats_demander.census(cells, known)
    assert [row["name"] for row in found["rows"].values()] == ["Épinay-sur-Orge", "Wissous"]
    day = found["rows"]["91689"]["bands"]["jour"]
    assert (day["named"], day["nurses_named"]) == (["Dr Hélène Garnot"], ["Sophie Lemaire"])
    communes, empty, most = found["holes"]["nuit"]
    assert (communes, empty, most["uncovered_hours"]) == (2, ["Épinay-sur-Orge"], 84)
    assert list(found["holes"]) == ["nuit"]


def test_the_census_of_those_outside_counts_and_names_nobody():
    outside = cell("jour")
    del outside["people"]
    day = certificats_demander.census([outside], {})["rows"]["91689"]["bands"]["jour"]
    assert (day["named"], day["nurses_named"], day["doctors"]) == ([], [], 1)


def test_requests_to_partners_that_wait_the_oldest_first():
    rows = [
        {"id": "b", "status": "open", "asked_at": "2026-07-02T07:00:00+00:00", "answered_at": None},
        {"id": "a", "status": "open", "asked_at": "2026-07-01T07:00:00+00:00", "answered_at": None},
        {"id": "c", "status": "answered", "asked_at": "2026-06-30", "answered_at": "2026-07-01T08:00:00+00:00"},
        {"id": "d", "status": "answered", "asked_at": "2026-06-30", "answered_at": "2026-07-02T08:00:00+00:00"},
    ]
    waiting, closed = demandes.apart(rows)
    assert [one["id"] for one in waiting + closed] == ["a", "b", "d", "c"]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-07-02T04:50:00+00:00", "à\u00a06\u00a0h\u00a050"),
        ("2026-07-01T07:12:00+00:00", "hier à\u00a09\u00a0h\u00a012"),
        ("2026-06-30T16:00:00+00:00", "mar.\u00a030 à\u00a018\u00a0h\u00a000"),
    ],
)
def test_a_moment_as_a_sentence_says_it(moment, said, visit):
    assert words.at_near(moment, visit) == said
