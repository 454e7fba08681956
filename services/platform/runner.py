"""run(): the one composition root, for one service or for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Coroutine, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Self

import nats
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from faststream.nats import NatsBroker
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.errors import APIError

from services.platform.alarms import Alarms
from services.platform.bus import INBOX, Bus
from services.platform.clock import Clock, SystemClock
from services.platform.data_lock import DataLock, own_secret, write_run
from services.platform.instance import Instance
from services.platform.nats_server import NatsServer
from services.platform.retelling import StreamKeeper
from services.platform.service import Service
from services.platform.settings import Settings
from services.platform.surroundings import Surroundings
from services.platform.telemetry import NATS_UP
from services.platform.territory import Territories
from services.platform.topology import FACTS

log = structlog.get_logger()
STOP_PATIENCE = 1.5


class Tocsin:
    """A running desk, whole or part: bus, databases, loops. ``async with`` starts and stops it."""

    def __init__(
        self, services: Sequence[Service], settings: Settings, territories: Territories, clock: Clock | None = None
    ) -> None:
        self.services = services
        self.settings = settings
        self.territories = territories
        self.clock = clock or SystemClock()
        self.alarms = Alarms(settings.data_dir)
        self.instances: list[Instance] = []
        self.nats: NatsServer | None = None
        self._lock: DataLock | None = None
        self._stack = contextlib.AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _start(self) -> None:
        secret = await self._start_bus()
        self.bus = Bus(self.client, secret)
        self._broker = NatsBroker(
            self._servers,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            graceful_timeout=STOP_PATIENCE,
            logger=None,
            apply_types=False,  # the codec reads the bodies: injection would cost 0.3 ms a message
        )
        around = Surroundings(self.clock, self.settings, self.territories, self.alarms)
        self.instances = [Instance(service, around, self.client, self.bus, secret) for service in self.services]
        for instance in self.instances:  # one after the other: Alembic keeps the migration it runs in globals
            await instance.prepare()
        for instance in self.instances:
            instance.desk.subscribe(self._broker)
        await self._broker.start()
        keeper = StreamKeeper(self.instances, self.client, self.js, self.settings.nats_replicas)
        await keeper.repair()
        for instance in self.instances:
            instance.start(self._spawn)
        self._spawn(keeper.watch())
        self._start_ticking()
        self._write_run_file(secret)

    async def _start_bus(self) -> str:
        settings = self.settings
        self._servers = settings.nats_servers
        secret = settings.bus_secret or own_secret(settings.data_dir)
        if not self._servers:
            self._lock = DataLock(settings.data_dir)
            self._lock.take()
            self.nats = NatsServer(settings.data_dir, self._lock, secret, settings.nats_port)
            self.nats.relaunched = partial(self._write_run_file, secret)
            await self.nats.start()
            self._servers = [self.nats.url]
        self.client: Client = await nats.connect(
            self._servers,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,
            ping_interval=5,
            max_outstanding_pings=2,
            error_cb=_log_error,
            reconnected_cb=self._reconnected,
            disconnected_cb=self._disconnected,
            pending_size=64 * 1024 * 1024,
            name="tocsin",
            inbox_prefix=INBOX,
        )
        NATS_UP.set(1)
        self.js: JetStreamContext = self.client.jetstream(timeout=5)
        return secret

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _start_ticking(self) -> None:
        """Tick once a second; a moved clock is ticked by who moves it."""
        if getattr(self.clock, "moved", False):
            return
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self.tick, "interval", seconds=1, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        self._scheduler.start()
        self._stack.callback(self._scheduler.shutdown, wait=False)

    async def tick(self) -> None:
        """One tick of every service."""
        self.alarms.look()
        await asyncio.gather(*(instance.tick() for instance in self.instances))

    async def _disconnected(self) -> None:
        NATS_UP.set(0)
        if not self._stopping:  # the client also calls this when it is closed
            log.warning("bus cut, reconnecting")

    async def _reconnected(self) -> None:
        NATS_UP.set(1)
        log.info("bus connected again")
        for instance in self.instances:
            instance.stream_missing.set()  # a restarted server may have lost its store: look

    async def started(self, patience: float = 30.0) -> None:
        """Wait until every service holds its lease and took its first steps."""
        async with asyncio.timeout(patience):
            while not all(instance.state() == "prêt" for instance in self.instances):
                await asyncio.sleep(0.01)

    async def quiet(self) -> bool:
        """Whether nothing waits anywhere: queues, outboxes, stream, background work."""
        return not await self._busy(on_disk=True)

    async def _busy(self, *, on_disk: bool) -> list[str]:
        """Services where something runs, or waits in the stream or (``on_disk``) in their database."""
        if running := [instance.service.name for instance in self.instances if not instance.idle]:
            return running
        try:
            last = (await self.js.stream_info(FACTS)).state.last_seq
        except (nats.errors.Error, APIError, TimeoutError):
            return ["bus"]
        return [one.service.name for one in self.instances if not await one.quiet(last, on_disk=on_disk)]

    async def settled(self, *, patience: float = 30.0) -> None:
        """Wait until nothing runs nor waits; ``TimeoutError`` names who is still busy.

        Databases are read only once all seems calm, and a last look tells whether that moment lasted.
        """
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            for on_disk in (False, True, False):
                if busy := await self._busy(on_disk=on_disk):
                    break
            else:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"still busy after {patience} s: {busy}")
            await asyncio.sleep(0.002)

    async def next_due(self) -> datetime | None:
        """Earliest moment at which time alone makes something happen."""
        moments = [await instance.next_due() for instance in self.instances]
        return min((moment for moment in moments if moment), default=None)

    def readiness(self) -> dict[str, str]:
        """State of each part, in words a coordinator can pass on."""
        states = {instance.service.name: instance.state() for instance in self.instances}
        states.update(self.alarms.raised)
        states["bus"] = "connecté" if self.client.is_connected else "coupé, reconnexion en cours"
        return states

    def _write_run_file(self, secret: str) -> None:
        """Tell the other commands of ``tocsin`` where this desk is."""
        run = {
            "pid": os.getpid(),
            "nats_pid": self.nats.pid if self.nats else 0,
            "nats_url": ",".join(self._servers),
            "secret": secret,
            "http": f"http://{self.settings.http_host}:{self.settings.http_port}",
            "guest_nats_url": self.nats.guest_url if self.nats else "",
        }
        write_run(self.settings.data_dir, run)

    async def stop(self) -> None:
        """Stop in order: no more work in, what runs is finished or rolled back, leases given, bus closed."""
        self._stopping = True
        await self._stack.aclose()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._broker.stop(), STOP_PATIENCE)
        await _cancel(self._tasks)
        await asyncio.gather(*(instance.close() for instance in self.instances), return_exceptions=True)
        if hasattr(self, "client"):
            with contextlib.suppress(Exception):
                await self.client.close()
        if self.nats:
            await self.nats.stop()
        if self._lock:
            self._lock.release()


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    """End tasks, asking again: ``asyncio.wait_for``, which the bus client uses, may swallow a cancellation."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=0.2)


async def _log_error(error: Exception) -> None:
    log.warning("bus error", error=repr(error))
