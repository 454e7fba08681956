"""A board: the zones of a screen drawn once for all who may see the same, at a beat that spares a busy minute."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from services.gateway.console import drawing
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.feed import Reader
from services.platform.errors import Refused

log = structlog.get_logger()
#: The first beat follows a fact at once; the next ones leave room for the facts of a busy minute to meet.
FIRST_BEAT, NEXT_BEAT = 0.03, 0.45
ZONES_BEAT = 0.9
SETTLED_SECONDS, REDRAWN_SECONDS = 1.0, 60.0
Zones = Callable[[Viewpoint], Awaitable[tuple[dict[str, Any], tuple[str, ...]]]]


@dataclass(slots=True)
class Board:
    """The zones of those who may see the same: same territory, same roles, same duties."""

    viewpoint: Viewpoint
    zones: Zones
    readers: set[Reader] = field(default_factory=set)
    held: dict[str, str] = field(default_factory=dict)
    frames: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    turn: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    head: int = 0
    task: asyncio.Task[None] | None = None

    def beat(self, number: int) -> None:
        """Something happened."""
        self.head = max(self.head, number)
        self.asked.set()

    async def run(self) -> None:
        """Draw at each beat, for as long as somebody looks.

        A burst is told at every beat and drawn at every other one. A last drawing follows it: what services work out
        from a fact may come a moment after the fact.
        """
        loop = asyncio.get_running_loop()
        drawn, told, unsettled = loop.time() - ZONES_BEAT, (self.head, self.turn), False
        while True:
            heard = await self._heard(SETTLED_SECONDS if unsettled else REDRAWN_SECONDS)
            if heard:
                await asyncio.sleep(FIRST_BEAT)
            self.asked.clear()
            if heard and loop.time() - drawn < ZONES_BEAT:
                self.asked.set()
            else:
                await self._drawn()
                drawn, unsettled = loop.time(), heard
            if told != (self.head, self.turn):
                told = (self.head, self.turn)
                for reader in self.readers:
                    reader.woken.set()
            await asyncio.sleep(NEXT_BEAT)

    async def _heard(self, patience: float) -> bool:
        """Whether something happened within ``patience`` seconds: without a fact, waits and hours still grow."""
        try:
            async with asyncio.timeout(patience):
                await self.asked.wait()
        except TimeoutError:
            return False
        return True

    async def _drawn(self) -> None:
        try:
            await self.draw()
        except Refused:
            log.info("zones not drawn: a part does not answer")
        except Exception as error:
            log.exception("zones not drawn", exc_info=error)

    async def draw(self) -> None:
        """Keep a frame for each zone that differs from what was last sent."""
        head = self.head
        self.viewpoint.again()
        context, names = await self.zones(self.viewpoint)
        for name in names:
            html = drawing.zone(name, self.viewpoint, context)
            if self.held.get(name) != html:
                self.held[name] = html
                self.turn += 1
                self.frames[name] = (self.turn, _zone_frame(name, head, html))

    def fresh(self, seen: int) -> list[bytes]:
        """Frames of the zones that changed since ``seen``."""
        return [frame for turn, frame in self.frames.values() if turn > seen]


def _zone_frame(name: str, head: int, html: str) -> bytes:
    data = json.dumps({"zone": name, "numero": head, "html": html}, ensure_ascii=False, separators=(",", ":"))
    return f"event: zone\ndata: {data}\n\n".encode("utf-8", "backslashreplace")
