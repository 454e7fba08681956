from datetime import timedelta

import pytest

from contracts.activity import ListRequests
from contracts.base import Page, Role
from contracts.cell import (
    AskPartners,
    CloseNeed,
    ConveneCell,
    GravityJudged,
    JudgeGravity,
    ListContacts,
    ListJudgements,
    ListNeeds,
    NeedClosed,
    NeedStated,
    NeedUpdated,
    NoteContact,
    PartnerContacted,
    StateNeed,
    UpdateNeed,
)
from services.cell import SERVICE
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person, role_token
from tests.service.cell.test_cell_service import COORD, OFF_DUTY, open_crisis

MED = person("med-1", Role.PROFESSIONAL, structure="msp-paray")


@pytest.fixture
async def desk(desk_for):
    desk = await desk_for(SERVICE)
    await open_crisis(desk, "c1")
    return desk


def need(**changes) -> StateNeed:
    fields = {"kind": "consultations", "what": "Blessés légers", "unit": "places", "asked": 12, "asked_by": "samu"}
    return StateNeed(**(fields | changes))


def contact(**changes) -> NoteContact:
    return NoteContact(**({"partner": "samu", "direction": "recu", "text": "Douze blessés légers."} | changes))


async def items(desk, question, caller=COORD):
    return (await desk.ask(question, caller=caller))["items"]


async def test_an_exchange_is_kept_with_its_true_hour_and_its_crises(desk):
    await open_crisis(desk, "c2", "afflux-de-victimes")
    await desk.do(ConveneCell(crises=("c1",)), caller=COORD)
    at = desk.clock.now() - timedelta(minutes=25)
    await desk.do(contact(partner="SAMU 91 et SAS", channel="téléphone", person="Dr Lemoine", at=at), caller=COORD)
    await desk.do(contact(partner="Croix-Rouge", direction="emis", crises=("c2",), verified=True), caller=COORD)
    samu, cross = await desk.facts(PartnerContacted)
    assert (samu.partner, samu.crises, samu.at, samu.verified) == ("samu", ("c1",), at, False)
    assert "Lemoine" not in samu.model_dump_json()
    assert (cross.partner, cross.crises, cross.verified) == ("Croix-Rouge", ("c2",), True)
    (shown,) = await items(desk, ListContacts(crisis="c1"))
    assert (shown["name"], shown["person"], shown["by"]) == ("SAMU 91 et SAS", "Dr Lemoine", "coord-a")
    assert shown["at"] < shown["noted_at"]
    assert [one["partner"] for one in await items(desk, ListContacts(partner="SAMU"))] == ["samu"]
    with pytest.raises(Invalid, match="à venir"):
        await desk.do(contact(at=desk.clock.now() + timedelta(minutes=1)), caller=COORD)


async def test_contacts_are_read_page_by_page_newest_first(desk):
    for _ in range(5):
        await desk.do(contact(), caller=COORD)
        await desk.tick(minutes=1)
    first = await desk.ask(ListContacts(limit=3), caller=COORD)
    rest = await desk.ask(ListContacts(limit=3, cursor=first["next"]), caller=COORD)
    times = [one["at"] for one in (*first["items"], *rest["items"])]
    assert len(times) == 5
    assert times == sorted(times, reverse=True)
    assert rest["next"] is None


async def test_the_board_says_the_last_exchange_what_waits_and_who_was_never_called(desk):
    waiting = [{"partner": "ARS, délégation de l'Essonne", "age_minutes": 95}, {"partner": "ars", "age_minutes": 40}]
    desk.answers[ListRequests] = lambda question: Page(items=tuple(waiting)) if question.open_only else Page()
    await desk.do(contact(text="Premier appel."), caller=COORD)
    await desk.tick(minutes=30)
    await desk.do(contact(direction="emis", text="Rappel."), caller=COORD)
    await desk.tick(minutes=10)
    found = await desk.ask(AskPartners(), caller=COORD)
    board = {one["partner"]: one for one in found["partners"]}
    samu, ars, dac = board["samu"], board["ars"], board["dac"]
    assert (samu["contacts"], samu["last_minutes"], samu["last_direction"], samu["last_text"]) == (
        2, 10, "emis", "Rappel.",
    )  # fmt: skip
    assert (ars["requests"], ars["oldest_request_minutes"], ars["contacts"]) == (2, 95, 0)
    assert (dac["last_at"], dac["requests"]) == (None, 0)
    assert found["requests_known"]
    del desk.answers[ListRequests]
    silent = await desk.ask(AskPartners(), caller=COORD)
    assert not silent["requests_known"]
    assert len(silent["partners"]) == len(found["partners"])


async def test_twelve_asked_fourteen_found_is_a_margin_of_two(desk):
    due = desk.clock.now() + timedelta(hours=2)
    made = await desk.do(need(wanted_by=due), caller=COORD)
    with pytest.raises(Conflict, match="Il manque encore 12"):
        await desk.do(CloseNeed(need=made["id"], status="met"), caller=COORD)
    await desk.tick(hours=3)
    (late,) = await items(desk, ListNeeds())
    assert (late["missing"], late["margin"], late["late"], late["age_minutes"]) == (12, 0, True, 180)
    for _ in range(2):
        await desk.do(UpdateNeed(need=made["id"], available=14), caller=COORD)
    (shown,) = await items(desk, ListNeeds(open_only=True))
    assert (shown["missing"], shown["margin"], shown["late"], shown["crisis"]) == (0, 2, False, "c1")
    await desk.do(CloseNeed(need=made["id"], status="met"), caller=COORD)
    assert [fact.available for fact in await desk.facts(NeedUpdated)] == [14]
    (closed,) = await desk.facts(NeedClosed)
    assert (closed.status, closed.version) == ("met", 3)
    assert await items(desk, ListNeeds(open_only=True)) == []
    with pytest.raises(Conflict, match="clos"):
        await desk.do(UpdateNeed(need=made["id"], available=15), caller=COORD)


async def test_a_need_that_is_dropped_says_why(desk):
    made = await desk.do(need(), caller=COORD)
    with pytest.raises(Invalid, match="pourquoi"):
        await desk.do(CloseNeed(need=made["id"], status="dropped"), caller=COORD)
    await desk.do(CloseNeed(need=made["id"], status="dropped", reason="Le SAMU a réorienté."), caller=COORD)
    (shown,) = await items(desk, ListNeeds())
    assert (shown["status"], shown["reason"], shown["missing"]) == ("dropped", "Le SAMU a réorienté.", 12)
    with pytest.raises(NotFound):
        await desk.do(CloseNeed(need="zz", status="met"), caller=COORD)


async def test_open_needs_come_first_and_pages_lose_none(desk):
    made = [(await desk.do(need(what=f"Besoin {number}", available=12), caller=COORD))["id"] for number in range(6)]
    for closed in made[3:]:
        await desk.do(CloseNeed(need=closed, status="met"), caller=COORD)
    seen, cursor = [], None
    while True:
        page = await desk.ask(ListNeeds(limit=2, cursor=cursor), caller=COORD)
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert [one["status"] for one in seen] == ["open"] * 3 + ["met"] * 3
    assert {one["id"] for one in seen} == set(made)


async def test_with_two_crises_a_need_says_which(desk):
    await open_crisis(desk, "c2", "afflux-de-victimes")
    with pytest.raises(Invalid, match="dites laquelle"):
        await desk.do(need(), caller=COORD)
    await desk.do(need(crisis="c2"), caller=COORD)
    assert (await desk.facts(NeedStated))[0].crisis == "c2"


async def test_a_judgement_keeps_the_sums_of_its_moment(desk):
    first = await desk.do(need(available=14), caller=COORD)
    await desk.do(need(kind="visites", unit="visites", asked=5, available=1), caller=COORD)
    judged = JudgeGravity(crisis="c1", gravity="forte", proportion="justes", reason="Deux médecins de plus à midi.")
    await desk.do(judged, caller=COORD)
    await desk.tick(minutes=1)
    await desk.do(CloseNeed(need=first["id"], status="met"), caller=COORD)
    await desk.do(judged, caller=COORD)
    latest, before = await items(desk, ListJudgements(crisis="c1"))
    assert (before["needs_open"], before["needs_short"], before["version"]) == (2, 1, 1)
    assert [(each["kind"], each["missing"], each["margin"]) for each in before["sums"]] == [
        ("consultations", 0, 2), ("visites", 4, 0),
    ]  # fmt: skip
    assert (latest["needs_open"], latest["version"], latest["reason"]) == (1, 2, "Deux médecins de plus à midi.")
    assert (await desk.facts(GravityJudged))[0].by == "coord-a"


async def test_outside_one_reads_sums_of_what_one_asked_and_never_a_word(desk):
    await desk.do(need(available=5), caller=COORD)
    await desk.do(need(asked=3, asked_by="SAMU 91 et SAS"), caller=COORD)
    await desk.do(need(kind="locaux", unit="salles", asked=1, asked_by="mairies"), caller=COORD)
    (samu,) = await items(desk, ListNeeds(), role_token(Role.SAMU))
    assert samu == {"kind": "consultations", "unit": "places", "needs": 2, "asked": 15, "available": 5, "missing": 10,
                    "margin": 0}  # fmt: skip
    assert await items(desk, ListNeeds(), role_token(Role.ARS)) == []
    assert len(await items(desk, ListNeeds(), MED)) == 2
    for question in (ListContacts(), ListJudgements(), AskPartners()):
        for caller in (role_token(Role.SAMU), role_token(Role.ARS), MED):
            with pytest.raises(Forbidden):
                await desk.ask(question, caller=caller)


async def test_off_duty_one_reads_and_writes_nothing(desk):
    for command in (contact(), need(), JudgeGravity(crisis="c1", gravity="forte", proportion="justes", reason="Non.")):
        with pytest.raises(Forbidden):
            await desk.do(command, caller=OFF_DUTY)
    assert await items(desk, ListContacts(), OFF_DUTY) == []
