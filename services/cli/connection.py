"""How the other commands reach a desk: the one that runs (``run.json``), or one started for the time of the command."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import nats

from contracts.base import PLATFORM, Command, Question
from services.platform.bus import Bus
from services.platform.errors import from_refusal
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.registry import SERVICES
from services.territories import territories_of

T = TypeVar("T")


class Line:
    """A line to the desk, as the platform itself."""

    def __init__(self, bus: Bus, territory: str) -> None:
        self._bus = bus
        self.territory = territory

    async def send(
        self, message: Command | Question, *, service: str | None = None, patience: float = 5.0
    ) -> dict[str, Any]:
        """Send a command or a question; its result, or its refusal raised."""
        reply = await self._bus.request(
            message, territory=self.territory, caller=PLATFORM, service=service, patience=patience
        )
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return reply.result or {}


def running(settings: Settings) -> dict[str, Any] | None:
    """What ``run.json`` says of a desk that still runs, or nothing."""
    try:
        found: dict[str, Any] = json.loads((settings.data_dir / "run.json").read_text())
        os.kill(int(found["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return None
    return found


@asynccontextmanager
async def line(settings: Settings, territory: str | None = None) -> AsyncIterator[Line]:
    """A line to the running desk, or to one started for this command alone."""
    where = territory or settings.territory_names[0]
    found = running(settings)
    if found is None:
        async with Tocsin(list(SERVICES.values()), settings, territories_of(settings)) as tocsin:
            await tocsin.started()
            yield Line(tocsin.bus, where)
            with contextlib.suppress(TimeoutError):
                await tocsin.settled(patience=5)
        return
    client = await nats.connect(found["nats_url"].split(","), connect_timeout=3, max_reconnect_attempts=2)
    try:
        yield Line(Bus(client, found["secret"]), where)
    finally:
        await client.close()


def with_line(settings: Settings, territory: str | None, work: Callable[[Line], Awaitable[T]]) -> T:
    """Run ``work`` with a line, from synchronous code."""

    async def run() -> T:
        async with line(settings, territory) as opened:
            return await work(opened)

    return asyncio.run(run())
