"""The plan de crise asked of the service on both databases: silent neighbours, what is sent and kept, who may."""

from __future__ import annotations

import base64
import json
from datetime import date

import pytest

from contracts.base import Page, Role
from contracts.crisis_plan import AskCrisisPlan, AskGaps, CrisisPlanDelivered, DeliverCrisisPlan, ListDeliveries
from contracts.directory import ListPeople, PersonEnrolled
from contracts.yearly import AskReadiness
from services.platform.errors import Forbidden, Invalid, NotFound
from services.platform.testing import HOME, person, role_token
from services.readiness import SERVICE
from services.readiness.paper import digest

OFF_DUTY = person("coord-b", Role.COORDINATOR)
OUTSIDE = (role_token(Role.ARS), person("idel-1", Role.PROFESSIONAL))


async def paper(desk, **asked):
    found = await desk.ask(AskCrisisPlan(form="json", **asked), caller=OFF_DUTY)
    return json.loads(base64.b64decode(found["body"])), found["filename"]


async def test_silent_neighbours_are_named_and_the_document_is_made(desk_for):
    desk = await desk_for(SERVICE)
    found = await desk.ask(AskGaps(), caller=role_token(Role.READER))
    assert {"la cellule", "les plans", "l’annuaire", "les retours d’expérience"} <= set(found["silent"])
    assert {"cellule", "plans", "stock-sous_minimum"} <= {gap["key"] for gap in found["gaps"]}
    content, name = await paper(desk)
    assert name == f"plan-de-crise-{HOME}-2026-06-29-1.json"
    assert content["sections"][0]["title"] == "Ce qui manque"


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-1.7"), ("docx", b"PK")])
async def test_both_forms_are_printed(desk_for, form, start):
    desk = await desk_for(SERVICE)
    found = await desk.ask(AskCrisisPlan(form=form), caller=OFF_DUTY)
    assert base64.b64decode(found["body"]).startswith(start)


async def test_what_was_sent_is_kept_whatever_changes_after(desk_for, territories):
    desk = await desk_for(SERVICE)
    people = tuple(territories[HOME].seed["people"])
    desk.answers[ListPeople] = lambda _: Page(items=people)
    for one in people:
        await desk.hear(PersonEnrolled(person=one["person"]))
    name = (await desk.do(DeliverCrisisPlan(on=date(2026, 6, 20)), caller=OFF_DUTY))["id"]
    desk.answers[ListPeople] = lambda _: Page(items=people[:1])
    sent, filename = await paper(desk, delivery=name)
    assert sent != (await paper(desk))[0]
    assert filename.endswith("-1.json")
    fact = (await desk.facts(CrisisPlanDelivered))[0]
    assert (fact.number, fact.recipients, fact.sha256, fact.by) == (1, ("ars", "cpam"), digest(sent), "coord-b")
    assert fact.gaps == len(sent["gaps"])
    cards = (await desk.ask(ListDeliveries(), caller=OFF_DUTY))["items"]
    assert [(card["number"], card["sha256"]) for card in cards] == [(1, fact.sha256)]
    duties = (await desk.ask(AskReadiness(), caller=OFF_DUTY))["duties"]
    assert [one["done_on"] for one in duties if one["duty"] == "transmission"] == ["2026-06-20"]
    await desk.do(DeliverCrisisPlan(recipients=("ars",)), caller=OFF_DUTY)
    assert [one.number for one in await desk.facts(CrisisPlanDelivered)] == [1, 2]


async def test_who_may_read_and_send(desk_for):
    desk = await desk_for(SERVICE)
    for caller in OUTSIDE:
        for question in (AskCrisisPlan(), AskGaps(), ListDeliveries()):
            with pytest.raises(Forbidden):
                await desk.ask(question, caller=caller)
        with pytest.raises(Forbidden):
            await desk.do(DeliverCrisisPlan(), caller=caller)
    with pytest.raises(Forbidden):
        await desk.do(DeliverCrisisPlan(), caller=role_token(Role.READER))
    with pytest.raises(Invalid):
        await desk.do(DeliverCrisisPlan(on=date(2026, 7, 1)), caller=OFF_DUTY)
    with pytest.raises(NotFound):
        await desk.ask(AskCrisisPlan(delivery="inconnu"), caller=OFF_DUTY)
    assert await desk.facts(CrisisPlanDelivered) == []
