"""Facts pulled with nats-py, from the position this service wrote with their effects: exact order, no acknowledgement.

The stream's own consumer state is disposable: an ephemeral consumer is made at ``position + 1`` each time the
lease is gained, the bus comes back or a gap shows, so no redelivery can ever arrive out of order.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from datetime import UTC, datetime

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError
from sqlalchemy.orm import Session

from contracts.base import Envelope
from services.platform.batch import FactItem
from services.platform.codec import decode_envelope, decode_fact
from services.platform.database import is_outage
from services.platform.errors import Invalid, LeaseLost
from services.platform.parking import park
from services.platform.service import Service
from services.platform.tables import PositionRow
from services.platform.topology import FACTS, created_at
from services.platform.writer import Behind, Writer

#: Seconds between the three tries of a failing fact, before it is parked.
RETRY_AFTER = (0.2, 1.3, 3.0)
FIRST_WAIT = 2.0
#: A lone fact waits this long for company: 4 ms costs nothing to a person and halves the transactions under load.
COMPANY_WAIT = 0.004
#: When the last fetch was a crowd, more are on their way: fewer, larger transactions.
CROWD, CROWD_WAIT = 8, 0.05
log = structlog.get_logger()


class StreamChanged(Exception):  # an instruction: start again from the position
    """The consumer is gone, or a message is missing between two."""


class Puller:
    """Follows the stream for one service while it holds the lease."""

    def __init__(
        self, service: Service, writer: Writer, js: JetStreamContext, stream_missing: asyncio.Event | None = None
    ) -> None:
        self._stream_missing = stream_missing or asyncio.Event()
        self._service = service
        self._writer = writer
        self._js = js
        self._filters = subjects_heard(service)
        self._consumer = ""
        self._stream_created = ""
        self._expected = 1
        self._caught_up_with = 0
        self.handling = False

    async def run(self) -> None:
        """Follow for ever."""
        if not self._filters:
            return
        while True:
            if not self._writer.lease.held:
                await asyncio.sleep(0.1)
                continue
            try:
                await self._follow()
            except LeaseLost:
                log.info("lease lost, puller stops", service=self._service.name)
            except Exception as error:  # noqa: BLE001  # whatever it is, facts must go on coming
                if isinstance(error, NotFoundError):
                    self._stream_missing.set()  # the consumer alone or the whole stream: who repairs it will look
                log.info("puller starts again", service=self._service.name, error=repr(error))
                await asyncio.sleep(0.2)

    async def caught_up(self, last: int) -> bool:
        """Whether nothing of the stream up to sequence ``last`` waits for this service.

        One request to the server, none when this was already known for ``last``.
        """
        if not self._filters:
            return True
        if self.handling or not self._consumer:
            return False
        if self._caught_up_with >= last:
            return True
        try:
            info = await self._js.consumer_info(FACTS, self._consumer)
        except (nats.errors.Error, APIError, TimeoutError):
            return False
        delivered = info.delivered.consumer_seq if info.delivered else 0
        caught_up = info.num_pending == 0 and delivered == self._expected - 1 and not self.handling
        self._caught_up_with = last if caught_up else 0
        return caught_up

    async def _follow(self) -> None:
        info = await self._js.stream_info(FACTS)
        self._stream_created = created_at(info)
        start = await self._start_sequence(info.state.last_seq)
        consumer = await self._js.add_consumer(
            FACTS,
            ConsumerConfig(
                ack_policy=AckPolicy.NONE,
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=start,
                filter_subjects=self._filters,
                inactive_threshold=60.0,
                mem_storage=True,
                num_replicas=1,
            ),
        )
        self._consumer, self._expected, self._caught_up_with = consumer.name, 1, 0
        subscription = await self._js.pull_subscribe_bind(consumer=consumer.name, stream=FACTS)
        try:
            crowded = False
            while self._writer.lease.held:
                self.handling = False
                try:
                    messages = await subscription.fetch(1, timeout=FIRST_WAIT)
                except TimeoutError:
                    await self._check_nothing_was_lost()
                    continue
                self.handling = True
                with contextlib.suppress(TimeoutError):
                    messages += await subscription.fetch(99, timeout=CROWD_WAIT if crowded else COMPANY_WAIT)
                crowded = len(messages) > CROWD
                self._check_order(messages)
                await self._handle(messages)
        finally:
            self.handling = False
            self._consumer = ""
            with contextlib.suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def _check_nothing_was_lost(self) -> None:
        """A reply cut on the way leaves a hole that the next message would show; look before it comes."""
        before = self._expected - 1
        info = await self._js.consumer_info(FACTS, self._consumer)  # raises when it is gone
        if info.delivered and info.delivered.consumer_seq > before:
            raise StreamChanged(f"delivered {info.delivered.consumer_seq}, got {before}")

    async def _start_sequence(self, last: int) -> int:
        def read(session: Session) -> PositionRow | None:
            return session.get(PositionRow, 1)

        position = await self._writer.database.read(read)
        if position is None or position.stream_created != self._stream_created or position.filters != self._key:
            return 1  # a rebuilt stream or a new subject: read all again, the inbox knows what was handled
        return min(position.stream_sequence, last) + 1

    @property
    def _key(self) -> str:
        return hashlib.sha256(" ".join(self._filters).encode()).hexdigest()[:16]

    def _check_order(self, messages: list[Msg]) -> None:
        for message in messages:
            if message.metadata.sequence.consumer != self._expected:
                raise StreamChanged(f"expected {self._expected}, got {message.metadata.sequence.consumer}")
            self._expected += 1

    async def _handle(self, messages: list[Msg]) -> None:
        """Handle messages in order; one that cannot be read is parked after those before it, never before."""
        readable: list[FactItem] = []
        for message in messages:
            item, error = self._item(message)
            if error is None:
                readable.append(item)
                continue
            await self._hear(readable)
            readable = []
            await park(self._writer, item, error, subject=message.subject, body=message.data)
        await self._hear(readable)

    async def _hear(self, items: list[FactItem]) -> None:
        while items:
            try:
                await self._writer.hear(items)
                return
            except Exception as error:
                if isinstance(error, LeaseLost | Behind) or is_outage(error):
                    raise  # not the fact's fault: start again from the position, nothing is lost
                log.warning("a fact failed", service=self._service.name, error=repr(error))
            items = await self._one_by_one(items)

    async def _one_by_one(self, items: list[FactItem]) -> list[FactItem]:
        """Handle facts alone up to the first that fails for good, park that one, give back those behind it."""
        for index, item in enumerate(items):
            error = await self._try(item)
            if error is not None:
                await park(self._writer, item, error)
                return items[index + 1 :]
        return []

    async def _try(self, item: FactItem) -> Exception | None:
        failure: Exception | None = None
        for delay in (0.0, *RETRY_AFTER):
            await asyncio.sleep(delay)
            try:
                await self._writer.hear([item])
                return None
            except Exception as error:
                if isinstance(error, LeaseLost | Behind) or is_outage(error):
                    raise
                failure = error  # shown with the parked message
        return failure

    def _item(self, message: Msg) -> tuple[FactItem, Invalid | None]:
        """What to handle, and why it cannot be when it cannot; who hears everything takes it raw."""
        envelope, model, problem = None, None, None
        try:
            envelope = decode_envelope(message.data)
            model = decode_fact(self._service, envelope)
        except Invalid as error:
            problem = None if self._service.hears_everything else error
        envelope = envelope or _unreadable(message, self._stream_created)
        return self._at(FactItem(envelope=envelope, model=model), message.metadata.sequence.stream), problem

    def _at(self, item: FactItem, sequence: int) -> FactItem:
        item.sequence, item.stream_created, item.filters = sequence, self._stream_created, self._key
        return item


def subjects_heard(service: Service) -> list[str]:
    """Subjects of the stream this service listens to, in all territories."""
    if service.hears_everything:
        return ["fact.>"]
    return sorted(model.subject("*") for model, _ in service.facts.values())


def _unreadable(message: Msg, stream_created: str) -> Envelope:
    """An envelope around bytes nobody could read, so that the logbook can enter them."""
    key = hashlib.sha256(f"{stream_created}:{message.metadata.sequence.stream}".encode()).hexdigest()[:32]
    parts = message.subject.split(".")
    return Envelope(
        id=key,
        type="illisible",
        source="inconnu",
        time=datetime.now(UTC),
        territory=parts[1] if len(parts) > 1 else "",
        correlation=key,
        data={"raw": base64.b64encode(message.data[:4000]).decode()},
    )
