"""``/flux``: what keeps the screens fresh. Entries and zones are drawn once for all who may see the same.

A beat gathers what happened, draws the zones that changed and wakes every screen once: five hundred of them cost five
hundred writes a beat, however many facts came, and they all show the same thing at the same moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from contracts.base import PLATFORM
from contracts.logbook import AskHead
from services.gateway.console import drawing
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.console.visit import Visit, enter
from services.gateway.edge import Call, Edge
from services.gateway.feed import Channel, Reader
from services.gateway.problems import Problem
from services.gateway.stream import HEADERS
from services.platform.errors import Refused

log = structlog.get_logger()
PING_SECONDS = 15.0
#: The first beat follows a fact at once; the next ones leave room for the facts of a busy minute to meet.
FIRST_BEAT, NEXT_BEAT = 0.03, 0.45
REDRAWN_SECONDS = 60.0
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
        """Draw at each beat, for as long as somebody looks."""
        while True:
            with contextlib.suppress(TimeoutError):  # without a fact, waits and hours still grow
                await asyncio.wait_for(self.asked.wait(), REDRAWN_SECONDS)
            await asyncio.sleep(FIRST_BEAT)
            self.asked.clear()
            try:
                await self.draw()
            except Refused:
                log.info("zones not drawn: a part does not answer")
            except Exception as error:
                log.exception("zones not drawn", exc_info=error)
            for reader in self.readers:
                reader.woken.set()
            await asyncio.sleep(NEXT_BEAT)

    async def draw(self) -> None:
        """Keep a frame for each zone that differs from what was last sent."""
        head = self.head
        self.viewpoint.missing.clear()
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


class Live:
    """Channels of drawn entries by territory, boards by audience."""

    def __init__(self, edge: Edge, zones: Zones) -> None:
        self._edge = edge
        self._zones = zones
        self._channels: dict[str, Channel] = {}
        self._boards: dict[tuple[Any, ...], Board] = {}
        self._opening = asyncio.Lock()

    async def channel(self, territory: str) -> Channel:
        """Entries of a territory, drawn as the feed shows them."""
        async with self._opening:
            if territory not in self._channels:
                made = Channel(self._edge.bus, territory, self._drawer(territory))
                made.on_entry = lambda number: self._beat(territory, number)
                await self._edge.bus.listen(f"entry.{territory}", made.hear)
                self._channels[territory] = made
            return self._channels[territory]

    async def head(self, territory: str) -> int:
        """Number of the last entry: where a stream stands, told to those outside too."""
        found = await self._edge.ask(AskHead(), Call(PLATFORM, territory))
        return int(found["number"])

    def _drawer(self, territory: str) -> Callable[[list[dict[str, Any]]], Awaitable[list[bytes]]]:
        async def draw(entries: list[dict[str, Any]]) -> list[bytes]:
            known = self._edge.screens.names
            names = await known.of(self._edge, territory, [entry["author"] for entry in entries])
            entries = await known.in_words(self._edge, territory, entries)
            viewpoint = Viewpoint(self._edge, Call(PLATFORM, territory), self._edge.territories[territory])
            return [_entry_frame(entry, viewpoint, names) for entry in entries]

        return draw

    def _beat(self, territory: str, number: int) -> None:
        for board in self._boards.values():
            if board.viewpoint.territory.territory == territory:
                board.beat(number)

    @contextlib.contextmanager
    def watching(self, visit: Visit, reader: Reader) -> Iterator[Board]:
        """The board of this visit's audience; it is drawn only while somebody looks."""
        caller = visit.call.caller
        key = (visit.territory.territory, caller.kind, caller.roles, caller.on_duty)
        board = self._boards.get(key)
        if board is None:
            board = self._boards[key] = Board(Viewpoint(self._edge, visit.call, visit.territory), self._zones)
            board.task = asyncio.create_task(board.run())
        board.readers.add(reader)
        try:
            yield board
        finally:
            board.readers.discard(reader)
            if not board.readers and self._boards.get(key) is board:
                del self._boards[key]
                if board.task:
                    board.task.cancel()


def _entry_frame(entry: dict[str, Any], viewpoint: Viewpoint, names: dict[str, str]) -> bytes:
    macros = drawing.environment().get_template("_macros.html").module
    html = str(macros.entry(entry, viewpoint, names)).strip()  # type: ignore[attr-defined]  # a Jinja macro
    data = {"html": html, "kind": entry["kind"], "fact": entry.get("fact_type") or "", "erases": entry.get("erases")}
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {entry['number']}\nevent: entry\ndata: {body}\n\n".encode("utf-8", "backslashreplace")


async def stream(edge: Edge, request: Request) -> Response:
    """Open the stream of a screen. Those outside receive zones only: entries are the CPTS's."""
    visit = await enter(edge, request)
    live = edge.screens.live
    channel = await live.channel(visit.territory.territory)
    resumed = request.headers.get("last-event-id") or request.query_params.get("apres") or ""
    head = await live.head(visit.territory.territory)
    start = min(int(resumed), head) if resumed.isascii() and resumed.isdigit() and len(resumed) < 19 else head
    return StreamingResponse(frames(live, visit, channel, start), headers=HEADERS, media_type="text/event-stream")


async def frames(live: Live, visit: Visit, channel: Channel, start: int) -> AsyncIterator[bytes]:
    """Entries in order, then the zones they changed; a sign of life every fifteen seconds."""
    yield b"retry: 1500\nevent: vivant\ndata: \n\n"
    with channel.reading(start, eager=False) as reader, live.watching(visit, reader) as board:
        seen = board.turn
        head = await live.head(visit.territory.territory)
        if head > start:  # something happened since the page was drawn: its entries, and every zone
            seen = 0
            reader.offer(head)
            reader.woken.set()
            board.beat(head)
        while True:
            try:
                entries = await channel.next(reader, PING_SECONDS)
            except Refused:
                yield b": journal momentanement injoignable\n\n"
                await asyncio.sleep(1)
                continue
            told = (entries if visit.inside else []) + board.fresh(seen)
            seen = board.turn
            yield b"".join(told) or b"event: vivant\ndata: \n\n"
            if not told and not await _still_signed_in(visit):
                return


async def _still_signed_in(visit: Visit) -> bool:
    """A session closed or revoked ends the stream; a directory that does not answer does not."""
    try:
        caller = await visit.edge.auth.principal_of(visit.token)
    except (Problem, Refused):
        return True
    return caller is not None and visit.territory.territory in caller.territories
