"""When the stream lost what was told (deleted, restored from an older copy), the outboxes tell it again, in order."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from functools import partial

import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.platform.instance import Instance
from services.platform.relay import BATCH, Untold, mark, publish
from services.platform.tables import OUTBOX
from services.platform.topology import ensure
from services.platform.writer import Writer

log = structlog.get_logger()


class StreamKeeper:
    """Makes the streams when they are missing, and tells again what they lost."""

    def __init__(self, instances: Sequence[Instance], client: Client, js: JetStreamContext, replicas: int) -> None:
        self._instances = instances
        self._client = client
        self._js = js
        self._replicas = replicas

    async def repair(self, *, again: bool = False) -> None:
        """Look and repair once; with ``again``, until it is done.

        No relay tells anything meanwhile: what is new comes after what was lost.
        """
        async with AsyncExitStack() as held:
            for instance in self._instances:
                await held.enter_async_context(instance.relay.telling)
            while True:
                try:
                    return await self._repair()
                except Exception as error:
                    if not again:
                        raise
                    log.warning("the stream cannot be repaired yet", error=repr(error))
                    await asyncio.sleep(1.0)

    async def _repair(self) -> None:
        last = (await ensure(self._js, self._replicas)).state.last_seq
        writers = [instance.writer for instance in self._instances]
        if await highest_told(writers) > last:
            await tell_again(writers, self._client, self._js, last)

    async def watch(self) -> None:
        """Repair each time an instance misses the stream, for ever."""
        while True:
            await asyncio.sleep(0.5)
            missing = [instance for instance in self._instances if instance.stream_missing.is_set()]
            for instance in missing:
                instance.stream_missing.clear()
            if missing:
                await self.repair(again=True)


async def highest_told(writers: Sequence[Writer]) -> int:
    """Highest stream sequence any of these services remembers; 0 when nothing was told."""

    def read(session: Session) -> int:
        told = OUTBOX.c.stream_sequence
        newest = select(told).where(told.is_not(None), OUTBOX.c.subject.like("fact.%")).order_by(told.desc()).limit(1)
        return session.execute(newest).scalar() or 0

    return max([await writer.database.read(read) for writer in writers], default=0)


async def tell_again(writers: Sequence[Writer], client: Client, js: JetStreamContext, last: int) -> int:
    """Tell all that stood above ``last`` again, merged in its stored stream order; the number of facts told.

    Ids do not change, so every inbox recognises what it handled. The caller holds the relays still.
    """
    told, chunk = 0, []
    async for found in _merged([_Outbox(writer, last) for writer in writers]):
        chunk.append(found)
        if len(chunk) == BATCH:
            told += await _tell_chunk(chunk, client, js)
            chunk = []
    told += await _tell_chunk(chunk, client, js)
    log.warning("the stream was told again from the outboxes", facts=told, above=last)
    return told


async def _tell_chunk(chunk: list[tuple[Writer, Untold]], client: Client, js: JetStreamContext) -> int:
    sequences = await publish(client, js, [row for _, row in chunk])
    for writer in {id(writer): writer for writer, _ in chunk}.values():
        marks = [{"row": row.sequence, "told": sequences[row.id]} for owner, row in chunk if owner is writer]
        await writer.database.write(partial(mark, marks=marks))  # the Writer may not run yet: this happens at start
    return len(chunk)


class _Outbox:
    """What one service had told above a place of the lost stream, read a page at a time: it may be long."""

    def __init__(self, writer: Writer, last: int) -> None:
        self.writer = writer
        self._after = last
        self._page: deque[tuple[int, Untold]] = deque()

    async def next(self) -> tuple[int, Untold] | None:
        """The next fact and its place. Those told again stand before their old place, so a page never meets them."""
        if not self._page:
            self._page.extend(await self.writer.database.read(partial(_above, last=self._after)))
        if not self._page:
            return None
        found = self._page.popleft()
        self._after = found[0]
        return found


async def _merged(outboxes: Sequence[_Outbox]) -> AsyncIterator[tuple[Writer, Untold]]:
    heap: list[tuple[int, int, Untold]] = []
    for index, outbox in enumerate(outboxes):
        if (first := await outbox.next()) is not None:
            heapq.heappush(heap, (first[0], index, first[1]))
    while heap:
        _, index, row = heapq.heappop(heap)
        yield outboxes[index].writer, row
        if (following := await outboxes[index].next()) is not None:
            heapq.heappush(heap, (following[0], index, following[1]))


def _above(session: Session, last: int) -> list[tuple[int, Untold]]:
    found = session.execute(
        select(OUTBOX.c.stream_sequence, OUTBOX.c.sequence, OUTBOX.c.id, OUTBOX.c.subject, OUTBOX.c.body)
        .where(OUTBOX.c.stream_sequence > last, OUTBOX.c.subject.like("fact.%"))
        .order_by(OUTBOX.c.stream_sequence)
        .limit(BATCH)
    )
    return [(row[0], Untold(*row[1:])) for row in found]
