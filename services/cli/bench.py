"""``tocsin bench``: what this machine accepts and how fast it reaches the journal, beside the bare limits."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
from rich.console import Console
from rich.table import Table

from services.cli.load import Connection, alert, push_alerts
from services.platform.errors import TocsinError
from services.platform.nats_server import NatsServer, free_port

HOST = "127.0.0.1"


def bench(seconds: float, connections: int, postgres: str, out: Path | None) -> None:
    """Measure and print; with ``out``, leave the figures as JSON."""
    figures: dict[str, dict[str, float]] = {"limites": asyncio.run(bare_limits())}
    figures["sqlite"] = measure("", seconds, connections)
    if postgres:
        figures["postgresql"] = measure(postgres, seconds, connections)
    table = Table(title=f"Tocsin, {os.cpu_count()} cœurs, {connections} connexions, client sur la même machine")
    table.add_column("Mesure")
    for name in figures:
        table.add_column(name, justify="right")
    for row in dict.fromkeys(row for column in figures.values() for row in column):
        table.add_row(row, *(_cell(column.get(row)) for column in figures.values()))
    Console().print(table)
    if out:
        out.write_text(json.dumps(figures, indent=2, ensure_ascii=False))


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}".replace(",", " ")


async def bare_limits() -> dict[str, float]:
    """Commits a second of SQLite alone, publishes a second of JetStream alone, both synced."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        base = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)")
        started, commits = time.monotonic(), 0
        while time.monotonic() - started < 1.0:
            base.execute("INSERT INTO bare (body) VALUES ('x')")
            commits += 1
        base.close()
        server = NatsServer(Path(folder))
        await server.start()
        client = await nats.connect(server.url)
        js = client.jetstream()
        await js.add_stream(name="BARE", subjects=["bare.>"])
        started, published = time.monotonic(), 0
        while time.monotonic() - started < 1.0:
            await asyncio.gather(*(js.publish("bare.x", b"x" * 500) for _ in range(64)))
            published += 64
        await client.close()
        await server.stop()
    return {
        "validations SQLite nues /s": float(commits),
        "publications JetStream nues /s (64 en vol)": float(published),
    }


@dataclass(frozen=True, slots=True)
class Desk:
    """A measured desk: who pushes is the SAMU, who watches is the coordinator."""

    port: int
    pid: int
    pusher: str
    watcher: str
    folder: Path


def _token(environment: dict[str, str], role: str) -> str:
    create = [sys.executable, "-m", "services.cli", "token", "create", "--role", role]
    made = subprocess.run(create, env=environment, check=True, capture_output=True, text=True)  # noqa: S603  # ourselves
    return made.stdout.strip()


@contextmanager
def desk(database_url: str) -> Iterator[Desk]:
    """A desk of its own in another process."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        port = free_port()
        environment = {
            **os.environ,
            "TOCSIN_DATA_DIR": folder,
            "TOCSIN_HTTP_PORT": str(port),
            "TOCSIN_DATABASE_URL": database_url,
            "TOCSIN_DATABASE_SCHEMA": f"bench{port}_",
            "TOCSIN_NATS_URL": "",
            "TOCSIN_LOG_LEVEL": "ERROR",
            "TOCSIN_TERRITORY": "nord-essonne",
        }
        command = [sys.executable, "-m", "services.cli"]
        process = subprocess.Popen([*command, "up"], env=environment, stdout=subprocess.DEVNULL)  # noqa: S603  # ourselves
        try:
            asyncio.run(_ready(port))
            pusher, watcher = _token(environment, "samu"), _token(environment, "coordinator")
            yield Desk(port, process.pid, pusher, watcher, Path(folder))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            if database_url:
                asyncio.run(drop_schemas(database_url, f"bench{port}_"))


async def _ready(port: int) -> None:
    for _ in range(900):
        try:
            status, _ = await Connection(HOST, port, "").request("GET", "/health/ready")
            if status == 200:
                return
        except (OSError, asyncio.IncompleteReadError):
            pass
        await asyncio.sleep(0.1)
    raise TocsinError("Le poste mesuré n'a pas démarré en 90 s.")


async def drop_schemas(url: str, prefix: str) -> None:
    """Remove what a measured or tormented desk left on PostgreSQL."""
    import asyncpg

    connection = await asyncpg.connect(url)
    for row in await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname LIKE $1", prefix + "%"):
        await connection.execute(f'DROP SCHEMA "{row["nspname"]}" CASCADE')
    await connection.close()


def measure(database_url: str, seconds: float, connections: int) -> dict[str, float]:
    """Idle latency, then the load, then the time the journal takes to hold it all."""
    with desk(database_url) as measured:
        return asyncio.run(_measure(measured, seconds, connections))


async def _measure(measured: Desk, seconds: float, connections: int) -> dict[str, float]:
    port, token = measured.port, measured.watcher
    idle = await idle_latency(measured, 60)
    before = await _head(port, token)
    began = time.monotonic()
    load = await push_alerts(HOST, port, measured.pusher, connections=connections, seconds=seconds)
    accepted = len(load.latencies)
    while await _head(port, token) - before < accepted:
        if time.monotonic() - began > seconds + 120:
            raise TocsinError("Le journal n'a pas rattrapé la charge en deux minutes.")
        await asyncio.sleep(0.05)
    whole = time.monotonic() - began
    entries = await _head(port, token) - before
    return {
        "alertes acceptées /s": load.rate,
        "p50 (ms)": load.percentile(0.5),
        "p99 (ms)": load.percentile(0.99),
        "refus": float(sum(load.refused.values())),
        "faits jusqu'au journal /s": entries / whole,
        "alerte au journal, poste calme, p50 (ms)": statistics.median(idle) * 1000,
        "mémoire du poste (Mo)": _resident(measured.pid),
    }


async def idle_latency(measured: Desk, count: int) -> list[float]:
    """Seconds from sending an alert to its entry on the live feed, one at a time."""
    reader, writer = await asyncio.open_connection(HOST, measured.port)
    writer.write(
        f"GET /api/v1/stream HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {measured.watcher}\r\n\r\n".encode()
    )
    if b" 200 " not in await reader.readuntil(b"\r\n\r\n"):
        raise TocsinError("Le fil en direct n'a pas répondu.")
    line, found = Connection(HOST, measured.port, measured.pusher), []
    for number in range(count):
        started = time.perf_counter()
        await line.request("POST", "/api/v1/alerts", json.dumps(alert(number, "calme")).encode())
        while f"Message d'essai {number}".encode() not in await reader.readline():
            pass
        found.append(time.perf_counter() - started)
        await asyncio.sleep(0.02)
    writer.close()
    line.close()
    return found


async def _head(port: int, token: str) -> int:
    line = Connection(HOST, port, token)
    _, body = await line.request("GET", "/api/v1/logbook/head")
    line.close()
    return int(json.loads(body)["number"])


def _resident(pid: int) -> float:
    """Resident megabytes of a process and its children."""
    pids = [pid, *(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
