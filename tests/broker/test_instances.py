"""Two instances of the same services on PostgreSQL: the lease goes from one to the other, the order stays."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import asyncpg
import pytest

from contracts.base import Envelope
from services.platform.batch import FactItem
from services.platform.errors import LeaseLost
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.platform.tables import InboxRow, LeaseRow
from services.platform.writer import Behind
from tests.conftest import POSTGRES
from tests.counting import make_echo, make_service

pytestmark = [pytest.mark.broker, pytest.mark.postgres]


@pytest.fixture
async def two(tmp_path, bus, postgres_prefix, territories):
    async with contextlib.AsyncExitStack() as stack:
        desks = []
        for name in ("a", "b"):
            settings = Settings(
                data_dir=tmp_path / name, nats_url=bus.url, bus_secret="shared",
                database_url=POSTGRES, database_schema=postgres_prefix,
            )  # fmt: skip
            services = [make_service(), make_echo()]
            desks.append(await stack.enter_async_context(Tocsin(services, settings, territories)))
        yield desks


def _holder(tocsin, index):
    return tocsin.instances[index].lease


async def _steal(loser, winner, index):
    """The lease runs out while its holder believes it still has it, and the other takes it."""

    def run_out(session):
        session.get(LeaseRow, 1, with_for_update=True).expires_at = 0.0

    while not _holder(winner, index).held:  # the loser may renew in between
        await loser.instances[index].database.write(run_out)
        await _holder(winner, index).keep()


async def test_order_is_kept_while_the_lease_is_stolen_and_returned(two, ground):
    first, second = two
    await first.started()
    loser, winner = first, second
    asked = [asyncio.create_task(ground.count(desk, "a", 60)) for desk in two for _ in range(3)]
    for _ in range(4):
        await asyncio.sleep(0.05)
        for index in (0, 1):
            if _holder(loser, index).held:
                await _steal(loser, winner, index)
        loser, winner = winner, loser
    replies = [reply for group in await asyncio.gather(*asked) for reply in group]
    assert sorted(int(reply.result["id"]) for reply in replies) == list(range(1, 361))

    echoing = first.instances[1]

    async def all_heard():
        return len(await ground.echoes(echoing, "own-a")) >= 360

    await ground.until(all_heard)
    expected = list(range(1, 361))
    assert await ground.echoes(echoing, "a") == expected, "counts were heard in order, each once"
    assert await ground.echoes(echoing, "own-a") == expected
    told = await ground.stream(first)
    assert len({fact[0] for fact in told}) == len(told) == 720, "nothing is told twice"
    assert [value for _, kind, value in told if kind == "count.counted"] == expected


async def test_a_slow_old_holder_writes_nothing(two, ground):
    old, new = two
    await old.started()
    await ground.count(old, "a")
    for index in (0, 1):
        await _steal(old, new, index)
    lease, instance = _holder(old, 1), old.instances[1]
    lease.epoch = max(lease.epoch, 1)  # it slept through the change and still believes
    fact = FactItem(envelope=_any_fact(), model=None, sequence=999)
    with pytest.raises((LeaseLost, Behind)):
        await instance.writer.hear([fact])
    assert await instance.database.read(lambda session: session.get(InboxRow, "late")) is None
    lease.epoch = 1
    with pytest.raises(LeaseLost):
        await instance.writer.transact(lambda unit: unit.session.get(LeaseRow, 1), territory="x")
    assert not lease.held, "refused once, it stops by itself"
    reply = (await ground.count(old, "a"))[0]
    assert reply.result["id"] == "2", "commands are still answered by either"


def _any_fact():
    return Envelope(
        id="late", type="count.counted", source="counting", time=datetime.now(UTC), territory="x", correlation="late"
    )


async def test_the_same_command_sent_to_both_runs_once(two, ground):
    first = two[0]
    await first.started()
    sent = [ground.count(desk, "a", 20, id="same", key="k") for desk in two]
    replies = [reply for group in await asyncio.gather(*sent) for reply in group]
    assert {reply.result["id"] for reply in replies} == {"1"}
    assert (await ground.counts(first.instances[0]))["a"] == 1


async def test_connections_cut_by_the_database_lose_nothing(two, ground, postgres_prefix):
    first = two[0]
    await first.started()
    asked = [asyncio.create_task(ground.count(first, "a", 50)) for _ in range(4)]
    database = await asyncpg.connect(POSTGRES)
    for _ in range(5):
        await asyncio.sleep(0.05)
        await database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1",
            f"tocsin {postgres_prefix}%",
        )
    await database.close()
    replies = [reply for group in await asyncio.gather(*asked) for reply in group]
    assert {reply.refusal.kind for reply in replies if reply.refusal} <= {"unavailable"}
    await ground.count(first, "a", 50)
    held = (await ground.counts(first.instances[0]))["a"]
    assert held >= 50 + sum(not reply.refusal for reply in replies)

    async def all_heard():
        return len(await ground.echoes(first.instances[1], "own-a")) >= held

    await ground.until(all_heard)
    assert await ground.echoes(first.instances[1], "own-a") == list(range(1, held + 1))
