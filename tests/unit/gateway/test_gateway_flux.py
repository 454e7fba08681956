"""The stream of the screens: entries for those inside, zones for all, a session that may end or change its duties."""

import asyncio
import contextlib

import pytest

from contracts.base import Principal, Role
from contracts.logbook import AskHead
from services.gateway import auth
from services.gateway.console import board, live
from services.gateway.console.seal import SESSION, Seal
from services.platform.errors import Unavailable
from services.platform.settings import Settings
from tests.unit.gateway.conftest import HOME, TOKENS
from tests.unit.gateway.test_gateway_stream import Client


class Flux(Client):
    """The stream of a screen."""

    def __init__(self, app, query, **headers):
        super().__init__(app, query, **headers)
        path = f"/poste/{HOME}/flux"
        self.scope |= {"path": path, "raw_path": path.encode()}

    async def shows(self, holds):
        async with asyncio.timeout(5):
            while not holds():
                self.moved.clear()
                await self.moved.wait()


MOMENT = "2026-06-29T06:00:00+00:00"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name in ("FIRST_BEAT", "NEXT_BEAT", "ZONES_BEAT"):
        monkeypatch.setattr(board, name, 0.01)
    monkeypatch.setattr(auth, "KEEP_SECONDS", 0.0)


@pytest.fixture
def open_flux(app, bus, tmp_path):
    seal = Seal.of(Settings(data_dir=tmp_path))
    bus.tokens["ars"] = Principal(id="role:ars", roles=(Role.ARS,), territories=(HOME,))

    def opened(caller="coord", query=""):
        return Flux(app, query, cookie=f"{SESSION}={seal.session(caller)}", authorization="")

    return opened


def entry(bus, kind="information"):
    bus.add(
        kind=kind, author="coord-a", occurred_at=MOMENT, written_at=MOMENT, late=False, verified=None, erased=False,
        corrected_by=None,
    )  # fmt: skip
    return bus.entries[-1]


async def test_an_entry_comes_drawn_then_the_zones(bus, open_flux):
    async with open_flux() as client:
        assert client.status == 200
        await client.shows(lambda: "event: vivant" in client.text)
        await bus.tell(entry(bus))
        await client.shows(lambda: '"zone":"decider"' in client.text)
        assert client.numbers == [1]
        assert '<li id=\\"entree-1\\"' in client.text


async def test_those_outside_receive_zones_and_no_entry(bus, open_flux):
    async with open_flux("ars") as client:
        await bus.tell(entry(bus))
        await client.shows(lambda: '"zone":"barre"' in client.text)
        assert client.numbers == []
        assert "entrée 1" not in client.text


async def test_a_screen_that_was_cut_receives_what_it_missed_once(bus, open_flux):
    for _ in range(3):
        entry(bus)
    async with open_flux(query="apres=1") as client:
        await client.shows(lambda: '"zone":"decider"' in client.text)
        assert client.numbers == [2, 3]


async def test_a_change_of_duty_moves_the_stream_to_its_new_audience(bus, open_flux):
    holder = TOKENS["coord"]
    async with open_flux() as client:
        await bus.tell(entry(bus))
        await client.shows(lambda: "Aucune décision" in client.text or "ne répondent pas" in client.text)
        bus.tokens["coord"] = holder.model_copy(update={"on_duty": ()})
        before = client.text.count('"zone":"barre"')
        await bus.tell(entry(bus, "releve"))
        await client.shows(lambda: "hors astreinte" in client.text)
        assert client.text.count('"zone":"barre"') > before
        assert client.numbers == [1, 2]


async def test_a_session_over_ends_the_stream_even_while_facts_come(bus, open_flux, monkeypatch):
    monkeypatch.setattr(live, "SESSION_SECONDS", 0.0)
    async with open_flux() as client:
        await bus.tell(entry(bus))
        await client.shows(lambda: client.numbers == [1])
        del bus.tokens["coord"]
        await bus.tell(entry(bus))
        await client.shows(lambda: client.ended)


async def test_nobody_signed_in_has_no_stream(open_flux):
    async with open_flux("unknown") as client:
        assert client.status == 401


async def test_many_screens_opening_at_once_ask_once_where_the_journal_is(bus, open_flux):
    entry(bus)
    async with contextlib.AsyncExitStack() as stack:
        opening = [stack.enter_async_context(open_flux(query="apres=0")) for _ in range(20)]
        clients = await asyncio.gather(*opening)
        for client in clients:
            await client.shows(lambda client=client: client.numbers == [1])
    assert len(bus.asked(AskHead)) <= 6


async def test_a_journal_that_does_not_answer_is_waited_for(bus, open_flux, monkeypatch):
    monkeypatch.setattr(live, "PING_SECONDS", 0.05)
    entry(bus)
    async with open_flux(query="apres=0") as client:
        bus.replies[AskHead] = Unavailable()
        await client.shows(lambda: "event: vivant" in client.text)
        bus.replies.clear()
        await client.shows(lambda: client.numbers == [1])
