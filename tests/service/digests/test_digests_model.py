"""The point of the sixth day, fed with the sums of the model: same figures, same places, two pages."""

from __future__ import annotations

import base64
import io
import json

import pytest
from pypdf import PdfReader

from contracts.base import Role
from contracts.digests import AskDigest, DigestPublished, DraftDigest, ListDigests, ValidateDigest
from services.platform.errors import Forbidden
from services.platform.testing import person, role_token

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
REFERENT = person("referent", Role.REFERENT, on_duty=("referent",))


async def document(desk, digest, form="json", version="interne", caller=COORD):
    found = await desk.ask(AskDigest(digest=digest, form=form, version=version), caller=caller)
    raw = base64.b64decode(found["body"])
    return json.loads(raw) if form == "json" else raw


async def published(desk, model):
    await model.move(desk, model.THURSDAY, 9)
    items = (await desk.ask(ListDigests(), caller=COORD))["items"]
    return items[0]


async def test_day_six_has_the_figures_of_the_model(model_desk, model):
    card = await published(model_desk, model)
    assert (card["number"], card["status"], card["late"]) == (6, "publié", False)
    point = await document(model_desk, card["id"])
    figures = point["figures"]
    table = {item["key"]: item for item in figures["indicators"]}
    seen = table["consultations_non_programmees"]
    assert (seen["value"], seen["before"], seen["same_now"], seen["same_before"]) == (212, 181, 198, 152)
    assert (seen["reported"], seen["due"], seen["reported_before"], seen["due_before"]) == (9, 11, 10, 11)
    visits, nurses, drips = (table[key] for key in ("vad_medecin_urgente", "vad_infirmier_non_urgente", "perfusions"))
    assert (visits["value"], visits["before"], visits["same_now"], visits["same_before"]) == (37, 29, 35, 25)
    assert (nurses["value"], nurses["before"], nurses["same_now"], nurses["same_before"]) == (164, 141, 164, 118)
    assert (drips["value"], drips["before"], drips["same_now"], drips["same_before"]) == (9, 6, 9, 5)
    capacity = [(figures[name]["places"], figures[name]["booked"], figures[name]["free"])
                for name in ("capacity_before", "capacity", "capacity_today")]  # fmt: skip
    assert capacity == [(48, 33, 15), (64, 57, 7), (58, 24, 34)]
    assert figures["capacity_today"]["free_evening"] == 5
    assert sorted(figures["capacity_today"]["by_commune"].values()) == [2, 4, 6, 7, 7, 8]
    assert figures["tensions"] == {
        "deshydratation": 12,
        "acces_aux_soins": 5,
        "coup_de_chaleur": 4,
        "rupture_de_continuite": 2,
    }
    assert sum(figures["tensions_by_commune"].values()) == 23
    assert sum(figures["tensions_before"].values()) == 15
    assert (
        figures["certificates"]["requested"],
        figures["certificates"]["signed"],
        figures["certificates"]["median"],
    ) == (4, 4, 115)
    assert (figures["certificates"]["longest"], figures["certificates"]["longest_at_night"]) == (280, True)
    cover = figures["coverage"]
    assert (cover["enrolled"], cover["due"], cover["reported"], cover["other_pace"], cover["closed"]) == (
        22,
        17,
        14,
        3,
        2,
    )
    assert [section["minutes"] for section in point["sections"]] == [1, 2, 3, 3, 3, 2, 1]
    assert len(point["essentiel"]) <= 5
    assert 1 <= len(point["decisions"]) <= 4
    assert "14 l’ont fait" in json.dumps(point, ensure_ascii=False)


async def test_prints_on_two_pages_in_each_form(model_desk, model, tmp_path):
    card = await published(model_desk, model)
    pdf = await document(model_desk, card["id"], "pdf")
    (tmp_path / "point.pdf").write_bytes(pdf)
    assert len(PdfReader(io.BytesIO(pdf)).pages) <= 2
    text = (await document(model_desk, card["id"], "txt")).decode()
    sms = text.rstrip().splitlines()[-1]
    assert len(sms) <= 160
    assert "14/17 structures" in sms
    html = (await document(model_desk, card["id"], "html")).decode()
    assert '<html lang="fr">' in html
    assert "<title>Point de situation" in html
    assert 'scope="col"' in html
    assert html.count("<h1") == 1


async def test_outside_reads_only_a_validated_point_without_names(model_desk, model):
    card = await published(model_desk, model)
    ars = role_token(Role.ARS)
    with pytest.raises(Forbidden):
        await document(model_desk, card["id"], caller=ars)
    with pytest.raises(Forbidden):
        await model_desk.do(ValidateDigest(digest=card["id"]), caller=COORD)
    await model_desk.do(ValidateDigest(digest=card["id"]), caller=REFERENT)
    point = await document(model_desk, card["id"], version="interne", caller=ars)
    words = json.dumps(point, ensure_ascii=False)
    assert point["version"] == "externe"
    for hidden in ("Structure cab", "Benali", "cab-1", "01 99", "EHPAD de Savigny", "Annexe C"):
        assert hidden not in words, hidden
    assert "Claire Vasseur" in words
    assert "Athis-Mons" in words
    assert [item["id"] for item in (await model_desk.ask(ListDigests(), caller=ars))["items"]] == [card["id"]]


async def test_a_point_made_again_reads_what_was_known_then(model_desk, model):
    desk = model_desk
    card = await published(desk, model)
    first = await document(desk, card["id"])
    await desk.tick(at=model.at(model.THURSDAY, 11))
    name, tuesday = model.DOCTORS[0], model.TUESDAY
    was = next(fact.count for fact in model.tuesday_reports() if hasattr(fact, "count") and fact.structure == name)
    await desk.hear(model.vad(name, tuesday, "medecin", "urgente", was + 5, version=2, previous=was))
    await desk.tick(at=model.at(model.THURSDAY, 11, 10))
    again = await desk.do(DraftDigest(day=model.THURSDAY, as_of=model.at(model.THURSDAY, 9)), caller=COORD)
    later = await desk.do(DraftDigest(day=model.THURSDAY, as_of=model.at(model.THURSDAY, 11, 5)), caller=COORD)
    second, third = await document(desk, again["id"]), await document(desk, later["id"])
    about = {"id", "status", "published_at"}
    assert {key: value for key, value in first.items() if key not in about} == {
        key: value for key, value in second.items() if key not in about
    }
    visits = next(item for item in third["figures"]["indicators"] if item["key"] == "vad_medecin_urgente")
    assert (visits["before"], visits["corrected_before"]) == (34, True)
    assert "corrigé" in json.dumps(third["sections"], ensure_ascii=False)
    assert (await document(desk, card["id"])) == first


async def test_each_point_is_published_once(model_desk, model):
    await published(model_desk, model)
    await model.move(model_desk, model.THURSDAY, 9, 1)
    told = await model_desk.facts(DigestPublished)
    assert [fact.number for fact in told] == [1, 2, 3, 4, 5, 6]
