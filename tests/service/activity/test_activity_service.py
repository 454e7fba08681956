from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.activity import (
    ActivityReported,
    AnswerRequest,
    AskCoverage,
    AskPartner,
    ListReports,
    ListRequests,
    ListTensions,
    PartnerAnswered,
    PartnerRequested,
    ReportActivity,
    ReportTension,
    ReportVad,
    TensionReported,
    VadReported,
)
from contracts.base import Role
from contracts.directory import Closure, Reporting, StructureEnrolled
from contracts.levels import CrisisClosed, CrisisOpened
from services.activity import SERVICE
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import START, person, role_token

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
MED1 = person("med-1", Role.PROFESSIONAL, structure="msp-paray")
ARS = role_token(Role.ARS)
TODAY = date(2026, 6, 29)


@pytest.fixture
async def desk(desk_for, territories):
    desk = await desk_for(SERVICE)
    for structure in territories["nord-essonne"].seed["structures"]:
        for territory in ("nord-essonne", "nord-essonne~exercice"):
            await desk.hear(StructureEnrolled.model_validate(structure), territory=territory)
    return desk


def vad(**changes) -> ReportVad:
    fields = {"structure": "msp-paray", "day": TODAY, "profession": "medecin", "kind": "urgente", "count": 9}
    return ReportVad(**(fields | changes))


async def test_a_correction_replaces_and_both_are_told(desk):
    first = (await desk.do(vad(), caller=MED1))["id"]
    second = (await desk.do(vad(count=4), caller=COORD))["id"]
    told, corrected = await desk.facts(VadReported)
    assert (told.count, told.version, told.replaces, told.entered_by) == (9, 1, None, None)
    assert (corrected.count, corrected.previous, corrected.version) == (4, 9, 2)
    assert (corrected.report, corrected.replaces, corrected.entered_by) == (second, first, "coord-a")
    (row,) = (await desk.ask(ListReports(), caller=COORD))["items"]
    assert (row["value"], row["previous"], row["version"], row["commune"]) == (4, 9, 2, "91479")


async def test_the_same_value_again_is_not_a_correction(desk):
    first = await desk.reply(vad(), caller=MED1)
    again = await desk.reply(vad(), caller=MED1)
    assert (first.created, again.created) == (True, False)
    assert first.result == again.result
    assert len(await desk.facts(VadReported)) == 1


async def test_reports_that_arrive_together_keep_their_order(desk):
    replies = await desk.do_many([vad(count=count) for count in (1, 2, 2, 3)], caller=MED1)
    assert [reply.created for reply in replies] == [True, True, False, True]
    assert [(fact.previous, fact.count) for fact in await desk.facts(VadReported)] == [(None, 1), (1, 2), (2, 3)]


async def test_visits_of_nurses_and_doctors_never_mix(desk):
    await desk.do(vad(count=3), caller=COORD)
    await desk.do(vad(profession="infirmier", count=40), caller=COORD)
    await desk.do(vad(kind="non_urgente", count=5), caller=COORD)
    await desk.do(ReportActivity(structure="msp-paray", day=TODAY, indicator="perfusions", value=2), caller=COORD)
    assert all(fact.version == 1 for fact in await desk.facts(VadReported))
    rows = (await desk.ask(ListReports(), caller=COORD))["items"]
    assert {(row["profession"], row["kind"], row["indicator"], row["value"]) for row in rows} == {
        ("medecin", "urgente", None, 3),
        ("infirmier", "urgente", None, 40),
        ("medecin", "non_urgente", None, 5),
        (None, None, "perfusions", 2),
    }
    (fact,) = await desk.facts(ActivityReported)
    assert (fact.commune, fact.value) == ("91479", 2)


@pytest.mark.parametrize(
    ("command", "caller", "error", "words"),
    [
        (vad(structure="msp-ailleurs"), COORD, NotFound, "annuaire"),
        (vad(structure="msp-athis"), MED1, Forbidden, "votre structure"),
        (vad(), person("coord-b", Role.COORDINATOR), Forbidden, "astreinte"),
        (vad(), ARS, Forbidden, "pas le droit"),
        (vad(day=TODAY + timedelta(days=1)), MED1, Invalid, "à venir"),
        (vad(kind="bizarre"), MED1, Invalid, "urgente"),
        (ReportTension(structure="msp-paray", kind="autre", commune="75056"), MED1, Invalid, "INSEE"),
    ],
    ids=["unknown", "another's", "off duty", "ars", "tomorrow", "unknown kind", "commune elsewhere"],
)
async def test_reports_refused(desk, command, caller, error, words):
    with pytest.raises(error, match=words):
        await desk.do(command, caller=caller)


async def test_late_reports_are_taken_for_a_week_after_the_end(desk):
    opened = CrisisOpened(
        crisis="c1", playbook="canicule", plan_version=1, plan_sha256="0", typology="T2", opened_at=START
    )
    await desk.hear(opened)
    await desk.tick(days=2)
    closed_at = desk.clock.now()
    closed = CrisisClosed(crisis="c1", version=3, playbook="canicule", opened_at=START, closed_at=closed_at)
    await desk.hear(closed)
    await desk.tick(days=7)
    await desk.do(vad(), caller=MED1)
    await desk.tick(seconds=1)
    with pytest.raises(Conflict, match="journal de bord"):
        await desk.do(vad(count=3), caller=MED1)
    await desk.do(vad(day=TODAY + timedelta(days=4), count=3), caller=MED1)  # after the episode: always taken
    await desk.do(vad(day=TODAY - timedelta(days=1), count=3), caller=MED1)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 6, 28), 4),
        (date(2026, 7, 1), 17),
        (date(2026, 7, 14), 4),
        (date(2026, 7, 15), 14),
        (date(2026, 7, 13), 17),
    ],
    ids=["a Sunday", "a Wednesday", "14 July", "the day after", "a Monday"],
)
async def test_only_who_is_due_is_expected(desk, day, due):
    assert (await desk.ask(AskCoverage(day=day), caller=COORD))["due"] == due


async def test_coverage_names_for_coordinators_counts_for_the_others(desk):
    sunday = date(2026, 6, 28)
    await desk.do(vad(structure="cab-juvisy", day=sunday, count=0), caller=COORD)
    await desk.do(vad(day=sunday), caller=MED1)
    found = await desk.ask(AskCoverage(day=sunday), caller=COORD)
    assert (found["due"], found["reported"], found["missing"], found["free"]) == (4, 1, 3, 1)
    missing = {row["structure"] for row in found["items"] if row["missing"]}
    assert missing == {"idel-morangis", "idel-athis", "idel-savigny"}
    (juvisy,) = [row for row in found["items"] if row["structure"] == "cab-juvisy"]
    assert juvisy["reported_indicators"] == ["vad_medecin"]
    for caller in (MED1, ARS):
        assert (await desk.ask(AskCoverage(day=sunday), caller=caller))["items"] == []


async def test_an_older_enrolment_changes_nothing(desk):
    fields = {"structure": "idel-x", "kind": "cabinet", "name": "X", "commune": "91479"}
    every_day = Reporting(weekdays=tuple(range(7)))
    shut = (Closure(first=TODAY, last=TODAY),)
    await desk.hear(StructureEnrolled(**fields, version=2, reporting=every_day, closures=shut))
    await desk.hear(StructureEnrolled(**fields, version=1, reporting=every_day))
    found = await desk.ask(AskCoverage(day=TODAY), caller=COORD)
    assert "idel-x" not in {row["structure"] for row in found["items"]}


async def test_tensions_keep_their_note_at_home(desk):
    seen_at = START - timedelta(hours=1)
    command = ReportTension(
        structure="msp-paray",
        kind="deshydratation",
        commune="91027",
        count=3,
        note="Trois en une matinée",
        seen_at=seen_at,
    )
    await desk.do(command, caller=MED1)
    await desk.do(command.model_copy(update={"structure": "msp-athis", "note": ""}), caller=COORD)
    (fact, _) = await desk.facts(TensionReported)
    assert "matinée" not in fact.model_dump_json()
    assert (await desk.said())[0].time == seen_at
    rows = (await desk.ask(ListTensions(), caller=COORD))["items"]
    assert {row["note"] for row in rows} == {"Trois en une matinée", ""}
    assert [row["structure"] for row in (await desk.ask(ListTensions(), caller=MED1))["items"]] == ["msp-paray"]
    assert (await desk.ask(ListTensions(first=TODAY, last=TODAY), caller=ARS))["items"] == [
        {"day": "2026-06-29", "commune": "91027", "kind": "deshydratation", "count": 6}
    ]


async def test_a_request_without_an_answer_grows_old(desk):
    asked_at = START - timedelta(hours=1)
    request = (await desk.do(AskPartner(partner="ars", text="Renfort vendredi soir", asked_at=asked_at), caller=COORD))[
        "id"
    ]
    await desk.tick(minutes=30)
    await desk.do(AnswerRequest(request=request, answer="Relance par téléphone", closes=False), caller=COORD)
    (row,) = (await desk.ask(ListRequests(open_only=True), caller=COORD))["items"]
    assert (row["age_minutes"], row["status"], row["reminders"]) == (90, "open", 1)
    assert (row["text"], row["answers"][0]["text"]) == ("Renfort vendredi soir", "Relance par téléphone")
    assert "text" not in (await desk.ask(ListRequests(), caller=ARS))["items"][0]
    await desk.tick(minutes=30)
    await desk.do(AnswerRequest(request=request, answer="Accordé"), caller=COORD)
    assert (await desk.ask(ListRequests(open_only=True), caller=COORD))["items"] == []
    assert (await desk.ask(ListRequests(), caller=COORD))["items"][0]["age_minutes"] == 120
    with pytest.raises(Conflict):
        await desk.do(AnswerRequest(request=request, answer="Encore"), caller=COORD)
    assert [fact.closes for fact in await desk.facts(PartnerAnswered)] == [False, True]
    (told,) = await desk.facts(PartnerRequested)
    assert "Renfort" not in told.model_dump_json()


async def test_reports_by_structure_are_not_for_the_ars(desk):
    await desk.do(vad(), caller=MED1)
    with pytest.raises(Forbidden, match="figures"):
        await desk.ask(ListReports(), caller=ARS)
    other = person("med-2", Role.PROFESSIONAL, structure="msp-athis")
    assert (await desk.ask(ListReports(), caller=other))["items"] == []


async def test_lists_come_in_pages(desk):
    for day in range(5):
        await desk.do(vad(day=TODAY - timedelta(days=day)), caller=MED1)
        await desk.do(AskPartner(partner="ars", text=str(day)), caller=COORD)
    for question in (ListReports, ListRequests):
        seen, cursor = [], None
        while True:
            page = await desk.ask(question(limit=2, cursor=cursor), caller=COORD)
            seen += [row["id"] for row in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 5


async def test_the_exercise_has_its_own_figures(desk):
    exercise = "nord-essonne~exercice"
    await desk.do(vad(count=1), territory=exercise)
    await desk.do(vad(count=2))
    assert [fact.version for fact in await desk.facts(VadReported)] == [1, 1]
    (row,) = (await desk.ask(ListReports(), territory=exercise))["items"]
    assert row["value"] == 1


async def test_a_future_hour_is_refused(desk):
    with pytest.raises(Invalid, match="à venir"):
        await desk.do(AskPartner(partner="ars", text="x", asked_at=datetime(2027, 1, 1, tzinfo=UTC)), caller=COORD)


async def test_a_professional_reports_for_their_own_structure_only(desk):
    own = {"structure": "msp-paray"}
    tension = ReportTension(kind="surcharge", commune="91479", **own)
    figure = ReportActivity(day=TODAY, indicator="consultations_non_programmees", value=31, **own)
    for command in (vad(), figure, tension):
        await desk.do(command, caller=MED1)
        for caller in (person("med-2", Role.PROFESSIONAL, structure="msp-athis"), person("med-9", Role.PROFESSIONAL)):
            with pytest.raises(Forbidden, match="votre structure"):
                await desk.do(command, caller=caller)
    with pytest.raises(Forbidden):
        await desk.do(AskPartner(partner="ars", text="Renfort"), caller=MED1)
    assert {row["structure"] for row in (await desk.ask(ListReports(), caller=MED1))["items"]} == {"msp-paray"}
    assert (await desk.ask(AskCoverage(day=TODAY), caller=MED1))["items"] == []
    assert [fact.data.get("entered_by") for fact in await desk.said()] == [None, None, None]
