"""The live feed of the journal, once per process: encoded once, numbered, gaps filled from the logbook."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from contracts.base import PLATFORM, Page
from contracts.logbook import AskHead, HeadFound, ListEntries
from services.gateway.bus import BusClient
from services.platform.errors import from_refusal

KEPT = 500
SLICE = 100
REDACTED = "text.redacted"


def frame(entry: dict[str, Any]) -> bytes:
    """One server-sent event: its id is the number of the entry."""
    data = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    return f"id: {entry['number']}\nevent: entry\ndata: {data}\n\n".encode("utf-8", "backslashreplace")


Draw = Callable[[list[dict[str, Any]]], Awaitable[list[bytes]]]


async def as_json(entries: list[dict[str, Any]]) -> list[bytes]:
    """Entries as the public interface streams them."""
    return [frame(entry) for entry in entries]


class Reader:
    """One open stream: what it has, and what exists. A slow one holds no queue: it reads again from the logbook.

    An ``eager`` one wakes for each entry; the others are woken by who owns them.
    """

    def __init__(self, last: int, *, eager: bool = True) -> None:
        self.last = last
        self.target = last
        self.eager = eager
        self.woken = asyncio.Event()

    def offer(self, number: int) -> None:
        """Say that an entry exists."""
        if number > self.target:
            self.target = number
            if self.eager:
                self.woken.set()


class Channel:
    """The feed of one territory: the last frames, drawn once by ``draw``, and who reads.

    ``on_entry`` is called with the number of each entry heard.
    """

    def __init__(self, bus: BusClient, territory: str, draw: Draw = as_json) -> None:
        self.on_entry: Callable[[int], None] | None = None
        #: Number of the newest entry heard; 0 before the first.
        self.newest = 0
        self._draw = draw
        self._bus = bus
        self._territory = territory
        self._frames: OrderedDict[int, bytes] = OrderedDict()
        self._readers: set[Reader] = set()
        self._filling = asyncio.Lock()
        self._erasures = 0

    async def hear(self, _subject: str, body: bytes) -> None:
        """An entry was committed."""
        entry = json.loads(body)
        if entry.get("fact_type") == REDACTED:
            self._frames.clear()  # an erased text must not be told again from memory
            self._erasures += 1
        number = int(entry["number"])
        self.newest = max(self.newest, number)
        self._keep({number: (await self._draw([entry]))[0]})
        for reader in self._readers:
            reader.offer(number)
        if self.on_entry:
            self.on_entry(number)

    def _keep(self, frames: dict[int, bytes]) -> None:
        self._frames.update(frames)
        while len(self._frames) > KEPT:
            self._frames.popitem(last=False)

    @contextmanager
    def reading(self, last: int, *, eager: bool = True) -> Iterator[Reader]:
        """A reader, known to the channel for the time of the block."""
        reader = Reader(last, eager=eager)
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    async def next(self, reader: Reader, patience: float) -> list[bytes]:
        """The frames that follow what the reader has, in order and without a hole; none after ``patience`` seconds."""
        if reader.last >= reader.target:
            if reader.eager:
                reader.woken.clear()  # what it told is read already
            try:
                async with asyncio.timeout(patience):  # no task for each wait, unlike wait_for
                    await reader.woken.wait()
            except TimeoutError:
                reader.offer(await self._head())  # a message of the feed may have been lost while the bus was cut
        reader.woken.clear()  # before anything is read, so that what comes meanwhile wakes again
        return await self._following(reader)

    async def _following(self, reader: Reader) -> list[bytes]:
        found: list[bytes] = []
        while reader.last < reader.target and len(found) < SLICE:
            following = self._frames.get(reader.last + 1) or await self._filled(reader.last)
            if following is None:
                reader.target = reader.last  # told before it can be read: the next entry, or the next ping, asks again
                break
            reader.last += 1
            found.append(following)
        return found

    async def _filled(self, last: int) -> bytes | None:
        """The frame after ``last``, asked of the logbook with those that follow it; one question for all readers."""
        async with self._filling:
            if last + 1 in self._frames:
                return self._frames[last + 1]
            erasures = self._erasures
            entries = await self._entries(last)
            drawn = await self._draw(entries)
            frames = {int(entry["number"]): one for entry, one in zip(entries, drawn, strict=True)}
            if erasures == self._erasures:
                self._keep(frames)
            return frames.get(last + 1)

    async def _entries(self, after: int) -> list[dict[str, Any]]:
        question = ListEntries(after=after, ascending=True, limit=SLICE)
        reply = await self._bus.request(question, territory=self._territory, caller=PLATFORM)
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return list(Page.model_validate(reply.result or {}).items)

    async def _head(self) -> int:
        reply = await self._bus.request(AskHead(), territory=self._territory, caller=PLATFORM)
        return HeadFound.model_validate(reply.result).number if reply.result else 0


class Feed:
    """Channels by territory, opened when first read."""

    def __init__(self, bus: BusClient) -> None:
        self._bus = bus
        self._channels: dict[str, Channel] = {}
        self._opening = asyncio.Lock()

    async def channel(self, territory: str) -> Channel:
        """The channel of a territory; the bus is listened to once."""
        async with self._opening:
            if territory not in self._channels:
                made = Channel(self._bus, territory)
                await self._bus.listen(f"entry.{territory}", made.hear)
                self._channels[territory] = made
            return self._channels[territory]
