import asyncio
import contextlib
import json
from datetime import timedelta

import pytest

from contracts.directory import WhoCalls
from contracts.logbook import ListEntries
from services.gateway import stream as streaming
from services.gateway.feed import Feed
from services.platform.errors import Forbidden, Unavailable


class Client:
    """An open stream, read as the frames come: httpx would wait for its end."""

    def __init__(self, app, query="", **headers):
        sent = {"authorization": "Bearer coord", **{name.replace("_", "-"): value for name, value in headers.items()}}
        self.scope = {
            "type": "http", "method": "GET", "path": "/api/v1/stream", "raw_path": b"/api/v1/stream",
            "query_string": query.encode(), "http_version": "1.1", "scheme": "http", "server": ("desk", 80),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()], "root_path": "",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
        }  # fmt: skip
        self.app = app
        self.started = asyncio.get_running_loop().create_future()
        self.text = ""
        self.gone = asyncio.Event()
        self.moved = asyncio.Event()
        self.ended = False

    async def receive(self):
        if not self.started.done():
            await self.started
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.started.set_result(message)
            return
        self.text += message.get("body", b"").decode()
        self.ended = not message.get("more_body")
        self.moved.set()

    async def __aenter__(self):
        self.task = asyncio.create_task(self.app(self.scope, self.receive, self.send))
        self.status = (await asyncio.wait_for(asyncio.shield(self.started), 5))["status"]
        return self

    async def __aexit__(self, *_):
        self.gone.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(self.task, 5)

    @property
    def numbers(self):
        return [int(line[4:]) for line in self.text.splitlines() if line.startswith("id: ")]

    async def until(self, count):
        async with asyncio.timeout(5):
            while len(self.numbers) < count:
                self.moved.clear()
                await self.moved.wait()
        return self.numbers


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(streaming, "PING_SECONDS", 0.05)


async def tell_new(bus, **more):
    bus.add(**more)
    await bus.tell(bus.entries[-1])


async def test_a_new_stream_tells_what_comes_and_not_what_was(app, bus):
    bus.add(3)
    async with Client(app) as client:
        await tell_new(bus)
        await tell_new(bus)
        assert await client.until(2) == [4, 5]
        data = [json.loads(line[6:]) for line in client.text.splitlines() if line.startswith("data: ")]
        assert data == bus.entries[3:]


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_cut_screen_resumes_without_a_hole_or_a_double(app, bus, how):
    bus.add(350)
    given = {"last_event_id": "120"} if how == "header" else {"query": "after=120"}
    async with Client(app, **given) as client:
        await client.until(230)
        await tell_new(bus)
        assert await client.until(231) == list(range(121, 352))


async def test_a_hole_in_the_feed_is_filled_by_number(app, bus):
    bus.add(2)
    async with Client(app) as client:
        await tell_new(bus)
        bus.add(4)  # committed, their messages lost
        await tell_new(bus)
        assert await client.until(6) == [3, 4, 5, 6, 7, 8]


async def test_what_is_told_late_or_twice_is_not_told_again(app, bus):
    async with Client(app) as client:
        bus.add(3)
        for number in (3, 1, 2, 3):
            await bus.tell(bus.entries[number - 1])
        await client.until(3)
        await asyncio.sleep(0.02)
        assert client.numbers == [1, 2, 3]


async def test_the_last_message_lost_is_found_at_the_next_ping(app, bus):
    async with Client(app) as client:
        bus.add(1)
        assert await client.until(1) == [1]


async def test_many_streams_one_subscription_one_encoding(app, bus):
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Client(app)) for _ in range(20)]
        await asyncio.gather(*(tell_new(bus) for _ in range(5)))
        for client in clients:
            assert await client.until(5) == [1, 2, 3, 4, 5]
    assert list(bus.listeners) == ["entry.nord-essonne"]
    assert len([sent for sent in bus.asked(ListEntries) if sent["message"].ascending]) <= 5


async def test_who_may_not_read_gets_a_problem(app, bus):
    bus.replies[ListEntries] = Forbidden()
    async with Client(app) as client:
        assert client.status == 403


async def test_a_bad_resume_number_is_refused(app):
    async with Client(app, last_event_id="abc") as client:
        assert client.status == 422


async def test_a_revoked_token_ends_the_stream(app, bus, clock):
    async with Client(app) as client:
        bus.tokens.clear()
        clock.advance(timedelta(seconds=6))
        await asyncio.wait_for(client.task, 5)
        assert client.ended


async def test_a_directory_that_does_not_answer_leaves_streams_open(app, bus, clock):
    async with Client(app) as client:
        bus.replies[WhoCalls] = Unavailable()
        clock.advance(timedelta(seconds=6))
        await asyncio.sleep(0.12)
        await tell_new(bus)
        assert await client.until(1) == [1]


async def test_an_erased_text_is_not_told_again_from_memory(bus):
    feed = Feed(bus)
    channel = await feed.channel("nord-essonne")
    await tell_new(bus)
    bus.entries[0] = {**bus.entries[0], "text": None}
    await tell_new(bus, fact_type="text.redacted")
    with channel.reading(0) as reader:
        reader.offer(2)
        frames = await channel.next(reader, 1)
    assert len(frames) == 2
    assert "entrée 1" not in frames[0].decode()


async def test_readers_leave_nothing_behind(app, bus):
    async with Client(app) as client:
        await tell_new(bus)
        await client.until(1)
    channel = bus.listeners["entry.nord-essonne"].__self__
    assert not channel._readers
