"""What cannot be handled is put apart, alone and whole; commands expire; facts have a size."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from contracts.base import PLATFORM, Envelope, Reply
from services import logbook
from services.logbook.tables import EntryRow
from services.platform import puller
from services.platform.bus import SECRET_HEADER
from services.platform.parking import ListParked, SettleParked
from services.platform.runner import Tocsin
from tests.counting import Count, make_echo, make_service

pytestmark = pytest.mark.broker
HOME = "nord-essonne"


@pytest.fixture(autouse=True)
def _short_patience(monkeypatch):
    monkeypatch.setattr(puller, "RETRY_AFTER", (0.01, 0.02, 0.03))


async def _ask(tocsin, message):
    return await tocsin.bus.request(message, territory=HOME, caller=PLATFORM, service="echoing")


async def test_poison_is_listed_then_replayed_or_discarded(settings, territories, ground):
    async with Tocsin([make_service(), make_echo()], settings, territories) as tocsin:
        for name in ("before", "stubborn", "stubborn", "after"):
            await ground.count(tocsin, name)
        await tocsin.settled()
        echoing = tocsin.instances[1]
        assert await ground.echoes(echoing, "after") == [1]
        parked = (await _ask(tocsin, ListParked())).result["items"]
        assert [item["error"] for item in parked] == ["RuntimeError : stubborn"] * 2
        first, second = (item["id"] for item in parked)

        assert (await _ask(tocsin, SettleParked(parked=second, replay=False))).refusal.kind == "invalid"
        assert not (await _ask(tocsin, SettleParked(parked=second, replay=False, reason="déjà su"))).refusal
        assert not (await _ask(tocsin, SettleParked(parked=first, replay=True))).refusal
        assert (await _ask(tocsin, SettleParked(parked=first, replay=True))).refusal.kind == "conflict"
        assert (await _ask(tocsin, SettleParked(parked="none", replay=True))).refusal.kind == "not_found"
        await tocsin.settled()
        assert await ground.echoes(echoing, "own-stubborn") == [1]
        assert (await _ask(tocsin, ListParked())).result["items"] == []


async def test_what_nobody_can_read_is_parked_after_those_before_it_and_entered_raw(settings, territories, ground):
    services = [make_service(), make_echo(), logbook.SERVICE]
    async with Tocsin(services, settings, territories) as tocsin:
        await tocsin.started()
        for number in range(40):
            await tocsin.client.publish(f"fact.{HOME}.count.counted", f"pas du JSON {number}".encode())
            await ground.count(tocsin, "a")
        await tocsin.settled()
        assert await ground.echoes(tocsin.instances[1], "a") == list(range(1, 41))
        parked = (await _ask(tocsin, ListParked(limit=100))).result["items"]
        assert len(parked) == 40
        assert {item["body"][:11] for item in parked} == {"pas du JSON"}
        raw = await tocsin.instances[2].database.read(_raw_entries)
        assert raw == 40, "the journal never parks: it enters the bytes"
        dead = (await tocsin.js.stream_info("DEAD")).state.messages
        assert dead == 80, "one for each service that could not read it"


def _raw_entries(session):
    return session.execute(
        select(func.count()).select_from(EntryRow).where(EntryRow.fact_type == "illisible")
    ).scalar_one()


async def _send(tocsin, envelope):
    headers = {SECRET_HEADER: tocsin.bus._headers[SECRET_HEADER]}
    body = envelope.model_dump_json(exclude_none=True).encode()
    return Reply.model_validate_json((await tocsin.client.request("do.counting.count", body, headers=headers)).data)


async def test_a_command_that_comes_too_late_is_refused_and_not_run(settings, territories, ground):
    async with Tocsin([make_service()], settings, territories) as tocsin:
        now = datetime.now(UTC)
        late = Envelope(
            id="late", type="counting.count", source="t", time=now, territory=HOME, correlation="late",
            caller=PLATFORM, expires=now - timedelta(seconds=1), data={"name": "a"},
        )  # fmt: skip
        assert (await _send(tocsin, late)).refusal.kind == "expired"
        assert await ground.counts(tocsin.instances[0]) == {}
        in_time = late.model_copy(update={"expires": now + timedelta(seconds=30)})
        assert (await _send(tocsin, in_time)).result == {"id": "1"}
        assert (await _send(tocsin, late)).result == {"id": "1"}, "run already: its outcome, however late"


async def test_the_same_id_at_once_runs_once(settings, territories, ground):
    async with Tocsin([make_service()], settings, territories) as tocsin:
        replies = await ground.count(tocsin, "a", 30, id="same", key="k")
        assert {reply.result["id"] for reply in replies} == {"1"}
        other = await ground.count(tocsin, "a", id="same", key="another body")
        assert other[0].refusal.kind == "mismatch"
        await tocsin.settled()
        assert (await tocsin.js.stream_info("FACTS")).state.messages == 1


async def test_a_fact_over_256_kb_is_refused_where_it_is_made(settings, territories, ground):
    async with Tocsin([make_service()], settings, territories) as tocsin:
        big = await tocsin.bus.request(Count(name="big", padding=300_000), territory=HOME, caller=PLATFORM)
        assert big.refusal.kind == "too_large"
        assert "256 ko" in big.refusal.message
        await ground.count(tocsin, "a")
        await tocsin.settled()
        assert await ground.counts(tocsin.instances[0]) == {"a": 1, "heard-a": 1}
