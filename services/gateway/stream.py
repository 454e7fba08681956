"""``GET /stream``: the journal as server-sent events; ``Last-Event-ID`` resumes where a screen was cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from contracts.logbook import ListEntries
from services.gateway.edge import Call, Edge
from services.gateway.feed import Channel
from services.gateway.problems import Problem
from services.platform.errors import Invalid, Refused

PING_SECONDS = 15.0
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


async def stream(edge: Edge, request: Request) -> Response:
    """Open a stream. The logbook itself says, before it opens, whether this caller may read."""
    call = await edge.enter(request)
    resumed = last_event(request)
    channel = await edge.feed.channel(call.territory)
    newest = await edge.ask(ListEntries(limit=1), call)
    items = newest.get("items") or [{"number": 0}]
    head = int(items[0]["number"])
    start = head if resumed is None else min(resumed, head)
    return StreamingResponse(
        events(edge, request, call, channel, start), headers=HEADERS, media_type="text/event-stream"
    )


def last_event(request: Request) -> int | None:
    """Number to resume after: the header a browser sends by itself, or ``?after=``."""
    text = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("Last-Event-ID doit être le numéro de la dernière entrée reçue.")
    return int(text)


async def events(edge: Edge, request: Request, call: Call, channel: Channel, start: int) -> AsyncIterator[bytes]:
    """Frames in order of number, for as long as the caller listens and keeps its access."""
    yield b"retry: 2000\n: flux du journal de bord\n\n"
    with channel.reading(start) as reader:
        reader.offer(await _known_head(edge, call, start))
        while True:
            try:
                frames = await channel.next(reader, PING_SECONDS)
            except Refused:
                yield b": journal momentanement injoignable\n\n"
                await asyncio.sleep(1)
                continue
            yield b"".join(frames) or b": ping\n\n"
            if not frames and not await _still_allowed(edge, request, call):
                return


async def _known_head(edge: Edge, call: Call, start: int) -> int:
    """The head once the reader is known to the channel: nothing falls between the two."""
    try:
        items = (await edge.ask(ListEntries(limit=1), call)).get("items") or []
    except Refused:
        return start
    return int(items[0]["number"]) if items else start


async def _still_allowed(edge: Edge, request: Request, call: Call) -> bool:
    """A token revoked or expired ends the stream; a directory that does not answer does not."""
    try:
        return call.territory in (await edge.auth.caller(request)).territories
    except Problem:
        return False
    except Refused:
        return True
