"""Each measure of a review by itself: what it counts, and what it says when there is nothing to count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.reviews import course, means, speed
from services.reviews.case import DayCount, Span, Thing, case_of
from services.reviews.facts import facts_of
from services.reviews.indicators import indicators
from services.reviews.timeline import MOST, timeline

OPENED = datetime(2026, 6, 29, 6, 0, tzinfo=UTC)  # a Monday, 8 h in Paris
CLOSED = OPENED + timedelta(days=2, hours=4)
SPACES = str.maketrans("\u00a0\u202f", "  ")


def after(minutes):
    return OPENED + timedelta(minutes=minutes)


def thing(kind, entity="x", at=None, /, *, day=None, **data):
    at = at or OPENED
    stamped = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in data.items()}
    return Thing(kind, entity, at, day or at.date(), stamped)


@pytest.fixture
def territory(territories):
    return territories["nord-essonne"]


@pytest.fixture
def case(territory):
    """A case of these things and day counts."""

    def made(*things, days=(), others=()):
        return case_of(Span("c1", "canicule", OPENED, CLOSED), others, territory, things, days)

    return made


def said(indicator):
    return indicator.value.translate(SPACES), indicator.number


def test_nothing_happened_and_nothing_is_a_zero_but_what_was_truly_counted(case):
    found = indicators(case())
    assert len(found) >= 10
    assert len({one.key for one in found}) == len(found)
    assert {one.key for one in found if one.number is not None} == {"niveaux", "points", "sources", "saisies_tardives"}
    assert all(one.note for one in found)


def action(run, *, modality="firm", done=None, taken=None, late=(), status="open", **more):
    stamps = {name: moment for name, moment in (("done_at", done), ("taken_at", taken)) if moment}
    return thing("action", run, side="cpts", modality=modality, title=run, owner="referent", action=run, status=status,
                 late=list(late), **stamps, **more)  # fmt: skip


def turn(due, ended=None, how="", occurrence=1):
    return {"occurrence": occurrence, "due_at": due.isoformat(), "ended_at": ended.isoformat() if ended else None,
            "ended": how}  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "value", "number"),
    [
        ([], "Sans objet", None),
        ([action("a")], "Non mesuré", None),
        ([action("a", done=after(12)), action("b", done=after(40))], "12 min", 12),
        ([action("a", done=after(-500)), action("b", done=after(40))], "40 min", 40),  # served another crisis before
        ([action("a", modality="possible", done=after(3))], "Sans objet", None),
    ],
)
def test_from_the_decision_to_the_first_firm_step(case, steps, value, number):
    assert said(speed.decision_to_first_step(case(*steps))) == (value, number)


@pytest.mark.parametrize(
    ("steps", "value", "longest"),
    [
        ([action("a", done=after(1))], "Aucune", ""),
        ([action("a", late=[turn(after(60), after(135), "done")])], "1 dépassement", "1 h 15 min"),
        ([action("a", late=[turn(after(60))])], "1 dépassement", "1 jamais terminée"),
        ([action("a", late=[turn(after(60), after(70), "done"), turn(after(90), after(99), "done", 2)])],
         "2 dépassements", "10 min"),
    ],
)  # fmt: skip
def test_steps_late_and_by_how_much(case, steps, value, longest):
    found = course.steps_late(case(*steps))
    assert found.value.translate(SPACES) == value
    assert longest in found.note.translate(SPACES)


def slot(name, *, offered=6, places=6, booked=0, state="ouvert", **more):
    return thing("slot", name, offered=offered, places=places, booked=booked, state=state, offered_at=after(90), **more)


def test_places_offered_taken_left_and_withdrawn(case):
    found = means.places(case(slot("a", booked=4), slot("b", places=1, booked=1, state="retire")))
    assert said(found) == ("12 offertes, 5 prises, 2 inutilisées", 12)
    assert "5 retirées" in found.note.translate(SPACES)


def test_a_place_offered_before_the_opening_makes_no_delay(case):
    before = thing("slot", "a", offered=1, places=1, booked=0, state="ouvert", offered_at=after(-60))
    assert said(speed.opening_to_first_place(case(before))) == ("Déjà offerte avant l’ouverture", 0)


def structure(name, weekdays=(0, 1, 2, 3, 4)):
    return thing("structure", name, reporting={"weekdays": list(weekdays)}, closures=[])


def test_coverage_counts_those_due_and_leaves_the_closing_day(case):
    counts = [
        DayCount(date(2026, 6, 29), {"reporters": ["a", "free"]}),
        DayCount(date(2026, 6, 30), {"reporters": ["a", "b"]}),
        DayCount(date(2026, 7, 1), {"reporters": []}),
    ]
    found = means.coverage(case(structure("a"), structure("b"), structure("free", ()), days=counts))
    assert said(found) == ("3 sur 4 attendues (75 %)", 75.0)


def test_visits_nobody_reported_are_not_a_zero_but_a_reported_zero_is(case):
    assert said(means.visits(case())) == ("Non mesuré", None)
    assert said(means.visits(case(days=[DayCount(OPENED.date(), {"visits": 0})]))) == ("0 visite", 0)


def need(name, asked, available, status="open"):
    return thing("need", name, asked_at=OPENED, crisis="c1", kind="consultations", unit="consultations", asked=asked,
                 available=available, status=status, what="w", asked_by="samu")  # fmt: skip


def test_unmet_needs_come_most_missing_first_and_a_met_one_is_covered(case):
    found = case(need("a", 12, 10), need("b", 20, 5, "dropped"), need("c", 4, 2, "met"), need("d", 3, 3))
    assert [(one.need, one.missing) for one in means.unmet(found)] == [("b", 15), ("a", 2)]
    assert said(means.needs(found)) == ("2 couverts sur 4", 2)


def test_certificates_give_median_and_longest(case):
    rows = [thing("certificate", str(wait), requested_at=OPENED, minutes=wait, profession="medecin")
            for wait in (65, 115, 220)]  # fmt: skip
    assert said(means.certificates(case(*rows))) == ("1 h 55 min (médiane), 3 h 40 min au plus", 115)


def test_partners_answers_and_silences(case):
    asked = [
        thing("request", "a", asked_at=OPENED, answered_at=after(90), partner="ars", reminders=2),
        thing("request", "b", asked_at=OPENED, partner="samu"),
    ]
    found = speed.partners(case(*asked))
    assert said(found) == ("1 h 30 min", 90)
    assert "2 relances, 1 sans réponse" in found.note.translate(SPACES)


def test_acknowledgements_measured_none_or_unknown(case):
    read = thing("message", "p", sent=1, read=1, sent_at=OPENED, read_at=after(7))
    never = thing("message", "q", sent=1, escalations=2)
    assert said(speed.acknowledgements(case(read, never))) == ("7 min", 7)
    assert said(speed.acknowledgements(case(never))) == ("Aucun, pour 1 sujet", 0)
    assert said(speed.acknowledgements(case(thing("message", "r", sent=3)))) == ("Non mesuré", None)


def test_points_due_at_nine_each_day_it_was_open(case):
    published = thing("point", "p", published_at=after(60), late=True, number=1)
    found = course.points(case(published))
    assert said(found) == ("1 sur 3 attendus", 1)
    assert "1 en retard" in found.note.translate(SPACES)


def test_a_function_called_and_never_held_is_named(case):
    session = thing("cell", "s", crises=["c1"], called=["pilote", "liaison"], filled=["pilote"])
    assert "liaison" in course.cell(case(session)).note


def test_silences_of_a_source_count_inside_the_crisis_only(case):
    old = [after(-9000).isoformat(), after(-8000).isoformat()]
    inside = [after(60).isoformat(), after(150).isoformat()]
    found = course.silences(case(thing("source", "meteo-france", silences=[old, inside])))
    assert said(found) == ("1 silence", 1)
    assert "1 h 30 min" in found.note.translate(SPACES)


def test_what_names_another_crisis_is_left_out_and_what_names_both_is_shared(case):
    other = Span("c2", "afflux", after(600), after(700))
    rows = [
        thing("slot", "ours", offered=1, places=1, booked=0, state="ouvert", crisis="c1"),
        thing("slot", "theirs", offered=9, places=9, booked=0, state="ouvert", crisis="c2"),
        thing("slot", "nobody", offered=5, places=5, booked=0, state="ouvert"),
        thing("cell", "both", crises=["c1", "c2"]),
    ]
    found = case(*rows, others=[other])
    assert [(one.entity, one.shared) for one in found.all("slot")] == [("nobody", True), ("ours", False)]
    assert [one.shared for one in found.all("cell")] == [True]


def test_an_alert_cited_by_another_plan_only_is_not_ours(case):
    other = Span("c2", "afflux", after(10), after(700))
    rows = [
        thing("proposal", "p1", playbook="canicule", evidence=[{"alert": "a1", "at": OPENED.isoformat()}]),
        thing("proposal", "p2", playbook="afflux", evidence=[{"alert": name} for name in ("a1", "a2")]),
        *(thing("alert", name) for name in ("a1", "a2", "a3")),
    ]
    found = case(*rows, others=[other])
    assert [(one.entity, one.shared) for one in found.all("alert")] == [("a1", True), ("a3", True)]


def test_a_refusal_of_the_week_before_belongs_and_one_under_the_crisis_before_does_not(case):
    before = Span("c0", "canicule", after(-20_000), after(-3000))
    old = thing("proposal", "old", after(-4000), playbook="canicule")
    new = thing("proposal", "new", after(-1000), playbook="canicule")
    assert [one.entity for one in case(old, new, others=[before]).all("proposal")] == ["new"]


def test_a_long_story_keeps_its_decisions_and_says_what_is_left_out(case):
    calls = [
        Thing("contact", str(rank), after(rank), OPENED.date(), {"partner": "ars", "direction": "recu", "text": "t"})
        for rank in range(MOST + 20)
    ]
    moves = [
        Thing("level", f"c1:{rank}", after(rank), OPENED.date(),
              {"crisis": "c1", "from_level": 0, "level": 1, "reason": "r", "by": "coord-a"})
        for rank in (1, 2000)
    ]  # fmt: skip
    found, left_out = timeline(case(*calls, *moves))
    assert (len(found), left_out) == (MOST, 24)
    assert [one.kind for one in found].count("niveau") == 2
    assert found == tuple(sorted(found, key=lambda one: one.at))


def test_the_level_of_a_day_is_the_highest_it_knew(case):
    moves = [
        Thing("level", f"c1:{rank}", at, at.date(), {"crisis": "c1", "from_level": 0, "level": level, "reason": "r",
                                                     "by": "x"})
        for rank, (at, level) in enumerate([(OPENED, 1), (after(60), 3), (after(120), 2), (CLOSED, 0)])
    ]  # fmt: skip
    assert [day.level for day in facts_of(case(*moves)).daily] == [3, 2, 2]
