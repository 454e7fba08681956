from collections import Counter
from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from contracts.activity import ReportActivity, ReportVad
from services.gateway.console import capacite, capacite_crises, capacite_lines, demandes_places, places, saisir
from services.platform.errors import Invalid
from services.platform.territory import Commune

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 7, 2, 10, 0, tzinfo=UTC)
COMMUNES = (Commune(code="91689", name="Wissous"), Commune(code="91216", name="Épinay-sur-Orge"))


def slot(**changes):
    return {"commune": "91689", "state": "ouvert", "places": 6, "booked": 2, "free": 4,
            "starts_at": "2026-07-02T12:00:00+00:00", "ends_at": "2026-07-02T15:00:00+00:00"} | changes  # fmt: skip


@pytest.fixture
def visit(territories):
    territory = territories["nord-essonne"]
    now = NOON.astimezone(territory.zone)
    return SimpleNamespace(now=now, today=now.date(), territory=territory, query={}, typed={}, exercise=False)


def test_figures_of_a_day_by_commune_and_for_the_territory():
    found = capacite_lines.lines(COMMUNES)
    rows = [
        slot(),
        slot(starts_at="2026-07-02T15:00:00+00:00", ends_at="2026-07-02T18:00:00+00:00", places=3, booked=0, free=3),
        slot(state="activable", places=8, booked=0, free=0),
        slot(state="retire", places=2, booked=2, free=0),
        slot(starts_at="2026-07-02T06:00:00+00:00", ends_at="2026-07-02T09:00:00+00:00", places=1, booked=0, free=1),
    ]
    capacite_lines.count_slots(found, rows, PARIS, NOON)
    capacite_lines.count_tensions(found, [{"commune": "91216", "kind": "surcharge", "count": 3}])
    line, whole = found["91689"], capacite_lines.total(found)
    assert (line.places, line.booked, line.free, line.evening, line.activable, line.over) == (12, 4, 8, 3, 8, 1)
    assert (whole.free, whole.tensions, whole.kinds) == (8, 3, Counter(surcharge=3))
    assert [each.name for each in found.values()] == ["Épinay-sur-Orge", "Wissous"]
    assert capacite.figure(found["91216"], "places") is None
    assert capacite.said(line, "places") == "8 places libres"
    assert capacite.said(found["91216"], "tensions") == "3 tensions"


def test_totals_are_what_those_outside_receive():
    found = capacite_lines.lines(COMMUNES)
    rows = [{"commune": "91689", "places": 6, "booked": 6, "free": 0}]
    capacite_lines.count_totals(found, [*rows, {"commune": "ailleurs", "places": 1, "booked": 0, "free": 1}])
    assert capacite.figure(found["91689"], "places") == 0
    assert capacite_lines.total(found).places == 7


def test_the_days_go_from_yesterday_to_three_days_after_tomorrow():
    today = date(2026, 7, 2)
    shown = capacite.days(today, today)
    assert (shown[0], shown[-1], len(shown)) == (date(2026, 7, 1), date(2026, 7, 6), 6)
    assert capacite.days(today, date(2026, 6, 28))[0] == date(2026, 6, 28)


def test_a_day_that_is_none_is_told(visit):
    assert capacite.day_of(visit, None) == date(2026, 7, 2)
    with pytest.raises(Invalid, match="n'est pas un jour"):
        capacite.day_of(visit, "jeudi")


def test_a_slot_that_ends_before_it_starts_ends_the_next_morning(visit):
    start, end = places.period(visit, {"jour": "2026-07-02", "de": "20:00", "a": "08:00"})
    assert (start.isoformat(), end.isoformat()) == ("2026-07-02T20:00:00+02:00", "2026-07-03T08:00:00+02:00")
    with pytest.raises(Invalid, match="heure de fin"):
        places.period(visit, {"jour": "2026-07-02", "de": "20:00"})


@pytest.mark.parametrize("text", ["", "deux", "-1", "1.5", "²", "9999999"])
def test_what_is_not_a_number_is_told(text):
    with pytest.raises(Invalid, match="À compléter : écrivez le nombre"):
        places.whole(text, "le nombre de places")


def test_an_hour_is_now_or_readable(visit):
    assert places.typed_hour(visit, "") is None
    assert places.typed_hour(visit, "8 h 20").hour == 8
    with pytest.raises(Invalid, match="8 h 20"):
        places.typed_hour(visit, "tantôt")


def test_only_professionals_may_be_said_to_offer():
    people = [
        {"person": "b", "name": "B", "profession": "medecin", "roles": ["professional"]},
        {"person": "a", "name": "A", "profession": "medecin", "roles": ["professional"]},
        {"person": "c", "name": "C", "profession": "", "roles": ["professional"]},
        {"person": "d", "name": "D", "profession": "medecin", "roles": ["reader"]},
    ]
    assert [one["person"] for one in places.professionals(people)] == ["a", "b"]


def test_groups_count_their_professionals():
    people = [
        {"roles": ["professional"], "groups": ["medecins", "cellule"]},
        {"roles": ["professional"], "groups": ["medecins"]},
        {"roles": ["coordinator"], "groups": ["cellule"]},
    ]
    assert demandes_places.group_sizes(people) == {"medecins": 2, "cellule": 1}


def test_answers_are_listed_with_those_that_bring_places_first():
    answers = [{"person": "a", "answer": None}, {"person": "b", "answer": "non"}, {"person": "c", "answer": "oui"}]
    found = [(label, [one["person"] for one in said]) for label, said in demandes_places.by_answer(answers)]
    assert found == [("Oui", ["c"]), ("Sans réponse", ["a"]), ("Non", ["b"])]


def test_visits_are_two_boxes_and_an_indicator_one():
    urgent, planned, drips = saisir.measures(["vad_infirmier", "perfusions"])
    day = date(2026, 7, 1)
    assert (urgent.label, planned.label) == ("Visites infirmières urgentes", "Visites infirmières de renfort")
    visits = urgent.command("idel-1", day, 4)
    assert isinstance(visits, ReportVad)
    assert (visits.profession, visits.kind, visits.count) == ("infirmier", "urgente", 4)
    figure = drips.command("idel-1", day, 0)
    assert isinstance(figure, ReportActivity)
    assert (figure.indicator, figure.value) == ("perfusions", 0)
    told = {"profession": "infirmier", "kind": "non_urgente", "indicator": None}
    assert [box.is_of(told) for box in (urgent, planned, drips)] == [False, True, False]
    assert len(saisir.measures([])) == 9
    assert saisir.measures(["sejours_hdj"])[0].label == "Sejours hdj"


def test_places_shared_between_two_crises_add_up_and_say_what_was_given_up():
    crises = [
        {"id": "c", "playbook": "canicule", "level": 2},
        {"id": "v", "playbook": "afflux-de-victimes", "level": 1},
    ]
    rows = [
        slot(crisis="c", places=2, booked=2, free=0),
        slot(crisis="v", places=4, booked=1, free=3, from_crisis="c"),
        slot(crisis=None, places=1, booked=0, free=1),
    ]
    heat, afflux, spare = capacite_crises.shared(rows, crises, PARIS, NOON)
    assert (heat.line.places, heat.line.free, heat.given_up) == (2, 0, {"afflux-de-victimes": 4})
    assert (afflux.line.places, afflux.line.free, afflux.given_up) == (4, 3, {})
    assert (spare.playbook, spare.line.places) == ("", 1)
    assert sum(share.line.places for share in (heat, afflux, spare)) == sum(row["places"] for row in rows)


@pytest.mark.parametrize("levels", [(2, 0), (0, 0)])
def test_one_crisis_alone_needs_no_sharing(levels):
    crises = [{"id": name, "playbook": name, "level": level} for name, level in zip("cv", levels, strict=True)]
    assert capacite_crises.shared([slot(crisis="c"), slot(crisis="v")], crises, PARIS, NOON) == []
