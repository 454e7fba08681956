"""The page « gravité et proportion des moyens »: what it says, and that it stays one A4 page."""

import base64
import io
import json
from datetime import timedelta

import pypdf
import pytest

from contracts.activity import ListRequests
from contracts.base import Page, Role
from contracts.cell import AskMeansPage, CloseNeed, ConveneCell, JudgeGravity, NotePresence, StateNeed, UpdateNeed
from contracts.directory import PeopleFound, PersonEnrolled, PersonName, WhoAre
from contracts.logbook import AskHead, HeadFound
from contracts.slots import ListSlots
from services.cell import SERVICE
from services.platform.errors import Forbidden, NotFound
from services.platform.testing import START, person, role_token
from tests.service.cell.test_cell_service import COORD, PEOPLE, close_crisis, open_crisis

A4 = (595, 842)


def slot(crisis, *, places=4, booked=1, state="ouvert"):
    return {"crisis": crisis, "state": state, "places": places, "booked": booked, "free": places - booked}


def others(desk, *, requests=1):
    """What the other services answer."""
    asked = [
        {"partner": "samu", "asked_at": (START - timedelta(hours=number)).isoformat(), "age_minutes": 60 * number,
         "text": f"Renfort {number} ?", "reminders": 0, "crisis": None if number % 2 else "c1"}
        for number in range(1, requests + 1)
    ]  # fmt: skip
    elsewhere = {**asked[0], "crisis": "c2", "text": "Pour l'autre crise"} if asked else None
    desk.answers[ListRequests] = lambda _: Page(items=tuple(asked + ([elsewhere] if elsewhere else [])))
    desk.answers[ListSlots] = lambda _: Page(
        items=(slot("c1"), slot("c1", state="activable"), slot("c2", places=10, booked=10), slot(None, places=2))
    )
    desk.answers[WhoAre] = lambda question: PeopleFound(
        people=tuple(PersonName(person=name, name=f"Nom de {name}") for name in question.people)
    )
    desk.answers[AskHead] = lambda _: HeadFound(number=128, hash="b" * 64)


@pytest.fixture
async def desk(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear_many([PersonEnrolled(person=name) for name in PEOPLE])
    await open_crisis(desk, "c1")
    await open_crisis(desk, "c2", "afflux-de-victimes", level=1)
    others(desk)
    return desk


def need(number=0, **changes) -> StateNeed:
    fields = {"crisis": "c1", "kind": "consultations", "what": f"Besoin {number}", "unit": "places", "asked": 12,
              "asked_by": "samu"}  # fmt: skip
    return StateNeed(**(fields | changes))


async def content_of(desk, crisis="c1"):
    found = await desk.ask(AskMeansPage(crisis=crisis, form="json"), caller=COORD)
    return json.loads(base64.b64decode(found["body"]))


async def printed(desk, crisis="c1"):
    found = await desk.ask(AskMeansPage(crisis=crisis), caller=COORD)
    assert found["media_type"] == "application/pdf"
    reader = pypdf.PdfReader(io.BytesIO(base64.b64decode(found["body"])))
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == A4
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    words = " ".join("\n".join(page.extract_text() for page in reader.pages).replace("\u202f", " ").split())
    return len(reader.pages), words


@pytest.mark.parametrize("count", [0, 1, 40])
async def test_it_is_one_a4_page_whatever_there_is_to_say(desk, count):
    await desk.do_many([need(number, what="Un besoin long à dire. " * 15) for number in range(count)], caller=COORD)
    pages, words = await printed(desk)
    assert pages == 1
    assert ("Aucun besoin" in words) == (count == 0)
    assert ("autres besoins" in words) == (count == 40)


async def test_it_stays_one_page_with_the_longest_words_everywhere(desk):
    others(desk, requests=60)
    await desk.do(ConveneCell(), caller=COORD)
    for _ in range(12):
        await desk.do(NotePresence(function="autre", outsider="Une personne au nom fort long " * 4), caller=COORD)
    kinds = [f"sorte_{letter}" for letter in "abcdefghij"]
    needs = [need(number, kind=kinds[number % 10], what="Mot " * 120) for number in range(60)]
    await desk.do_many(needs, caller=COORD)
    judged = JudgeGravity(crisis="c1", gravity="extreme", proportion="insuffisants", reason="Raison longue. " * 130)
    await desk.do(judged, caller=COORD)
    pages, words = await printed(desk)
    assert pages == 1
    assert "Gravité extrême, moyens insuffisants" in words


async def test_what_is_short_is_never_what_is_left_out(desk):
    made = [(await desk.do(need(number, available=12), caller=COORD))["id"] for number in range(39)]
    for name in made[:20]:
        await desk.do(CloseNeed(need=name, status="met"), caller=COORD)
    await desk.do(need(99, what="Le besoin qui manque", asked=7), caller=COORD)
    pages, words = await printed(desk)
    assert pages == 1
    assert "Le besoin qui manque" in words
    assert "dont 0 à couvrir" in words


async def test_twelve_asked_and_fourteen_found_reads_as_a_margin(desk):
    made = await desk.do(need(wanted_by=desk.clock.now() + timedelta(hours=1)), caller=COORD)
    await desk.do(UpdateNeed(need=made["id"], available=14), caller=COORD)
    content = await content_of(desk)
    (shown,) = content["needs"]
    assert (shown["missing"], shown["margin"], shown["asker"]) == (0, 2, "SAMU 91 et SAS")
    assert "0 (marge 2)" in (await printed(desk))[1]


async def test_the_places_the_other_crisis_took_are_apart(desk):
    mine, other, none = (await content_of(desk))["places"]
    assert (mine["playbook"], mine["places"], mine["free"], mine["activable"]) == ("canicule", 4, 3, 4)
    assert (other["playbook"], other["places"], other["booked"]) == ("afflux-de-victimes", 10, 10)
    assert (none["playbook"], none["places"]) == (None, 2)
    assert "Afflux de victimes 10 10 0" in (await printed(desk))[1]


async def test_requests_of_this_crisis_and_of_none_are_there_with_their_age(desk):
    others(desk, requests=3)
    content = await content_of(desk)
    assert [item["minutes"] for item in content["requests"]] == [180, 120, 60]
    assert "Pour l'autre crise" not in json.dumps(content, ensure_ascii=False)


async def test_it_names_who_holds_the_cell_and_who_judged(desk):
    await desk.do(ConveneCell(), caller=COORD)
    await desk.do(NotePresence(function="pilote"), caller=COORD)
    reason = "Deux médecins de plus à midi."
    await desk.do(JudgeGravity(crisis="c1", gravity="forte", proportion="justes", reason=reason), caller=COORD)
    _, words = await printed(desk)
    for said in ("Pilote : Nom de referent", "Appelées, sans personne : coordination,", "Gravité forte, moyens justes",
                 reason, "Nom de coord-a", "l’entrée n° 128"):  # fmt: skip
        assert said in words.replace("\xa0", " "), said


async def test_a_silent_service_leaves_a_line_and_blocks_nothing(desk):
    desk.answers.clear()
    await desk.do(need(), caller=COORD)
    content = await content_of(desk)
    assert (content["places"], content["requests"], content["head"]) == (None, None, None)
    pages, words = await printed(desk)
    assert pages == 1
    for said in ("Sans réponse de : les demandes aux partenaires, les places du jour, l’annuaire et le journal de bord",
                 "Établi sans le journal", "Besoin 0"):  # fmt: skip
        assert said in words.replace("\xa0", " "), said


async def test_a_closed_crisis_keeps_its_page(desk):
    await desk.do(need(), caller=COORD)
    await close_crisis(desk, "c1")
    _, words = await printed(desk)
    assert "crise close" in words
    assert "abandonné" in words


async def test_only_the_desk_reads_it(desk):
    for caller in (role_token(Role.ARS), role_token(Role.SAMU), person("med-1", Role.PROFESSIONAL)):
        with pytest.raises(Forbidden):
            await desk.ask(AskMeansPage(crisis="c1"), caller=caller)
    with pytest.raises(NotFound):
        await desk.ask(AskMeansPage(crisis="zz"), caller=COORD)
