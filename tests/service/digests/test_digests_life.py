"""The life of a point: drafted, edited, published once or late, never without a crisis; erasure, kit, figures."""

from __future__ import annotations

import base64
import io
import json
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from contracts.base import Envelope, Role
from contracts.digests import (
    AskDigest,
    AskFigures,
    AskKit,
    DigestDrafted,
    DigestPublished,
    DraftDigest,
    EditDigest,
    ListDigests,
    ValidateDigest,
)
from contracts.directory import PersonErased, WhoAre, WhoIsOnDuty
from contracts.levels import CrisisClosed
from contracts.logbook import AskHead, AskTexts, TextRedacted
from services.digests import SERVICE, known
from services.platform.batch import FactItem
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person, role_token

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
SATURDAY, SUNDAY = date(2026, 6, 27), date(2026, 6, 28)


async def cards(desk, caller=COORD):
    return (await desk.ask(ListDigests(), caller=caller))["items"]


async def read(desk, digest, form="json", version="interne"):
    found = await desk.ask(AskDigest(digest=digest, form=form, version=version), caller=COORD)
    raw = base64.b64decode(found["body"])
    return json.loads(raw) if form == "json" else raw


async def test_accepted_at_8_15_gives_point_one_at_nine_without_a_table(crisis_desk, model):
    desk = crisis_desk
    assert await desk.read(SERVICE.next_due) == model.at(SATURDAY, 8, 45)
    await model.move(desk, SATURDAY, 9)
    (card,) = await cards(desk)
    assert (card["number"], card["day"], card["status"]) == (1, "2026-06-27", "publié")
    point = await read(desk, card["id"])
    assert "pas encore de chiffres" in json.dumps(point["sections"], ensure_ascii=False)
    figures = next(section for section in point["sections"] if section["key"] == "chiffres")
    assert all(block["kind"] != "table" for block in figures["blocks"])
    assert point["head"] == card["head"]
    assert "témoin 412 · 7c1e 94ab" in point["foot"]
    assert await desk.read(SERVICE.next_due) == model.at(SUNDAY, 8, 45)


async def test_draft_then_edit_then_publication_keeps_the_words(crisis_desk, model):
    desk = crisis_desk
    await model.move(desk, SATURDAY, 8, 45)
    (card,) = await cards(desk)
    assert card["status"] == "brouillon"
    await desk.tick(minutes=5)
    with pytest.raises(Invalid):
        await desk.do(EditDigest(digest=card["id"], item="titre", text="x"), caller=COORD)
    await desk.do(EditDigest(digest=card["id"], item="essentiel", text="Une seule ligne."), caller=COORD)
    await desk.do(EditDigest(digest=card["id"], item="communication", text="Rien ne part."), caller=COORD)
    await model.move(desk, SATURDAY, 9)
    point = await read(desk, card["id"])
    assert point["essentiel"] == ["Une seule ligne."]
    assert "Rien ne part." in json.dumps(point["sections"][5], ensure_ascii=False)
    with pytest.raises(Conflict):
        await desk.do(EditDigest(digest=card["id"], item="essentiel", text="Trop tard."), caller=COORD)
    assert len(await desk.facts(DigestDrafted)) == 1


async def test_a_desk_down_at_nine_publishes_at_start_and_says_late(crisis_desk, model):
    desk = crisis_desk
    await model.move(desk, SATURDAY, 9)
    await model.move(desk, SUNDAY, 10, 30)
    await model.move(desk, SUNDAY, 10, 31)
    told = await desk.facts(DigestPublished)
    assert [(fact.number, fact.late) for fact in told] == [(1, False), (2, True)]
    assert told[1].as_of == model.at(SUNDAY, 10, 30)
    assert await desk.read(SERVICE.backlog) == 0


async def test_services_down_leave_a_line_and_hold_nothing_back(crisis_desk, model):
    desk = crisis_desk
    for question in (WhoIsOnDuty, WhoAre, AskTexts, AskHead):
        desk.answers.pop(question)
    await model.move(desk, SATURDAY, 9)
    (card,) = await cards(desk)
    assert (card["status"], card["up_to"], card["head"]) == ("publié", 0, "")
    words = json.dumps(await read(desk, card["id"]), ensure_ascii=False)
    assert "le journal de bord" in words
    assert "n’ont pas répondu" in words


async def test_nothing_is_due_once_the_crisis_is_closed(crisis_desk, model):
    desk = crisis_desk
    closed = model.at(SATURDAY, 8, 30)
    await desk.tick(at=closed)
    await desk.hear(CrisisClosed(crisis="c", version=2, playbook="canicule", opened_at=model.OPENED, closed_at=closed))
    assert await desk.read(SERVICE.next_due) is None
    await model.move(desk, SATURDAY, 9)
    assert await cards(desk) == []
    with pytest.raises(Conflict):
        await desk.do(DraftDigest(), caller=COORD)


async def test_only_the_referent_on_duty_validates_a_published_point(crisis_desk, model):
    desk = crisis_desk
    await model.move(desk, SATURDAY, 8, 45)
    (card,) = await cards(desk)
    token = role_token(Role.REFERENT)
    with pytest.raises(Conflict):
        await desk.do(ValidateDigest(digest=card["id"]), caller=token)
    await model.move(desk, SATURDAY, 9)
    for refused in (COORD, role_token(Role.COORDINATOR), person("referent", Role.REFERENT)):
        with pytest.raises(Forbidden):
            await desk.do(ValidateDigest(digest=card["id"]), caller=refused)
    await desk.do(ValidateDigest(digest=card["id"]), caller=token)
    with pytest.raises(Conflict):
        await desk.do(ValidateDigest(digest=card["id"]), caller=token)
    with pytest.raises(NotFound):
        await desk.do(ValidateDigest(digest="inconnu"), caller=token)
    with pytest.raises(NotFound):
        await desk.ask(AskDigest(digest=card["id"]), territory="nord-essonne~exercice")


async def test_a_point_asked_by_hand_for_now_may_leave_but_one_of_the_past_may_not(crisis_desk, model):
    desk = crisis_desk
    await model.move(desk, SATURDAY, 9, 30)
    token = role_token(Role.REFERENT)
    past = await desk.do(DraftDigest(day=SATURDAY, as_of=desk.clock.now()), caller=COORD)
    with pytest.raises(Conflict):
        await desk.do(ValidateDigest(digest=past["id"]), caller=token)
    asked = await desk.do(DraftDigest(), caller=COORD)
    await desk.do(ValidateDigest(digest=asked["id"]), caller=token)
    assert (await read(desk, asked["id"], version="externe"))["status"] == "validé"


async def test_erased_words_leave_every_digest(model_desk, model):
    desk = model_desk
    await model.move(desk, model.THURSDAY, 9)
    card = (await cards(desk))[0]
    assert "climatisation" in json.dumps(await read(desk, card["id"]), ensure_ascii=False)
    await desk.hear(TextRedacted(number=3, texts=("ehpad",), reason="nom"))
    await desk.hear(PersonErased(person="benali"))
    words = json.dumps(await read(desk, card["id"]), ensure_ascii=False)
    assert "climatisation" not in words
    assert "texte effacé" in words
    assert "Benali" not in words
    assert "personne effacée" in words


@pytest.mark.parametrize("many", [10, 10_000], ids=["ten facts", "ten thousand facts"])
async def test_two_pages_with_ten_facts_or_ten_thousand(crisis_desk, model, many):
    desk = crisis_desk
    await model.move(desk, SATURDAY, 9)
    kinds = ("deshydratation", "coup_de_chaleur", "surcharge")
    communes = [commune.code for commune in desk.territories["nord-essonne"].communes]
    facts = []
    for n in range(many):
        if n % 2:
            facts += model.tensions(SATURDAY, [(kinds[n % 3], 1)], [(communes[n % 9], 1)])
            facts[-1] = facts[-1].model_copy(update={"tension": f"t{n}"})
        elif n % 20 == 0:
            title = f"Action numéro {n} dont le titre est assez long pour tenir sur plus d’une ligne du tableau imprimé"
            facts.append(model.action(str(n), title, due=model.at(SATURDAY, 12)))
        else:
            facts.append(model.slot(f"s{n}", SUNDAY, communes[n % 9], 4, 1, 10 + n % 9))
    for start in range(0, len(facts), 500):
        await desk.hear_many(facts[start : start + 500])
    await model.move(desk, SUNDAY, 9)
    card = (await cards(desk))[0]
    pdf = PdfReader(io.BytesIO(await read(desk, card["id"], "pdf")))
    assert len(pdf.pages) <= 2
    assert pdf.metadata.title.startswith("Point de situation")
    point = await read(desk, card["id"])
    counted = sum(point["figures"]["tensions"].values())
    assert counted == many // 2
    if many > 1000:
        assert "autres en annexe" in "".join(page.extract_text() for page in pdf.pages)


async def test_kit_prints_for_the_cell_only(model_desk):
    found = await model_desk.ask(AskKit(), caller=COORD)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(base64.b64decode(found["body"]))).pages)
    for words in ("Où nous en sommes", "À qui téléphoner", "Journal de bord, page à remplir", "Wissous"):
        assert words in text
    with pytest.raises(Forbidden):
        await model_desk.ask(AskKit(), caller=role_token(Role.ARS))


async def test_figures_of_a_period_equal_the_points_and_name_nobody(model_desk, model):
    desk = model_desk
    await model.move(desk, model.THURSDAY, 9)
    ask = AskFigures(first=model.TUESDAY, last=model.WEDNESDAY, by=("day", "commune"))
    found = await desk.ask(ask, caller=role_token(Role.ARS))
    total = {}
    for row in found["rows"]:
        key = (row["indicator"], row["day"])
        total[key] = total.get(key, 0) + (row["value"] or 0)
    expected = {
        "consultations_non_programmees": (181, 212), "vad_medecin_urgente": (29, 37),
        "vad_infirmier_non_urgente": (141, 164), "perfusions": (6, 9), "places": (48, 64), "places_prises": (33, 57),
        "tension_deshydratation": (7, 12), "certificats_demandes": (2, 4), "certificats_faits": (2, 4),
    }  # fmt: skip
    for indicator, (tuesday, wednesday) in expected.items():
        assert (total[indicator, "2026-06-30"], total[indicator, "2026-07-01"]) == (tuesday, wednesday), indicator
    assert "cab-1" not in json.dumps(found)
    whole = await desk.ask(AskFigures(first=model.TUESDAY, last=model.WEDNESDAY, by=()), caller=COORD)
    seen = next(row for row in whole["rows"] if row["indicator"] == "consultations_non_programmees")
    assert (seen["value"], seen["reported"], seen["due"]) == (393, 19, 22)
    assert found["extra"]["episode"]["levels"][-1]["to"] == 3
    with pytest.raises(Invalid):
        await desk.ask(AskFigures(first=model.WEDNESDAY, last=model.TUESDAY), caller=COORD)


async def test_missing_is_a_row_without_value(crisis_desk, model):
    await crisis_desk.tick(at=model.at(date(2026, 6, 29), 9))
    monday = date(2026, 6, 29)
    found = await crisis_desk.ask(AskFigures(first=monday, last=monday), caller=COORD)
    row = next(row for row in found["rows"] if row["indicator"] == "perfusions")
    assert (row["value"], row["reported"], row["due"]) == (None, 0, 6)


async def test_late_facts_take_their_place_in_time(crisis_desk, model):
    desk = crisis_desk
    first = model.OPENED + timedelta(minutes=1)

    async def told(booked, version, recorded):
        fact = model.slot("s", SATURDAY, model.PARAY, 10, booked).model_copy(update={"version": version})
        key = f"{version}"
        envelope = Envelope(id=key, type=fact.type_name(), source="t", time=recorded, recorded=recorded,
                            territory="nord-essonne", correlation=key, data=fact.model_dump(mode="json"))  # fmt: skip
        await desk.writer.hear([FactItem(envelope=envelope, model=fact)])

    await told(1, 1, first)
    await told(3, 3, first + timedelta(minutes=20))
    await told(2, 2, first + timedelta(minutes=10))
    for minutes, booked in ((5, 1), (15, 2), (25, 3)):
        moment = first + timedelta(minutes=minutes)
        world = await desk.read(
            lambda session, moment=moment: known.read_world(session, "nord-essonne", moment, SATURDAY, SATURDAY)
        )
        assert [row.data["booked"] for row in world.all("slot")] == [booked]
