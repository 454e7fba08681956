"""``/flux``: what keeps the screens fresh. Entries and zones are drawn once for all who may see the same.

A beat gathers what happened, draws the zones that changed and wakes every screen once: five hundred of them cost five
hundred writes a beat, however many facts came, and they all show the same thing at the same moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import structlog
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from contracts.base import PLATFORM
from contracts.logbook import AskHead
from services.gateway.console import drawing
from services.gateway.console.board import Board, Zones
from services.gateway.console.viewpoint import Viewpoint
from services.gateway.console.visit import DESK_USES, Visit, enter
from services.gateway.edge import Call, Edge
from services.gateway.feed import Channel, Reader
from services.gateway.problems import Problem
from services.gateway.stream import HEADERS
from services.platform.errors import Refused

log = structlog.get_logger()
PING_SECONDS = 15.0
#: How often an open stream asks whether its session still stands, and with which duties.
SESSION_SECONDS = 30.0
HANDOVER = "releve"


class Live:
    """Channels of drawn entries by territory, boards by audience."""

    def __init__(self, edge: Edge, zones: Zones) -> None:
        self._edge = edge
        self._zones = zones
        self._channels: dict[str, Channel] = {}
        self._boards: dict[tuple[Any, ...], Board] = {}
        self._opening = asyncio.Lock()
        self._heads: dict[str, asyncio.Task[int]] = {}
        #: Counts the changes of duty told: who may decide, and so what a screen shows, may be another.
        self.handovers = 0

    async def channel(self, territory: str) -> Channel:
        """Entries of a territory, drawn as the feed shows them."""
        async with self._opening:
            if territory not in self._channels:
                made = Channel(self._edge.bus, territory, self._drawer(territory))
                made.on_entry = lambda number: self._beat(territory, number)
                await self._edge.bus.listen(f"entry.{territory}", made.hear)
                self._channels[territory] = made
            return self._channels[territory]

    async def head(self, channel: Channel, territory: str) -> int:
        """Number of the last entry, for those outside too; one question for all the screens that open together."""
        asking = self._heads.get(territory)
        if asking is None:
            asking = self._heads[territory] = asyncio.create_task(self._head(territory))
            asking.add_done_callback(lambda task: self._answered(territory, task))
        return max(await asyncio.shield(asking), channel.newest)

    def _answered(self, territory: str, task: asyncio.Task[int]) -> None:
        self._heads.pop(territory, None)
        if not task.cancelled():
            task.exception()  # told to who waits; nobody may be left

    async def _head(self, territory: str) -> int:
        found = await self._edge.ask(AskHead(), Call(PLATFORM, territory))
        return int(found["number"])

    def _drawer(self, territory: str) -> Callable[[list[dict[str, Any]]], Awaitable[list[bytes]]]:
        async def draw(entries: list[dict[str, Any]]) -> list[bytes]:
            self.handovers += any(entry["kind"] == HANDOVER for entry in entries)
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
    head = await live.head(channel, visit.territory.territory)
    start = min(int(resumed), head) if resumed.isascii() and resumed.isdigit() and len(resumed) < 19 else head
    return StreamingResponse(frames(live, visit, channel, start), headers=HEADERS, media_type="text/event-stream")


async def frames(live: Live, visit: Visit, channel: Channel, start: int) -> AsyncIterator[bytes]:
    """Entries in order, then the zones they changed; a sign of life every fifteen seconds.

    A session over ends the stream. Duties that change move it to the zones of its new audience.
    """
    yield b"retry: 1500\nevent: vivant\ndata: \n\n"
    with channel.reading(start, eager=False) as reader:
        with contextlib.suppress(Refused):  # it will be asked again at the next sign of life
            reader.offer(await live.head(channel, visit.territory.territory))
        moved = False
        while await _signed_in(visit):
            with live.watching(visit, reader) as board:
                # Something happened since the page was drawn: its entries, and every zone.
                behind = moved or reader.target > reader.last
                if behind:
                    reader.woken.set()
                    board.beat(reader.target)
                async for told in _frames(live, visit, channel, reader, board, 0 if behind else board.turn):
                    yield told
            moved = True


async def _frames(
    live: Live, visit: Visit, channel: Channel, reader: Reader, board: Board, seen: int
) -> AsyncIterator[bytes]:
    """Frames of one audience, until its session has to be looked at again and says something else."""
    loop, handover = asyncio.get_running_loop(), live.handovers
    checked = loop.time()
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
        if handover != live.handovers or loop.time() - checked > SESSION_SECONDS or not told:
            handover, checked, before = live.handovers, loop.time(), visit.call
            if not await _signed_in(visit) or visit.call != before:
                return


async def _signed_in(visit: Visit) -> bool:
    """Whether the session stands, its duties brought up to date; a directory that does not answer changes nothing."""
    try:
        caller = await visit.edge.auth.principal_of(visit.token, DESK_USES)
    except (Problem, Refused):
        return True
    if caller is None or visit.territory.territory not in caller.territories:
        return False
    if caller != visit.viewer:
        visit.call = Call(caller, visit.territory.territory)
    return True
