"""When a point falls due, how a run of crises numbers it, who was due to report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.directory import Closure, Reporting, StructureEnrolled
from services.digests.axes import Colour, Vigilance, hot_day
from services.digests.book import Book
from services.digests.decide import Span, is_late, next_step, sequence_start, step_now
from services.digests.figures import coverage, indicator
from services.digests.known import Known, World
from services.platform.territory import Commune, Territory

TERRITORY = Territory(
    territory="essai", name="CPTS Essai", departements=("91",), communes=(Commune(code="91027", name="Athis-Mons"),)
)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


STEPS = [
    ("2026-06-27T08:15:00+02:00", "draft", "2026-06-27T08:45:00+02:00"),
    ("2026-06-27T08:45:00+02:00", "publish", "2026-06-27T09:00:00+02:00"),
    ("2026-06-27T08:50:00+02:00", "publish", "2026-06-27T09:00:00+02:00"),
    ("2026-07-01T09:12:00+02:00", "draft", "2026-07-02T08:45:00+02:00"),
    ("2026-10-24T12:00:00+02:00", "draft", "2026-10-25T08:45:00+01:00"),
]


@pytest.mark.parametrize(("now", "what", "due"), STEPS, ids=[case[0] for case in STEPS])
def test_next_step(now, what, due):
    step = next_step(TERRITORY, at(now))
    assert (step.what, step.due_at) == (what, at(due))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))  # noqa: DTZ001
def test_a_day_has_one_draft_and_one_point(start):
    now = start.replace(tzinfo=UTC)
    steps = []
    for _ in range(6):
        step = next_step(TERRITORY, now)
        assert step.due_at > now
        steps.append((step.day, step.what))
        now = step.due_at
    assert len(set(steps)) == len(steps)


@pytest.mark.parametrize(
    ("now", "what"),
    [
        ("2026-07-02T07:00:00+02:00", None),
        ("2026-07-02T08:50:00+02:00", "draft"),
        ("2026-07-02T14:00:00+02:00", "publish"),
    ],
)
def test_an_overdue_calendar_does_what_today_asks(now, what):
    step = step_now(TERRITORY, at(now))
    assert (step.what if step else None) == what


def test_late_after_two_minutes():
    due = at("2026-07-02T09:00:00+02:00")
    assert not is_late(due, due + timedelta(minutes=2))
    assert is_late(due, due + timedelta(minutes=3))


D = [at(f"2026-07-{day:02d}T10:00:00+02:00") for day in range(1, 10)]
RUNS = [
    ("none", [], D[3], None),
    ("one", [Span(D[0])], D[3], D[0]),
    ("closed before", [Span(D[0], D[1])], D[3], None),
    ("two that overlap", [Span(D[0], D[2]), Span(D[1])], D[4], D[0]),
    ("a gap starts again", [Span(D[0], D[1]), Span(D[2])], D[4], D[2]),
    ("not yet opened", [Span(D[5])], D[3], None),
    ("as of before its end", [Span(D[0], D[5])], D[3], D[0]),
]


@pytest.mark.parametrize(("spans", "moment", "start"), [case[1:] for case in RUNS], ids=[case[0] for case in RUNS])
def test_sequence(spans, moment, start):
    assert sequence_start(spans, moment) == start


WEEK = (0, 1, 2, 3, 4)
MONDAY, SUNDAY, FOURTEENTH = date(2026, 6, 29), date(2026, 6, 28), date(2026, 7, 14)


def world(day, reports=()):
    made = [
        StructureEnrolled(structure="cab", kind="cabinet", name="Cab", commune="91027",
                          reporting=Reporting(indicators=("vad_medecin",), weekdays=WEEK)),
        StructureEnrolled(structure="sept", kind="cabinet", name="Sept", commune="91027",
                          reporting=Reporting(indicators=("vad_medecin",), weekdays=(*WEEK, 5, 6), holidays=True)),
        StructureEnrolled(structure="ferme", kind="cabinet", name="Fermé", commune="91027",
                          reporting=Reporting(indicators=("vad_medecin",), weekdays=WEEK),
                          closures=(Closure(first=date(2026, 6, 1), last=date(2026, 8, 1)),)),
        StructureEnrolled(structure="libre", kind="cabinet", name="Libre", commune="91027"),
    ]  # fmt: skip
    now = at("2026-07-20T09:00:00+02:00")
    rows = [
        Known("structure", item.structure, None, False, now, now, "", item.model_dump(mode="json")) for item in made
    ]
    told = [
        Known("report", f"{name}{kind}", day, False, now, now, "",
              {"structure": name, "indicator": f"vad_medecin_{kind}", "value": value})
        for name, kind, value in reports
    ]  # fmt: skip
    return World(now, {"structure": rows, "report": told})


@pytest.mark.parametrize(
    ("day", "due"), [(MONDAY, 2), (SUNDAY, 1), (FOURTEENTH, 1)], ids=["a Monday", "a Sunday", "14 July, a holiday"]
)
def test_due_is_each_structures_own_cadence(day, due):
    found = coverage(Book(world(day)), day)
    assert (found.due, found.closed, found.enrolled) == (due, 1, 4)


def test_missing_is_not_zero_and_a_true_zero_is_said():
    book = Book(world(MONDAY, [("cab", "urgente", 0)]))
    zero = indicator(book, "vad_medecin_urgente", MONDAY, SUNDAY)
    assert (zero.value, zero.before, zero.reported, zero.due) == (0, None, 1, 2)
    nothing = indicator(Book(world(MONDAY)), "vad_medecin_urgente", MONDAY, SUNDAY)
    assert (nothing.value, nothing.reported, nothing.due) == (None, 0, 2)


def test_one_kind_of_visit_counts_as_an_answer_for_its_line():
    book = Book(world(MONDAY, [("cab", "urgente", 3), ("libre", "urgente", 5)]))
    found = indicator(book, "vad_medecin_non_urgente", MONDAY, SUNDAY)
    assert (found.value, found.reported, found.due) == (None, 1, 2)
    assert indicator(book, "vad_medecin_urgente", MONDAY, SUNDAY).value == 8


def test_days_of_heat_are_counted_from_the_first_orange():
    steps = ((Colour.JAUNE, date(2026, 6, 28)), (Colour.ORANGE, MONDAY), (Colour.ROUGE, date(2026, 7, 1)))
    state = Vigilance("canicule", Colour.ROUGE, Colour.ORANGE, steps, at("2026-07-02T06:00:00+02:00"))
    assert hot_day(state, date(2026, 7, 2)) == 4
    assert hot_day(None, MONDAY) == 0
