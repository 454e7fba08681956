"""A small HTTP/1.1 client for loads: keep-alive connections on loopback, one request at a time on each."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass(slots=True)
class Load:
    """What a load came to: seconds taken by each accepted request, and the refusals by status."""

    latencies: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Accepted requests a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds under which ``share`` of the accepted requests stayed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class Connection:
    """One keep-alive connection."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._host, self._port, self._token = host, port, token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(self, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, bytes]:
        """Status and body of one request; the connection is made again when it was cut."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        )
        try:
            self._writer.write(head.encode() + body)
            return await self._answer()
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            raise

    async def _answer(self) -> tuple[int, bytes]:
        if self._reader is None:
            raise ConnectionError
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = int(head.split(" ", 2)[1])
        for line in head.split("\r\n"):
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                return status, await self._reader.readexactly(int(value))
        return status, b""

    def close(self) -> None:
        """Close it."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


def alert(number: int, prefix: str = "charge") -> dict[str, Any]:
    """An alert of the SAMU, each its own."""
    now = datetime.now(UTC)
    return {
        "source": "samu-91",
        "external_id": f"{prefix}-{number}",
        "kind": "samu",
        "areas": [{"departement": "91"}],
        "headline": f"Message d'essai {number}",
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=6)).isoformat(),
        "status": "actual",
    }


async def push_alerts(
    host: str, port: int, token: str, *, connections: int, seconds: float, prefix: str = "charge"
) -> Load:
    """Push distinct alerts over ``connections`` for ``seconds``; stops by itself."""
    load, counter = Load(), iter(range(10_000_000))
    until = time.monotonic() + seconds

    async def one() -> None:
        line = Connection(host, port, token)
        while time.monotonic() < until:
            body = json.dumps(alert(next(counter), prefix)).encode()
            started = time.perf_counter()
            try:
                status, _ = await line.request("POST", "/api/v1/alerts", body)
            except (OSError, asyncio.IncompleteReadError):
                load.refused[0] = load.refused.get(0, 0) + 1
                await asyncio.sleep(0.05)
                continue
            if status in (200, 201):
                load.latencies.append(time.perf_counter() - started)
            else:
                load.refused[status] = load.refused.get(status, 0) + 1
        line.close()

    began = time.monotonic()
    await asyncio.gather(*(one() for _ in range(connections)))
    load.seconds = time.monotonic() - began
    return load
