"""The figures of the situation screen are those of the point of that day; only the cell reads who stayed silent."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from contracts.base import Role
from contracts.digests import AskDigest, ListDigests, ValidateDigest
from contracts.figures import AskBoardFigures
from contracts.logbook import AskHead
from services.digests import known, screen
from services.platform.errors import Forbidden, Invalid
from services.platform.testing import person, role_token

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
REFERENT = person("referent", Role.REFERENT, on_duty=("referent",))
PRO = person("med-1", Role.PROFESSIONAL)


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


async def board(desk, caller=COORD, **asked):
    return await desk.ask(AskBoardFigures(**asked), caller=caller)


async def published(desk, model):
    await model.move(desk, model.THURSDAY, 9)
    card = (await desk.ask(ListDigests(), caller=COORD))["items"][0]
    found = await desk.ask(AskDigest(digest=card["id"], form="json"), caller=COORD)
    return card, json.loads(base64.b64decode(found["body"]))


def rows_of(found):
    return {row["key"]: row for row in found["rows"]}


async def test_shows_the_numbers_of_the_point_of_that_day(model_desk, model):
    card, point = await published(model_desk, model)
    found = await board(model_desk)
    rows = rows_of(found)
    table = next(block for section in point["sections"] if section["key"] == "chiffres"
                 for block in section["blocks"] if block["kind"] == "table")  # fmt: skip
    printed = {cells[0]: cells for cells in table["rows"]}
    assert set(printed) == {row["label"] for row in found["rows"] if row["key"] != "tension_deshydratation"}
    for row in found["rows"]:
        cells = printed.get(row["label"])
        if cells:
            assert cells[1].split(" (")[0] == row["day_words"], row["key"]
            assert cells[2].split(" (")[0] == row["eve_words"], row["key"]
    for item in point["figures"]["indicators"]:
        row = rows[item["key"]]
        assert (row["day"], row["eve"], row["reported"], row["due"]) == (
            item["value"], item["before"], item["reported"], item["due"],
        )  # fmt: skip
    said = found["free"]["said"]
    assert (said["digest"], said["number"], said["free"], said["free_evening"]) == (card["id"], 6, 34, 5)
    assert (found["reported"], found["due"], found["missing"], found["up_to"]) == (14, 17, 3, 412)


async def test_reads_as_the_direction_writes_it(model_desk, model):
    await published(model_desk, model)
    rows = rows_of(await board(model_desk))
    told = {key: (plain(row["day_words"]), plain(row["eve_words"]), plain(row["change_words"]), row["coverage_words"])
            for key, row in rows.items()}  # fmt: skip
    assert told == {
        "places": ("64", "48", "–", "complet"),
        "places_prises": ("57", "33", "–", "complet"),
        "consultations_non_programmees": ("212", "181", "+30 %", "9 sur 11"),
        "vad_medecin_urgente": ("37", "29", "+40 %", "9 sur 11"),
        "vad_infirmier_non_urgente": ("164", "141", "+39 %", "5 sur 6"),
        "perfusions": ("9", "6", "5 → 9", "5 sur 6"),
        "tensions": ("23", "15", "–", "spontané"),
        "tension_deshydratation": ("12", "7", "–", "spontané"),
        "certificats": ("4 / 4", "2 / 2", "–", "complet"),
    }
    assert [row["indent"] for row in rows.values()] == [False, True, *[False] * 5, True, False]


async def test_the_live_line_moves_and_keeps_what_the_point_said(model_desk, model):
    await published(model_desk, model)
    await model_desk.tick(at=model.at(model.THURSDAY, 9, 5))
    await model_desk.hear(model.slot(f"jeu-{model.SAVIGNY}", model.THURSDAY, model.SAVIGNY, 12, 6))
    free = (await board(model_desk))["free"]
    assert (free["free"], free["places"], free["free_evening"], free["said"]["free"]) == (32, 58, 5, 34)
    assert datetime.fromisoformat(free["as_of"]) == model.at(model.THURSDAY, 9, 5)


async def test_a_correction_says_when_and_a_missing_line_is_no_zero(crisis_desk, model):
    desk = crisis_desk
    await desk.tick(at=model.at(model.WEDNESDAY, 8))
    await desk.hear_many(model.doctors_of(model.TUESDAY, model.DOCTORS[:2], (5, 7), (1, 0)))
    await desk.tick(at=model.at(model.WEDNESDAY, 8, 20))
    await desk.hear(model.vad("cab-1", model.TUESDAY, "medecin", "urgente", 3, version=2, previous=1))
    found = await board(desk)
    rows = rows_of(found)
    visits, drips = rows["vad_medecin_urgente"], rows["perfusions"]
    assert (visits["day"], visits["eve"], visits["missing"], visits["missing_eve"]) == (3, None, False, True)
    assert datetime.fromisoformat(visits["corrected_at"]) == model.at(model.WEDNESDAY, 8, 20)
    assert (drips["day"], drips["day_words"], drips["missing"], drips["coverage_words"]) == (
        None, "manque", True, "0 sur 6",
    )  # fmt: skip
    assert [item["name"] for item in found["missing_structures"]][:2] == ["Structure cab-10", "Structure cab-11"]
    assert (found["reported"], found["due"], found["missing"]) == (2, 17, 15)


async def test_before_the_first_figures_says_when_they_are_awaited(crisis_desk, model):
    found = await board(crisis_desk)  # Saturday the 27th at 8:15; structures answer for Monday to Friday
    assert (found["empty"], found["rows"], found["missing_structures"]) == (True, [], [])
    assert datetime.fromisoformat(found["next_expected_at"]) == model.at(date(2026, 6, 30), 8)
    assert found["free"]["places"] == 0
    assert found["points"] == []


async def test_a_past_day_reads_what_its_point_knew(model_desk, model):
    desk = model_desk
    _, point = await published(desk, model)
    then = await board(desk)
    await desk.tick(at=model.at(model.THURSDAY, 11))
    await desk.hear(model.vad("cab-1", model.WEDNESDAY, "medecin", "urgente", 40, version=2, previous=5))
    await desk.tick(at=model.at(model.THURSDAY + timedelta(days=1), 7))
    later = await board(desk, day=model.THURSDAY)
    assert later["rows"] == then["rows"]
    assert later["free"]["free"] == point["figures"]["capacity_today"]["free"]
    with pytest.raises(Invalid):
        await board(desk, day=model.THURSDAY + timedelta(days=2))


async def test_outside_sees_totals_and_no_name(model_desk, model):
    card, _ = await published(model_desk, model)
    ars = role_token(Role.ARS)
    found = await board(model_desk, ars)
    assert (found["missing"], found["missing_structures"], found["points"], found["free"]["said"]) == (3, [], [], None)
    assert "Structure" not in json.dumps(found)
    assert rows_of(found)["tensions"]["day"] == 23
    await model_desk.do(ValidateDigest(digest=card["id"]), caller=REFERENT)
    found = await board(model_desk, ars)
    assert [point["id"] for point in found["points"]] == [card["id"]]
    assert found["free"]["said"]["free"] == 34
    with pytest.raises(Forbidden):
        await board(model_desk, PRO)


async def test_stands_without_the_logbook(model_desk):
    del model_desk.answers[AskHead]
    assert (await board(model_desk))["up_to"] == 0


def test_reads_through_indexes_however_long_the_history():
    engine = create_engine("sqlite://")
    known.KnownRow.metadata.create_all(engine, tables=[known.KnownRow.__table__])
    now = datetime(2026, 7, 2, 7, tzinfo=UTC)
    plans = []
    with engine.connect() as connection:
        for query in known.world_queries("nord-essonne", now, now.date() - timedelta(days=2), now.date(), screen.KINDS):
            text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
            plans.append(" ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")))
    counted, moved, standing, stood, whole = plans
    for plan in (counted, moved):
        assert "day>? AND day<?" in plan, plan
    assert "open=? AND until=?" in standing
    assert "open=? AND until>?" in stood
    assert "kind=?" in whole
