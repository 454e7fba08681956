"""The statement of capacity: one page, numbered, the same bytes for ever, without structure nor professional."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import timedelta

import pytest
from pypdf import PdfReader

from contracts.activity import PartnerRequested
from contracts.base import Page, Role
from contracts.certificates import AskCensus
from contracts.logbook import AskHead
from contracts.slots import SlotOffered
from contracts.statements import AskStatement, CapacityStatementIssued, IssueCapacityStatement, ListStatements
from services.digests.statement_page import render_statement
from services.platform.errors import Forbidden, NotFound
from services.platform.testing import person, role_token

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
RESTING = person("coord-b", Role.COORDINATOR)
ARS = role_token(Role.ARS)


def census(desk):
    """Doctors everywhere by day; nobody by night in Wissous and Morangis, some hours of the week-end uncovered."""
    items = []
    for commune in desk.territories["nord-essonne"].communes:
        for band, hours in (("jour", 60), ("nuit", 84), ("week-end", 24)):
            lost = hours if band == "nuit" and commune.name in {"Wissous", "Morangis"} else 0
            lost = 6 if band == "week-end" and commune.name == "Viry-Châtillon" else lost
            items.append({"commune": commune.code, "band": band, "hours": hours, "uncovered_hours": lost,
                          "hole": bool(lost)})  # fmt: skip
    return Page(items=tuple(items))


@pytest.fixture
async def desk(model_desk):
    model_desk.answers[AskCensus] = lambda question: census(model_desk)
    return model_desk


async def issue(desk, caller=COORD, **asked):
    return (await desk.do(IssueCapacityStatement(**asked), caller=caller))["id"]


async def read(desk, name, form="pdf", caller=COORD):
    found = await desk.ask(AskStatement(statement=name, form=form), caller=caller)
    raw = base64.b64decode(found["body"])
    return json.loads(raw) if form == "json" else raw


def words_of(pdf):
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) == 1
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


async def test_says_what_the_territory_can_do_on_one_page(desk, tmp_path):
    name = await issue(desk)
    pdf = await read(desk, name)
    (tmp_path / "etat.pdf").write_bytes(pdf)
    words = words_of(pdf)
    for said in (
        "État des capacités n° 1", "CPTS Nord-Essonne", "Jeudi 2 juillet 2026, 8 h 50", "RÉEL",
        "Canicule, 6e jour de crise : niveau 3 CPTS depuis mer. 1er, 9 h 12", "sur 58, dont 5 après 17 h",
        "personne la nuit : Wissous et Morangis", "des heures sans personne le week",
        "2 fermées aujourd’hui", "14 sur 17 ont envoyé", "Arrêté à l’entrée n° 412", "7c1e94ab20d7e3f5" * 4,
        "la coordinatrice d’astreinte", "demandée à 6 h 50, attend depuis 2 h",
    ):  # fmt: skip
        assert said in words, said
    found = await read(desk, name, "json")
    assert [(day["places"], day["booked"], day["free"]) for day in found["days"]] == [(58, 24, 34), (0, 0, 0)]
    assert sum(row["days"][0]["free"] for row in found["communes"]) == 34
    assert sum(row["tensions"] for row in found["communes"]) == sum(item["count"] for item in found["tensions"]) == 23


async def test_names_no_structure_and_no_professional(desk, model):
    await desk.hear(PartnerRequested(request="r9", partner="Dr Untel", text=model.ref("renfort"),
                                     asked_at=model.at(model.THURSDAY, 8)))  # fmt: skip
    name = await issue(desk)
    content = await read(desk, name, "json")
    content.pop("by")  # a reference, for the cell alone
    said = words_of(await read(desk, name)) + json.dumps(content, ensure_ascii=False)
    for hidden in ("Structure cab", "cab-1", "med-1", "Ferrand", "Benali", "Vasseur", "Untel", "EHPAD de Savigny"):
        assert hidden not in said, hidden


async def test_is_numbered_without_gap_and_its_bytes_never_change(desk, model):
    first = await issue(desk)
    pdf = await read(desk, first)
    await desk.hear(model.slot("more", model.THURSDAY, model.PARAY, 9, 0))
    second = await issue(desk, send=True)
    assert await read(desk, first) == pdf
    assert await read(desk, "1") == pdf
    assert await read(desk, second) != pdf
    told = await desk.facts(CapacityStatementIssued)
    assert [(fact.statement, fact.number, fact.send) for fact in told] == [(first, 1, False), (second, 2, True)]
    assert told[0].sha256 == hashlib.sha256(pdf).hexdigest()
    assert (told[0].up_to, told[0].head) == (412, "7c1e94ab20d7e3f5" * 4)
    frozen = await read(desk, first, "json")
    assert render_statement(frozen) == pdf  # the content alone makes the same bytes
    listed = (await desk.ask(ListStatements(), caller=COORD))["items"]
    assert [(item["number"], item["sent"]) for item in listed] == [(2, True), (1, False)]


async def test_two_at_once_take_one_number(desk):
    replies = await desk.do_many([IssueCapacityStatement(), IssueCapacityStatement()], caller=COORD)
    refused = [reply.refusal for reply in replies if reply.refusal]
    assert [refusal.kind for refusal in refused] == ["conflict"]
    assert "n° 1 vient d'être émis" in refused[0].message
    assert len(await desk.facts(CapacityStatementIssued)) == 1


async def test_only_who_is_on_duty_issues_and_outside_reads_what_was_sent(desk):
    for caller in (RESTING, ARS):
        with pytest.raises(Forbidden):
            await issue(desk, caller)
    kept, sent = await issue(desk), await issue(desk, send=True)
    items = (await desk.ask(ListStatements(), caller=ARS))["items"]
    assert [item["id"] for item in items] == [sent]
    assert "by" not in items[0]
    assert await read(desk, sent, caller=ARS) == await read(desk, sent)
    with pytest.raises(NotFound):
        await read(desk, kept, caller=ARS)
    with pytest.raises(Forbidden):
        await read(desk, sent, caller=person("med-1", Role.PROFESSIONAL))
    with pytest.raises(NotFound):
        await read(desk, "99")


async def test_says_what_did_not_answer(desk):
    del desk.answers[AskCensus]
    del desk.answers[AskHead]
    words = words_of(await read(desk, await issue(desk)))
    assert "Le recensement des certificateurs n’a pas répondu" in words
    assert "Établi sans le journal de bord" in words
    assert "non connu" in words


async def test_holds_one_page_with_a_thousand_slots(desk, model):
    facts = []
    communes = [commune.code for commune in desk.territories["nord-essonne"].communes]
    for n in range(1000):
        day = model.THURSDAY + timedelta(days=n % 2)
        body = model.slot(f"big-{n}", day, communes[n % len(communes)], 9, n % 9, 8 + n % 13).model_dump()
        body["mode"] = ("consultation", "visite", "teleconsultation")[n % 3]
        facts.append(SlotOffered.model_validate(body))
    await desk.hear_many(facts)
    for n in range(40):
        await desk.hear(PartnerRequested(request=f"q{n}", partner="ars", text=model.ref("renfort"),
                                         asked_at=model.at(model.WEDNESDAY, 8, n)))  # fmt: skip
    name = await issue(desk)
    words = words_of(await read(desk, name))
    assert "autres, plus récentes" in words
    assert "Visites à domicile" in words
    content = await read(desk, name, "json")
    many = [dict(content["communes"][0], name=f"Commune numéro {n}", code=f"{n:05d}") for n in range(60)]
    wide = words_of(render_statement(content | {"communes": many}))
    assert "autres communes" in wide
