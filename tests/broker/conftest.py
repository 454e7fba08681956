"""What the tests of the ground share: waiting on a condition, reading the stream, a bus of their own."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from sqlalchemy import select

from contracts.base import PLATFORM
from services.platform.data_lock import DataLock
from services.platform.nats_server import NatsServer
from tests.counting import Count, CountRow, EchoRow

HOME = "nord-essonne"


class Ground:
    """Helpers, handed as the fixture ``ground``."""

    @staticmethod
    async def until(condition, patience: float = 15.0) -> None:
        """Wait until ``condition()``, which may be a coroutine, holds."""
        end = time.monotonic() + patience
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            assert time.monotonic() < end, "the condition never held"
            await asyncio.sleep(0.02)

    @staticmethod
    async def count(tocsin, name, times=1, **how):
        """Ask for ``times`` counts at once; the replies."""
        asked = (
            tocsin.bus.request(Count(name=name), territory=HOME, caller=PLATFORM, patience=15, **how)
            for _ in range(times)
        )
        return await asyncio.gather(*asked)

    @staticmethod
    async def counts(instance):
        rows = await instance.database.read(lambda s: s.execute(select(CountRow)).scalars().all())
        return {row.name: row.value for row in rows}

    @staticmethod
    async def echoes(instance, name):
        """Values heard under a name, in the order they were heard."""
        rows = await instance.database.read(
            lambda s: s.execute(select(EchoRow).where(EchoRow.name == name).order_by(EchoRow.place)).scalars().all()
        )
        return [row.value for row in rows]

    @staticmethod
    async def stream(tocsin):
        """Every fact of the stream: (id, type, value), in its order."""
        info = await tocsin.js.stream_info("FACTS")
        found = []
        for sequence in range(info.state.first_seq, info.state.last_seq + 1):
            fact = json.loads((await tocsin.js.get_msg("FACTS", sequence, direct=True)).data)
            found.append((fact["id"], fact["type"], fact["data"]["value"]))
        return found


@pytest.fixture
def ground():
    return Ground()


@pytest.fixture
async def bus(tmp_path):
    """A nats-server that several desks share."""
    lock = DataLock(tmp_path / "bus")
    lock.take()
    server = NatsServer(tmp_path / "bus", lock)
    await server.start()
    yield server
    await server.stop()
    lock.release()
