"""The Writer: the one place that commits. It drains what waits into one transaction, in order, and replies after."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from contracts.base import Envelope, Reply
from services.platform.batch import Batch, CommandItem, FactItem, Item, WorkItem
from services.platform.database import Database, is_outage
from services.platform.errors import Failed, LeaseLost, Refused, Unavailable
from services.platform.lease import Lease
from services.platform.service import Service
from services.platform.surroundings import Surroundings
from services.platform.telemetry import BATCH_SIZE, COMMANDS, FACTS_HANDLED
from services.platform.unit import Unit, Worker

MAX_BATCH = 100
#: When the last batch was a crowd, more are on their way: let them meet in one transaction.
CROWD, CROWD_WAIT = 8, 0.010
log = structlog.get_logger()


class Writer:
    """Commands, facts and internal work of one service, at most a hundred in one transaction.

    When one of them raises, the batch is rolled back and run again one by one, so that each gets its
    own answer. ``committed`` is set after each commit: the relay waits on it.
    """

    def __init__(self, service: Service, database: Database, lease: Lease, around: Surroundings) -> None:
        self.service = service
        self.database = database
        self.lease = lease
        self.around = around
        self.clock = around.clock
        self.committed = asyncio.Event()
        self.publish_feed: Callable[[list[tuple[str, bytes]]], Any] | None = None
        self.worker: Worker | None = None
        self._queue: asyncio.Queue[Item] = asyncio.Queue()
        self.busy = False
        self._broken = False

    async def run(self) -> None:
        """Drain for ever; cancelled at shutdown, after which nothing half-done is left."""
        crowded = False
        while True:
            items = [await self._queue.get()]
            self.busy = True
            if crowded:
                await asyncio.sleep(CROWD_WAIT)
            while len(items) < MAX_BATCH and not self._queue.empty():
                items.append(self._queue.get_nowait())
            crowded = len(items) > CROWD
            await self._settle(items)
            self.busy = not self._queue.empty()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        return self._queue.empty() and not self.busy

    async def carry_out(self, envelope: Envelope, model: Any) -> Reply:
        """Run a command through the queue and give its reply, known outcome included."""
        item = CommandItem(envelope=envelope, model=model)
        return await self._submit(item)  # type: ignore[no-any-return]

    async def hear(self, facts: Sequence[FactItem]) -> None:
        """Handle facts in order. Raises the error of the first one that fails; those before it are committed."""
        self._broken = False
        waiting = [asyncio.ensure_future(self._submit(fact)) for fact in facts]
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def transact(self, work: Callable[[Unit], Any], *, territory: str, needs_lease: bool = True) -> Any:
        """Run ``work`` with its own unit, among what waits."""
        return await self._submit(WorkItem(work=work, territory=territory, needs_lease=needs_lease))

    def _submit(self, item: Item) -> asyncio.Future[Any]:
        item.future = asyncio.get_running_loop().create_future()
        self.busy = True
        self._queue.put_nowait(item)
        return item.future

    async def _settle(self, items: list[Item]) -> None:
        try:
            await self._commit(items)
        except Exception as error:  # noqa: BLE001  # each item gets its own answer below
            if len(items) == 1:
                self._fail(items[0], error)
                return
            for item in items:
                await self._settle_alone(item)

    async def _settle_alone(self, item: Item) -> None:
        try:
            await self._commit([item])
        except Exception as error:  # noqa: BLE001  # told to who waits for it
            self._fail(item, error)

    async def _commit(self, items: list[Item]) -> None:
        if self._broken and any(isinstance(item, FactItem) for item in items):
            raise Behind  # one of the facts before these failed, perhaps in an earlier batch: they wait for it
        messages = [(item.envelope, item.model) for item in items if isinstance(item, CommandItem | FactItem)]
        prepared = None
        if self.service.prepare and messages and self.worker:
            prepared = await self.service.prepare(self.worker, messages)
        now = self.clock.now()
        batch = Batch(self.service, self.lease, self.around, items, prepared, now)
        await self.database.write(batch.apply)
        BATCH_SIZE.labels(self.service.name).observe(len(items))
        self._answer(items, batch)

    def _answer(self, items: list[Item], batch: Batch) -> None:
        self.committed.set()
        if self.publish_feed and batch.feed:
            self.publish_feed(batch.feed)
        for item in items:
            if isinstance(item, CommandItem):
                COMMANDS.labels(self.service.name, "refused" if batch.result(item).refusal else "done").inc()
            elif isinstance(item, FactItem):
                FACTS_HANDLED.labels(self.service.name).inc()
            if not item.future.done():
                item.future.set_result(batch.result(item))

    def _fail(self, item: Item, error: Exception) -> None:
        self._broken = self._broken or isinstance(item, FactItem)
        if item.future.done():
            return
        if isinstance(item, CommandItem):
            refusal = error if isinstance(error, Refused) else None
            if refusal is None and is_outage(error):
                log.error("database away", service=self.service.name, error=repr(error))
                refusal = Unavailable()
            elif refusal is None:
                log.exception("command failed", service=self.service.name, command=item.envelope.type, exc_info=error)
                refusal = Failed()
            item.future.set_result(Reply(refusal=refusal.to_refusal()))
            return
        if not isinstance(error, Behind | LeaseLost):
            log.warning("work failed", service=self.service.name, error=repr(error))
        item.future.set_exception(error)
        with contextlib.suppress(BaseException):
            item.future.exception()  # read once here: a caller gone at shutdown must not raise a warning


class Behind(Exception):  # an instruction to the puller, not an error of the service
    """A fact waits because the one before it failed."""
