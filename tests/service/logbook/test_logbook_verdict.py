"""The chain checked where it stands: whole, erased in part, tampered with."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from contracts.base import Role
from contracts.journal import AskVerdict
from contracts.logbook import AskHead, RedactEntry, WriteEntry
from services.logbook import checking
from services.logbook.handlers import SERVICE
from services.platform.errors import Forbidden
from services.platform.testing import person, role_token


@pytest.fixture
async def desk(desk_for, monkeypatch):
    monkeypatch.setattr(checking, "SLICE", 3)
    made = await desk_for(SERVICE)
    for number in range(1, 9):
        await made.do(WriteEntry(text=f"Ligne {number}"))
    return made


async def test_a_whole_chain_holds_and_says_its_head(desk):
    verdict = await desk.ask(AskVerdict())
    head = await desk.ask(AskHead())
    assert (verdict["ok"], verdict["entries"], verdict["head"]) == (True, 8, head["hash"])
    assert not (await desk.ask(AskVerdict(head="f" * 64)))["ok"], "a head this chain never had"


async def test_an_erased_text_is_counted_not_broken(desk):
    await desk.do(
        RedactEntry(number=2, reason="nom d'un patient"),
        caller=person("coord-a", Role.COORDINATOR, on_duty=["coordinatrice"]),
    )
    verdict = await desk.ask(AskVerdict())
    assert (verdict["ok"], verdict["erased"], verdict["entries"]) == (True, 1, 9)


async def test_a_text_changed_under_the_chain_is_found(desk, settings):
    def tamper(session):
        session.execute(text("UPDATE logbook_texts SET text = 'Autre chose' WHERE text = 'Ligne 5'"))

    await desk.database.write(tamper)
    verdict = await desk.ask(AskVerdict())
    assert not verdict["ok"]
    assert verdict["first_broken"] == 5


async def test_those_outside_do_not_read_it(desk):
    with pytest.raises(Forbidden):
        await desk.ask(AskVerdict(), caller=role_token(Role.ARS))
