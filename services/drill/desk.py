"""The desk under exercise: started for the drill, stopped by a power cut, reached through its public interface."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx

from services.platform.runner import Tocsin

Edge = Callable[[Tocsin], httpx.AsyncBaseTransport]


class DrillDesk:
    """The desk under exercise and its public interface; it may be stopped and started again."""

    tocsin: Tocsin
    http: httpx.AsyncClient

    def __init__(self, make: Callable[[], Tocsin], edge: Edge) -> None:
        self._make = make
        self._edge = edge
        self._running = AsyncExitStack()

    async def __aenter__(self) -> DrillDesk:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start and wait until every service is ready."""
        self.tocsin = await self._running.enter_async_context(self._make())
        await self.tocsin.started()
        transport = self._edge(self.tocsin)
        client = httpx.AsyncClient(transport=transport, base_url="http://exercice", timeout=20)
        self.http = await self._running.enter_async_context(client)

    async def stop(self) -> None:
        """Stop, leaving the data where a next start finds it."""
        await self._running.aclose()


def read_answer(response: httpx.Response) -> Any:
    """JSON as it is, JSON Lines as a list of ``items``, anything else as text."""
    kind = response.headers.get("content-type", "")
    if "jsonl" in kind or "ndjson" in kind:
        return {"items": [json.loads(line) for line in response.text.splitlines() if line]}
    return response.json() if "json" in kind else response.text
