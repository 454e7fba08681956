"""Five hundred open screens: what they cost the desk while facts come, and how long a fact takes to each."""

from __future__ import annotations

import asyncio
import json
import os
import re
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.cli.bench import HOST, Desk
from services.cli.load import Connection
from services.platform.errors import TocsinError

SCREENS, FACTS_A_SECOND, LIVE_SECONDS = 500, 2.0, 20.0
ENTRY = re.compile(rb"(?:^|\n)id: (\d+)\n")
#: What is measured, its value and unit, and the budget it has to hold, if any.
Row = tuple[str, float, str, float | None]


def cpu(pid: int) -> float:
    """Seconds of processor a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def write(line: Connection, text: str) -> int:
    """One entry in the journal; its number."""
    status, body = await line.request("POST", "/api/v1/logbook", json.dumps({"text": text}).encode())
    if status != 201:
        raise TocsinError(f"Le journal a répondu {status} : la mesure s'arrête.")
    return int(json.loads(body)["number"])


class Watcher(asyncio.Protocol):
    """One open screen: when each entry came."""

    def __init__(self, request: bytes, seen: dict[int, list[float]]) -> None:
        self._request, self._seen = request, seen
        self.opened = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note the entries it brings."""
        if not self.opened.done():
            self.opened.set_result(data.split(b" ", 2)[1])
        now = time.perf_counter()
        for number in ENTRY.findall(data):
            self._seen.setdefault(int(number), []).append(now)

    def close(self) -> None:
        """Leave."""
        if self._transport:
            self._transport.close()


@contextmanager
def _closing(watchers: list[Watcher]) -> Iterator[None]:
    try:
        yield
    finally:
        for watcher in watchers:
            watcher.close()


async def live(desk: Desk, path: str, headers: str) -> list[Row]:
    """Processor of the desk with every screen open, less what the same facts cost without them; fact to frame."""
    loop = asyncio.get_running_loop()
    alone, _ = await _facts(desk, LIVE_SECONDS / 2)
    seen: dict[int, list[float]] = {}
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{headers}\r\n".encode()
    watchers: list[Watcher] = []
    with _closing(watchers):
        for _ in range(SCREENS):
            _, watcher = await loop.create_connection(lambda: Watcher(request, seen), HOST, desk.port)
            watchers.append(watcher)
        answers = await asyncio.wait_for(asyncio.gather(*(watcher.opened for watcher in watchers)), 30)
        if set(answers) != {b"200"}:
            raise TocsinError("Un flux a été refusé : la mesure s'arrête.")
        await asyncio.sleep(2)
        used, sent = await _facts(desk, LIVE_SECONDS)
        await asyncio.sleep(1.5)
    waits = sorted(at - sent[number] for number in sent for at in seen.get(number, []))
    lost = sum(SCREENS - len(seen.get(number, [])) for number in sent)
    said = f"{SCREENS} écrans, {FACTS_A_SECOND:.0f} faits par seconde"
    return [
        (f"{said} : part des écrans, d'un cœur", (used - alone) * 100, "%", 10.0),
        ("  tout le poste, les faits compris", used * 100, "%", None),
        ("  les mêmes faits sans écran", alone * 100, "%", None),
        ("  du fait à l'écran, médiane", statistics.median(waits) * 1000, "ms", 1000.0),
        ("  du fait à l'écran, p99", waits[int(len(waits) * 0.99)] * 1000, "ms", 1000.0),
        ("  entrées manquées", float(lost), "", 0.0),
    ]


async def _facts(desk: Desk, seconds: float) -> tuple[float, dict[int, float]]:
    """Write at a steady pace; the share of a core the desk used meanwhile, and when each entry was sent."""
    line, sent = Connection(HOST, desk.port, desk.watcher), {}
    began, before = time.perf_counter(), cpu(desk.pid)
    for turn in range(int(seconds * FACTS_A_SECOND)):
        await asyncio.sleep(max(0.0, began + turn / FACTS_A_SECOND - time.perf_counter()))
        at = time.perf_counter()
        sent[await write(line, f"Fait mesuré {turn}")] = at
    await asyncio.sleep(max(0.0, began + seconds - time.perf_counter()))
    line.close()
    return (cpu(desk.pid) - before) / (time.perf_counter() - began), sent
