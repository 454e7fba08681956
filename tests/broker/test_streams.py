"""The stream lost, repaired, read again: in the order it had, each fact once."""

from __future__ import annotations

import asyncio

import pytest

from services.platform.runner import Tocsin
from tests.counting import make_echo, make_service

pytestmark = pytest.mark.broker


async def test_several_services_tell_a_lost_stream_again_in_its_order(settings, territories, ground):
    async with Tocsin([make_service(), make_echo()], settings, territories) as tocsin:
        for _ in range(3):
            await ground.count(tocsin, "a", 120)
        await tocsin.settled()
        before = await ground.stream(tocsin)
        assert {kind for _, kind, _ in before} == {"count.counted", "echo.echoed"}
        await tocsin.js.delete_stream("FACTS")
        await ground.count(tocsin, "a", 50)

        async def told_again():
            return len(await ground.echoes(tocsin.instances[1], "own-a")) == 410

        await ground.until(told_again)
        await tocsin.settled()
        after = await ground.stream(tocsin)
        assert after[: len(before)] == before, "what was lost comes first, in its order, under its ids"
        assert len({fact[0] for fact in after}) == len(after) == 820
        assert await ground.echoes(tocsin.instances[1], "a") == list(range(1, 411))


async def test_a_stream_lost_while_the_desk_was_down_is_told_again_at_start(settings, territories, ground):
    async with Tocsin([make_service(), make_echo()], settings, territories) as tocsin:
        await ground.count(tocsin, "a", 250)
        await tocsin.settled()
        before = await ground.stream(tocsin)
        await tocsin.js.delete_stream("FACTS")
    async with Tocsin([make_service(), make_echo()], settings, territories) as tocsin:
        await ground.count(tocsin, "a")
        await tocsin.settled()
        assert (await ground.stream(tocsin))[:500] == before
        assert await ground.echoes(tocsin.instances[1], "a") == list(range(1, 252))


async def test_a_service_that_starts_to_hear_an_older_fact_reads_it(settings, territories, ground):
    async with Tocsin([make_service(), make_echo(hears_counts=False)], settings, territories) as tocsin:
        await ground.count(tocsin, "a", 150)
        await tocsin.settled()
        assert await ground.echoes(tocsin.instances[1], "a") == []
    async with Tocsin([make_service(), make_echo()], settings, territories) as tocsin:
        await tocsin.started()
        await tocsin.settled()
        assert await ground.echoes(tocsin.instances[1], "a") == list(range(1, 151))
        assert await ground.echoes(tocsin.instances[1], "own-a") == list(range(1, 151))


async def test_a_restart_in_the_middle_of_a_load_loses_and_doubles_nothing(settings, territories, ground):
    asked: list[asyncio.Task] = []
    async with Tocsin([make_service(), make_echo()], settings, territories) as tocsin:
        asked = [asyncio.create_task(ground.count(tocsin, "a")) for _ in range(200)]
        await ground.until(lambda: sum(task.done() for task in asked) >= 50)
    answered = [task.result()[0] for task in asked if task.done() and not task.cancelled() and not task.exception()]
    await asyncio.gather(*(_end(task) for task in asked))
    async with Tocsin([make_service(), make_echo()], settings, territories) as tocsin:
        await tocsin.started()
        await tocsin.settled()
        held = (await ground.counts(tocsin.instances[0]))["a"]
        assert held >= sum(not reply.refusal for reply in answered)
        assert await ground.echoes(tocsin.instances[1], "a") == list(range(1, held + 1))
        told = [value for _, kind, value in await ground.stream(tocsin) if kind == "count.counted"]
        assert told == list(range(1, held + 1))


async def _end(task):
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
