"""The relay: what is committed is told, in order, as atomic batches; each row is marked with its stream sequence."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import PubAck
from nats.js.errors import APIError, NoStreamResponseError
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from services.platform.errors import LeaseLost
from services.platform.ids import new_id
from services.platform.tables import OUTBOX
from services.platform.telemetry import FACTS_TOLD
from services.platform.writer import Writer

BATCH = 200
PATIENCE = 5.0
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Untold:
    """A committed fact that the stream has not acknowledged."""

    sequence: int
    id: str
    subject: str
    body: bytes


class Relay:
    """Tells the outbox of one service. Only the holder of the lease relays."""

    def __init__(
        self, writer: Writer, client: Client, js: JetStreamContext, stream_missing: asyncio.Event | None = None
    ) -> None:
        self._writer = writer
        self._client = client
        self._js = js
        self._told_up_to = 0
        self.stream_missing = stream_missing or asyncio.Event()
        #: Held while something is told: who repairs the stream takes it first, so that nothing new gets in between.
        self.telling = asyncio.Lock()

    async def run(self) -> None:
        """Tell after each commit, and once a second in case a signal was missed."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._writer.committed.wait()
            self._writer.committed.clear()
            if not self._writer.lease.held:
                continue
            try:
                while await self._tell_some_alone():
                    pass
            except LeaseLost:
                log.info("lease lost, relay stops", service=self._writer.service.name)
            except NoStreamResponseError:
                self.stream_missing.set()
                await asyncio.sleep(0.5)
            except (nats.errors.Error, APIError, OSError, TimeoutError) as error:
                log.warning("relay waits for the bus", service=self._writer.service.name, error=repr(error))
                await asyncio.sleep(0.5)
            except Exception as error:  # noqa: BLE001  # the database away, for one: what is committed is told later
                log.error("relay starts again", service=self._writer.service.name, error=repr(error))
                await asyncio.sleep(0.5)

    async def _tell_some_alone(self) -> bool:
        async with self.telling:
            return await self.tell_some()

    async def tell_some(self) -> bool:
        """Publish the next rows and mark them; true when there may be more."""
        rows = await self._writer.database.read(self._next_rows)
        if not rows:
            return False
        sequences = await publish(self._client, self._js, rows)
        marks = [{"row": row.sequence, "told": sequences[row.id]} for row in rows]
        await self._writer.transact(lambda unit: mark(unit.session, marks), territory="")
        self._told_up_to = rows[-1].sequence
        FACTS_TOLD.labels(self._writer.service.name).inc(len(rows))
        return len(rows) == BATCH

    def _next_rows(self, session: Session) -> list[Untold]:
        if self._told_up_to == 0:
            first = session.execute(
                select(func.min(OUTBOX.c.sequence)).where(OUTBOX.c.stream_sequence.is_(None))
            ).scalar()
            if first is None:
                return []
            self._told_up_to = first - 1
        found = session.execute(
            select(OUTBOX.c.sequence, OUTBOX.c.id, OUTBOX.c.subject, OUTBOX.c.body)
            .where(OUTBOX.c.sequence > self._told_up_to, OUTBOX.c.stream_sequence.is_(None))
            .order_by(OUTBOX.c.sequence)
            .limit(BATCH)
        )
        return [Untold(*row) for row in found]


def mark(session: Session, marks: list[dict[str, int]]) -> None:
    """Note the stream sequence of exactly these rows."""
    statement = update(OUTBOX).where(OUTBOX.c.sequence == bindparam("row")).values(stream_sequence=bindparam("told"))
    session.connection().execute(statement, marks)


async def publish(client: Client, js: JetStreamContext, rows: list[Untold]) -> dict[str, int]:
    """Stream sequence of each row, by id. Facts go as one atomic batch; a refused batch goes one by one."""
    facts = [row for row in rows if row.subject.startswith("fact.")]
    others = [row for row in rows if not row.subject.startswith("fact.")]
    sequences: dict[str, int] = {}
    if len(facts) > 1:
        sequences = await _publish_batch(client, facts)
    for row in [*facts, *others]:
        if row.id not in sequences:
            ack = await js.publish(row.subject, row.body, timeout=PATIENCE, headers={"Nats-Msg-Id": row.id})
            sequences[row.id] = ack.seq
    return sequences


async def _publish_batch(client: Client, rows: list[Untold]) -> dict[str, int]:
    batch = new_id()
    for position, row in enumerate(rows[:-1], start=1):
        headers = {"Nats-Msg-Id": row.id, "Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(position)}
        await client.publish(row.subject, row.body, headers=headers)
    last = rows[-1]
    headers = {
        "Nats-Msg-Id": last.id,
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": str(len(rows)),
        "Nats-Batch-Commit": "1",
    }
    try:
        answer = await client.request(last.subject, last.body, timeout=PATIENCE, headers=headers)
    except nats.errors.NoRespondersError:
        raise NoStreamResponseError from None
    try:
        ack = PubAck.from_response(_checked(answer.data))
    except APIError as refused:
        # A repeated id inside the batch (10201) refuses it whole: the stream already has some of these.
        log.info("batch refused, telling one by one", code=refused.err_code, count=len(rows))
        return {}
    return {row.id: ack.seq - len(rows) + 1 + index for index, row in enumerate(rows)}


def _checked(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    if "error" in found:
        raise APIError.from_error(found["error"])
    return found
