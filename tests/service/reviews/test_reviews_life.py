"""A review opens by itself, is held, published once, and its improvements are followed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.base import Role
from contracts.logbook import TextRedacted
from contracts.reviews import (
    AskReview,
    CloseImprovement,
    DecideImprovement,
    HoldReview,
    ImprovementClosed,
    ImprovementDecided,
    ImprovementLate,
    ListImprovements,
    ListReviews,
    PublishReview,
    ReviewHeld,
    ReviewLate,
    ReviewOpened,
    ReviewPublished,
)
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person, role_token
from tests.service.reviews.conftest import CLOSED, COORD, after, closed, opened, story, tell, visits


def found_of(items, key):
    return next(item for item in items if item["key"] == key)


async def held(desk, **more):
    body = {"review": "c1", "kind": "a_chaud", "held_on": date(2026, 7, 4), "worked": "La relève du matin."}
    await desk.do(HoldReview.model_validate(body | more), caller=COORD)


async def test_a_closed_crisis_opens_its_review_once_even_when_told_again(desk):
    await tell(desk, story())
    [opened_] = await desk.facts(ReviewOpened)
    assert (opened_.crisis, opened_.playbook, opened_.due_on) == ("c1", "canicule", date(2026, 7, 10))
    await desk.hear(closed(), id="again")
    assert len(await desk.facts(ReviewOpened)) == 1


async def test_an_open_crisis_has_no_review_yet(desk):
    await tell(desk, story()[:-2])
    assert (await desk.ask(ListReviews()))["items"] == []
    with pytest.raises(NotFound):
        await desk.ask(AskReview(review="c1"))


async def test_the_clock_says_it_late_once_and_only_when_nobody_held_it(desk):
    await tell(desk, story())
    await desk.tick(at=CLOSED + timedelta(days=7))
    assert await desk.facts(ReviewLate) == []  # the last day is not over
    await desk.tick(at=CLOSED + timedelta(days=8))
    await desk.tick(minutes=1)
    [late] = await desk.facts(ReviewLate)
    assert late.due_on == date(2026, 7, 10)
    [item] = (await desk.ask(ListReviews()))["items"]
    assert (item["late"], item["status"]) == (True, "a_tenir")


async def test_a_review_held_in_time_is_never_late(desk):
    await tell(desk, story())
    desk.clock.set(CLOSED + timedelta(days=1))
    await held(desk)
    await desk.tick(at=CLOSED + timedelta(days=30))
    assert await desk.facts(ReviewLate) == []
    [said] = await desk.facts(ReviewHeld)
    assert (said.kind, said.by) == ("a_chaud", "coord-a")
    assert (said.worked is None, said.lacked is None) == (False, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"held_on": date(2026, 7, 9)}, "à venir"),
        ({"held_on": date(2026, 6, 1)}, "précède la crise"),
        ({"worked": " "}, "une phrase"),
    ],
)
async def test_a_meeting_that_makes_no_sense_is_refused(desk, change, words):
    await tell(desk, story())
    desk.clock.set(CLOSED + timedelta(days=1))
    with pytest.raises(Invalid, match=words):
        await held(desk, **change)


async def test_published_facts_are_frozen_and_say_where_the_journal_stood(desk):
    await tell(desk, story())
    desk.clock.set(CLOSED + timedelta(days=1))
    with pytest.raises(Conflict, match="réunion"):
        await desk.do(PublishReview(review="c1"), caller=COORD)
    await held(desk)
    before = await desk.ask(AskReview(review="c1"))
    await desk.do(PublishReview(review="c1"), caller=COORD)
    await desk.hear(visits(40, date(2026, 7, 1)))
    frozen = await desk.ask(AskReview(review="c1"))
    assert frozen["facts"] == before["facts"]
    [said] = await desk.facts(ReviewPublished)
    assert (frozen["up_to"], frozen["sha256"]) == (42, said.sha256)
    with pytest.raises(Conflict, match="déjà publié"):
        await desk.do(PublishReview(review="c1"), caller=COORD)


async def test_a_late_report_still_counts_until_the_publication(desk):
    await tell(desk, story())
    await desk.hear(visits(40, date(2026, 7, 1)))
    facts = (await desk.ask(AskReview(review="c1")))["facts"]
    assert found_of(facts["indicators"], "visites")["number"] == 44


async def test_an_improvement_is_owned_dated_late_once_then_done_by_a_plan_version(desk):
    await tell(desk, story())
    made = await desk.do(
        DecideImprovement(review="c1", title="Relire la liste des certificateurs", owner="coordinatrice",
                          due_on=date(2026, 8, 1)),
        caller=COORD,
    )  # fmt: skip
    [decided] = await desk.facts(ImprovementDecided)
    assert (decided.owner, decided.status) == ("coordinatrice", "open")
    await desk.tick(at=after(days=60))
    await desk.tick(minutes=1)
    assert len(await desk.facts(ImprovementLate)) == 1
    [item] = (await desk.ask(ListImprovements(open_only=True)))["items"]
    assert (item["late"], item["title"]) == (True, "Relire la liste des certificateurs")
    close = CloseImprovement(improvement=made["id"], status="done", plan_version=2)
    await desk.do(close, caller=COORD)
    [done] = await desk.facts(ImprovementClosed)
    assert (done.status, done.plan_version) == ("done", 2)
    assert (await desk.ask(ListImprovements(open_only=True)))["items"] == []
    with pytest.raises(Conflict, match="déjà faite"):
        await desk.do(close, caller=COORD)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"owner": "Nadia Ferrand"}, "référence"),
        ({"due_on": date(2026, 7, 1)}, "passée"),
        ({"due_on": date(2030, 1, 1)}, "deux ans"),
    ],
)
async def test_an_improvement_nobody_could_follow_is_refused(desk, body, words):
    await tell(desk, story())
    command = {"review": "c1", "title": "Mieux", "owner": "referent", "due_on": date(2026, 8, 1)} | body
    with pytest.raises(Invalid, match=words):
        await desk.do(DecideImprovement.model_validate(command), caller=COORD)


async def test_dropping_asks_why(desk):
    await tell(desk, story())
    command = DecideImprovement(review="c1", title="Mieux", owner="referent", due_on=date(2026, 8, 1))
    made = await desk.do(command, caller=COORD)
    with pytest.raises(Invalid, match="pourquoi"):
        await desk.do(CloseImprovement(improvement=made["id"], status="dropped"), caller=COORD)
    await desk.do(CloseImprovement(improvement=made["id"], status="dropped", reason="Sans moyens."), caller=COORD)
    [item] = (await desk.ask(ListImprovements()))["items"]
    assert (item["status"], item["reason"], item["late"]) == ("dropped", "Sans moyens.", False)


async def test_improvements_are_paged_open_and_soonest_first(desk):
    await tell(desk, story())
    for rank in (3, 1, 2):
        command = DecideImprovement(review="c1", title=f"n {rank}", owner="referent", due_on=date(2026, 8, rank))
        made = await desk.do(command, caller=COORD)
        if rank == 1:
            close = CloseImprovement(improvement=made["id"], status="dropped", reason="Non.")
    await desk.do(close, caller=COORD)
    titles, cursor = [], None
    while True:
        page = await desk.ask(ListImprovements(limit=1, cursor=cursor))
        titles += [item["title"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert titles == ["n 2", "n 3", "n 1"]


async def test_erased_words_go_and_are_said_erased(desk):
    await tell(desk, story())
    desk.clock.set(CLOSED + timedelta(days=1))
    await held(desk)
    await desk.do(PublishReview(review="c1"), caller=COORD)
    [said] = await desk.facts(ReviewHeld)
    await desk.hear(TextRedacted(number=9, texts=(said.worked.id,), reason="Un nom."))
    found = await desk.ask(AskReview(review="c1"))
    assert found["meetings"][0]["worked"] == "[texte effacé]"
    reason = next(moment for moment in found["facts"]["timeline"] if moment["kind"] == "niveau")
    assert reason["words"] == "Vague de chaleur confirmée."


async def test_the_plan_versions_that_answer_a_review_are_named(desk):
    await tell(desk, story())
    assert (await desk.ask(AskReview(review="c1")))["plan_versions"] == [2]


async def test_the_page_stands_without_the_journal_and_the_engine(desk):
    await tell(desk, story())
    desk.answers.clear()
    found = await desk.ask(AskReview(review="c1"))
    assert found["plan_versions"] == []
    assert {moment["words"] for moment in found["facts"]["timeline"] if moment["text"]} == {"[texte non reçu]"}


@pytest.mark.parametrize("role", [Role.ARS, Role.SAMU])
async def test_partners_read_a_published_review_without_a_name(desk, role):
    await tell(desk, story())
    desk.clock.set(CLOSED + timedelta(days=1))
    await held(desk)
    caller = role_token(role)
    with pytest.raises(NotFound):
        await desk.ask(AskReview(review="c1"), caller=caller)
    assert (await desk.ask(ListReviews(), caller=caller))["items"] == []
    await desk.do(PublishReview(review="c1"), caller=COORD)
    reply = await desk.ask_reply(AskReview(review="c1"), caller=caller)
    text = reply.model_dump_json()
    assert reply.result["outside"]
    for hidden in ("coord-a", "med-1", "msp-1", "relève du matin", "Vague de chaleur confirmée"):
        assert hidden not in text
    assert found_of(reply.result["facts"]["indicators"], "places")["number"] == 6
    with pytest.raises(Forbidden):
        await desk.ask(ListImprovements(), caller=caller)


async def test_only_those_on_duty_decide_and_other_territories_see_nothing(desk):
    await tell(desk, story())
    away = person("coord-b", Role.COORDINATOR)
    command = DecideImprovement(review="c1", title="Mieux", owner="referent", due_on=date(2026, 8, 1))
    for caller in (away, role_token(Role.SAMU), role_token(Role.PROFESSIONAL)):
        with pytest.raises(Forbidden):
            await desk.do(command, caller=caller)
    elsewhere = person("coord-c", Role.COORDINATOR, territory="sud-essonne")
    with pytest.raises(Forbidden):
        await desk.ask(AskReview(review="c1"), caller=elsewhere)
    with pytest.raises(NotFound):
        await desk.do(command.model_copy(update={"review": "nowhere"}), caller=COORD)


async def test_a_drill_has_its_review_in_its_own_territory(desk):
    twin = "nord-essonne~exercice"
    for fact in (opened(), closed()):
        await desk.hear(fact, territory=twin)
    assert (await desk.ask(ListReviews()))["items"] == []
    [item] = (await desk.ask(ListReviews(), territory=twin))["items"]
    assert item["crisis"] == "c1"
