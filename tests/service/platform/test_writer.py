"""The Writer on both databases: one transaction, exact outcomes, nothing doubled."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from services.platform.errors import LeaseLost
from services.platform.tables import LeaseRow
from tests.counting import Count, Counted, CountRow, make_service


async def values(desk):
    rows = await desk.database.read(lambda s: s.execute(select(CountRow)).scalars().all())
    return {row.name: row.value for row in rows}


async def test_commands_meet_in_one_transaction_and_are_counted_once(desk_for):
    desk = await desk_for(make_service())
    replies = await desk.do_many([Count(name="a") for _ in range(50)])
    assert sorted(int(reply.result["id"]) for reply in replies) == list(range(1, 51))
    assert await values(desk) == {"a": 50}
    assert len(await desk.facts(Counted)) == 50


async def test_the_same_id_gives_the_same_answer_and_no_second_effect(desk_for):
    desk = await desk_for(make_service())
    first = await desk.reply(Count(name="a"), id="x", key="k")
    second, third = await asyncio.gather(*(desk.reply(Count(name="a"), id="x", key="k") for _ in range(2)))
    assert first == second == third
    assert await values(desk) == {"a": 1}
    other = await desk.reply(Count(name="a"), id="x", key="other")
    assert other.refusal.kind == "mismatch"


async def test_a_refusal_is_an_outcome_and_stays_one(desk_for):
    desk = await desk_for(make_service())
    await desk.do(Count(name="a"))
    refused = await desk.reply(Count(name="a", limit=1), id="r", key="k")
    assert refused.refusal.kind == "conflict"
    assert await desk.reply(Count(name="a", limit=1), id="r", key="k") == refused


async def test_one_broken_command_does_not_take_the_others_with_it(desk_for):
    desk = await desk_for(make_service())
    replies = await desk.do_many([Count(name="a"), Count(name="boom"), Count(name="b")])
    assert [bool(reply.refusal) for reply in replies] == [False, True, False]
    assert replies[1].refusal.kind == "failed"
    assert await values(desk) == {"a": 1, "b": 1}
    assert [fact.name for fact in await desk.facts(Counted)] == ["a", "b"]


async def test_a_fact_is_handled_once_however_often_it_comes(desk_for):
    desk = await desk_for(make_service())
    await desk.hear(Counted(name="f", value=1), id="fact-1")
    await desk.hear(Counted(name="f", value=9), id="fact-1")
    await desk.hear_many([Counted(name="g", value=1), Counted(name="g", value=2)], ids=["same", "same"])
    assert await values(desk) == {"heard-f": 1, "heard-g": 1}


async def test_facts_behind_a_broken_one_wait_for_it(desk_for):
    desk = await desk_for(make_service())
    with pytest.raises(RuntimeError):
        await desk.hear_many([Counted(name=n, value=1) for n in ("first", "poison", "behind")])
    assert await values(desk) == {"heard-first": 1}


async def test_facts_of_later_batches_wait_too(desk_for):
    desk = await desk_for(make_service())
    names = [f"n{number:03}" for number in range(250)]
    names[60] = "poison"
    with pytest.raises(RuntimeError):
        await desk.hear_many([Counted(name=name, value=1) for name in names])
    assert sorted(await values(desk)) == [f"heard-n{number:03}" for number in range(60)]
    await desk.hear(Counted(name="next", value=1))  # what is heard afterwards does not wait for ever
    assert "heard-next" in await values(desk)


async def test_a_stolen_lease_stops_facts_but_not_commands(desk_for):
    desk = await desk_for(make_service())

    def steal(session):
        row = session.get(LeaseRow, 1)
        row.holder, row.epoch = "another", row.epoch + 1

    await desk.database.write(steal)
    await desk.do(Count(name="a"))
    with pytest.raises(LeaseLost):
        await desk.hear(Counted(name="late", value=1))
    assert await values(desk) == {"a": 1}
