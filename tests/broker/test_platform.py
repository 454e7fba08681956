"""The ground on a real nats-server: once, in order, through restarts."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from contracts.base import PLATFORM
from services.platform.runner import Tocsin
from tests.counting import Count, CountRow, make_service

pytestmark = pytest.mark.broker
HOME = "nord-essonne"


async def values(tocsin):
    rows = await tocsin.instances[0].database.read(lambda s: s.execute(select(CountRow)).scalars().all())
    return {row.name: row.value for row in rows}


async def count(tocsin, name, **how):
    return await tocsin.bus.request(Count(name=name), territory=HOME, caller=PLATFORM, **how)


async def test_a_command_becomes_a_fact_heard_once(settings, territories):
    async with Tocsin([make_service()], settings, territories) as tocsin:
        replies = await asyncio.gather(*(count(tocsin, "a") for _ in range(200)))
        assert sorted(int(r.result["id"]) for r in replies) == list(range(1, 201))
        await tocsin.settled()
        assert await values(tocsin) == {"a": 200, "heard-a": 200}
        info = await tocsin.js.stream_info("FACTS")
        assert info.state.messages == 200


async def test_the_stream_is_deleted_and_told_again(settings, territories):
    async with Tocsin([make_service()], settings, territories) as tocsin:
        await asyncio.gather(*(count(tocsin, "a") for _ in range(300)))
        await tocsin.settled()
        await tocsin.js.delete_stream("FACTS")
        await count(tocsin, "b")
        for _ in range(100):
            if (await values(tocsin)).get("heard-b"):
                break
            await asyncio.sleep(0.1)
        await tocsin.settled()
        assert await values(tocsin) == {"a": 300, "heard-a": 300, "b": 1, "heard-b": 1}
        assert (await tocsin.js.stream_info("FACTS")).state.messages == 301


async def test_a_killed_bus_loses_nothing(settings, territories):
    async with Tocsin([make_service()], settings, territories) as tocsin:
        sent = [asyncio.create_task(count(tocsin, "a", id=f"c{n}", patience=10)) for n in range(300)]
        await asyncio.sleep(0.05)
        os.kill(tocsin.nats.pid, signal.SIGKILL)
        replies = await asyncio.gather(*sent)
        assert sum(not reply.refusal for reply in replies) == 300
        await tocsin.settled()
        assert await values(tocsin) == {"a": 300, "heard-a": 300}


async def test_a_normal_stop_is_not_told_as_a_cut(settings, territories):
    with capture_logs() as told:
        async with Tocsin([make_service()], settings, territories) as tocsin:
            await tocsin.settled()
    assert [entry for entry in told if entry["log_level"] in {"warning", "error"}] == []
