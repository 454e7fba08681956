"""What screens read of the journal: one entry with its ties, what changed since, filters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.activity import VadKind, VadReported
from contracts.base import Role
from contracts.directory import DutyTaken
from contracts.journal import AskSince
from contracts.logbook import CorrectEntry, ListEntries, ReadEntry, RedactEntry, WriteEntry
from services.logbook import SERVICE, since
from services.platform.errors import Forbidden, NotFound
from services.platform.testing import START, person, role_token

COORDINATOR = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
READER = person("lectrice", Role.READER)


def visits(report: str) -> VadReported:
    return VadReported(
        report=report, version=1, structure="cab-juvisy", commune="91326", day=date(2026, 6, 28),
        profession="medecin", kind=VadKind.URGENTE, count=4,
    )  # fmt: skip


async def write(desk, words, kind="information", **more):
    return (await desk.do(WriteEntry(text=words, kind=kind, **more), caller=COORDINATOR))["number"]


async def read(desk, number, caller=READER):
    return await desk.ask(ReadEntry(number=number), caller=caller)


def numbers(found):
    return [item["number"] for item in found]


async def test_an_entry_is_read_with_its_corrections_and_its_erasure(desk_for):
    desk = await desk_for(SERVICE)
    first = await write(desk, "Mme X, 3 rue des Lilas")
    for words in ("sans nom", "sans adresse"):
        await desk.do(CorrectEntry(number=first, text=words), caller=COORDINATOR)
    await desk.do(RedactEntry(number=first, reason="un nom"), caller=COORDINATOR)
    found = await read(desk, first)
    assert found["entry"]["erased"]
    assert found["entry"]["corrected_by"] == 3
    assert numbers(found["corrections"]) == [2, 3]
    assert found["erased_by"]["number"] == 4
    assert numbers(found["about"]) == [4]
    assert (await read(desk, 2))["corrects"]["number"] == first
    redaction = await read(desk, 4)
    assert numbers(redaction["erases"]) == [first]
    assert numbers(redaction["about"]) == [first]
    assert redaction["left_out"] == 0


async def test_an_entry_names_the_one_that_set_it_off(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(visits("r1"), id="fact-1")
    duty = DutyTaken(role="referent", person="referent", version=1, starts_at=START)
    await desk.hear(duty, id="fact-2", causation="fact-1")
    assert (await read(desk, 2))["cause"]["number"] == 1
    assert (await read(desk, 1))["cause"] is None


async def test_beyond_twenty_ties_the_others_are_counted(desk_for):
    desk = await desk_for(SERVICE)
    first = await write(desk, "à reprendre")
    for _ in range(22):
        await desk.do(CorrectEntry(number=first, text="encore"), caller=COORDINATOR)
    found = await read(desk, first)
    assert len(found["corrections"]) == 20
    assert found["left_out"] >= 1


async def test_an_unknown_entry_and_a_caller_from_outside_are_refused(desk_for):
    desk = await desk_for(SERVICE)
    await write(desk, "pour nous")
    with pytest.raises(NotFound):
        await read(desk, 2)
    for role in (Role.ARS, Role.SAMU, Role.PROFESSIONAL):
        with pytest.raises(Forbidden):
            await read(desk, 1, role_token(role))
        with pytest.raises(Forbidden):
            await desk.ask(AskSince(since=START), caller=role_token(role))


async def test_on_return_what_matters_is_shown_and_the_flow_is_counted(desk_for):
    desk = await desk_for(SERVICE)
    await write(desk, "avant le départ", "decision")
    desk.clock.advance(timedelta(hours=1))
    left = desk.clock.now()
    desk.clock.advance(timedelta(minutes=1))
    await desk.hear_many([visits(f"r{number}") for number in range(30)])
    await write(desk, "on ouvre la salle fraîche", "decision")
    await desk.hear(DutyTaken(role="referent", person="referent", version=1, starts_at=desk.clock.now()))
    found = await desk.ask(AskSince(since=left), caller=READER)
    assert (found["number_then"], found["number_now"]) == (1, 33)
    assert found["kinds"] == {"activite": 30, "decision": 1, "releve": 1}
    assert numbers(found["entries"]) == [32, 33]
    assert found["entries"][0]["text"] == "on ouvre la salle fraîche"
    assert found["told"] == ["30\u00a0relevés de visites à domicile"]
    assert (found["left_out"], found["unread"]) == (0, 0)
    nothing = await desk.ask(AskSince(since=desk.clock.now() + timedelta(days=1)), caller=READER)
    assert nothing["entries"] == []
    assert nothing["number_then"] == nothing["number_now"] == 33


async def test_a_long_absence_is_cut_and_says_so(desk_for, monkeypatch):
    monkeypatch.setattr(since, "MOST_READ", 10)
    desk = await desk_for(SERVICE)
    await desk.hear_many([visits(f"r{number}") for number in range(30)])
    found = await desk.ask(AskSince(since=START - timedelta(days=9)), caller=READER)
    assert found["unread"] == 20
    assert found["kinds"] == {"activite": 10}


async def test_entries_are_found_by_several_kinds_and_by_time_of_writing(desk_for):
    desk = await desk_for(SERVICE)
    await write(desk, "une information")
    await write(desk, "une décision", "decision")
    await write(desk, "un message", "message")
    desk.clock.advance(timedelta(hours=3))
    later = desk.clock.now()
    await write(desk, "sur papier ce matin", occurred_at=START)
    several = await desk.ask(ListEntries(kind="decision, message"), caller=READER)
    assert numbers(several["items"]) == [3, 2]
    happened = await desk.ask(ListEntries(first=later), caller=READER)
    assert happened["items"] == []
    written = await desk.ask(ListEntries(first=later, dated="written"), caller=READER)
    assert numbers(written["items"]) == [4]
