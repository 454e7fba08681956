"""One running service: its database, lease, writer, relay, puller and loops."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog
from nats.aio.client import Client
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from services.platform.answering import complete
from services.platform.bus import Bus, Desk
from services.platform.database import Database
from services.platform.errors import LeaseLost, TocsinError, Unavailable
from services.platform.lease import RENEW_EVERY, Lease
from services.platform.migrations import migrate
from services.platform.parking import add_parking, count_parked
from services.platform.puller import Puller
from services.platform.relay import Relay
from services.platform.service import Service
from services.platform.surroundings import Surroundings
from services.platform.tables import OutboxRow
from services.platform.telemetry import LEASE_HELD, PARKED
from services.platform.unit import Worker
from services.platform.worker import ServiceWorker
from services.platform.writer import Writer

log = structlog.get_logger()


class Instance:
    """Everything one service needs to run, and its state in words."""

    def __init__(self, service: Service, around: Surroundings, client: Client, bus: Bus, secret: str) -> None:
        add_parking(complete(service))
        self.service = service
        self._client = client
        self.database = Database(service.name, service.owns, around.settings)
        self.lease = Lease(self.database)
        self.writer = Writer(service, self.database, self.lease, around)
        self.writer.publish_feed = self._publish_feed
        self.worker = ServiceWorker(self.writer, bus)
        self.writer.worker = self.worker
        js = client.jetstream(timeout=5)
        self.stream_missing = asyncio.Event()
        self.relay = Relay(self.writer, client, js, self.stream_missing)
        self.puller = Puller(service, self.writer, js, self.stream_missing)
        self.desk = Desk(service, self.writer, self.worker, bus, secret)
        self._started = False
        self._trouble = ""
        self._home = around.settings.territory_names[0]

    async def prepare(self) -> None:
        """Bring the database up to date."""
        await migrate(self.database)

    def start(self, spawn: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        """Start every loop."""
        for loop in (self.writer.run, self._keep_lease, self.relay.run, self.puller.run):
            spawn(loop())
        for runner in self.service.runners:
            spawn(self._run(runner))

    async def _keep_lease(self) -> None:
        while True:
            try:
                await self.lease.keep()
                if self.lease.held and not self._started:
                    await self._first_steps()
                self._trouble = ""
                LEASE_HELD.labels(self.service.name).set(float(self.lease.held))
            except Exception as error:  # noqa: BLE001  # whatever it is, the lease must go on being renewed
                self._trouble = error.message if isinstance(error, TocsinError) else type(error).__name__
                log.error("lease or start failed", service=self.service.name, error=repr(error))
            await asyncio.sleep(RENEW_EVERY if self._started or not self.lease.held else 0.5)

    async def _first_steps(self) -> None:
        for starter in self.service.starters:
            await self.writer.transact(starter, territory=self._home)
        PARKED.labels(self.service.name).set(await self.database.read(count_parked))
        self._started = True

    async def _run(self, runner: Callable[[Worker], Awaitable[None]]) -> None:
        """Call one runner again and again while the lease is held; a failure is logged and tried later."""
        while True:
            if not (self.lease.held and self._started):
                await asyncio.sleep(0.1)
                continue
            try:
                await runner(self.worker)
                await asyncio.sleep(0)
            except (LeaseLost, Unavailable) as error:
                log.info("background work waits", service=self.service.name, error=repr(error))
                await asyncio.sleep(0.5)
            except Exception as error:
                log.exception("background work failed", service=self.service.name, exc_info=error)
                await asyncio.sleep(2)

    async def tick(self) -> None:
        """Tick once if this instance holds the lease."""
        if not (self.lease.held and self._started):
            return
        try:
            for ticker in self.service.tickers:
                await self.writer.transact(ticker, territory=self._home)
        except LeaseLost:
            log.info("lease lost, no tick", service=self.service.name)
        except Exception as error:
            log.exception("tick failed", service=self.service.name, exc_info=error)
        self.worker.woken.set()

    @property
    def idle(self) -> bool:
        """Whether nothing runs in this service right now; what waits on disk or in the stream is not looked at."""
        return self._started and self.writer.idle and not self.writer.committed.is_set() and not self.puller.handling

    async def quiet(self, last: int, *, on_disk: bool = True) -> bool:
        """Whether queue and stream (up to sequence ``last``) are empty, and ``on_disk`` outbox and background work."""
        if not self.idle or not await self.puller.caught_up(last):
            return False
        return not on_disk or (not await self.database.read(self._waiting) and self.idle)

    def _waiting(self, session: Session) -> int:
        untold = session.execute(
            select(col(OutboxRow.sequence)).where(col(OutboxRow.stream_sequence).is_(None)).limit(1)
        ).first()
        if untold:
            return 1
        return self.service.backlog(session) if self.service.backlog else 0

    async def next_due(self) -> datetime | None:
        """Earliest moment this service waits for."""
        return await self.database.read(self.service.next_due) if self.service.next_due else None

    def _publish_feed(self, lines: list[tuple[str, bytes]]) -> None:
        asyncio.ensure_future(self._send_feed(lines))  # noqa: RUF006  # best effort: gateways fill gaps by number

    async def _send_feed(self, lines: list[tuple[str, bytes]]) -> None:
        try:
            for subject, body in lines:
                await self._client.publish(subject, body)
        except Exception as error:  # noqa: BLE001  # core NATS while reconnecting: gateways fill the gap
            log.info("live feed interrupted", error=repr(error))

    def state(self) -> str:
        """State in words."""
        if not self.lease.held:
            return "en attente (une autre instance tient le service)"
        if self._started:
            return "prêt"
        return f"ne démarre pas : {self._trouble}" if self._trouble else "démarrage"

    async def close(self) -> None:
        """Give the lease back and close the database."""
        try:
            await self.lease.release()
        except Exception as error:  # noqa: BLE001  # the database away: another instance takes over when the term ends
            log.info("lease left to expire", service=self.service.name, error=repr(error))
        await self.database.close()
