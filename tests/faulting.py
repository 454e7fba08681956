"""A desk in another process, killed again and again under load: nothing accepted may be lost or doubled.

Short form in the suite (``tests/system/test_faults.py``), long form by hand:

    python -m tests.faulting --kills 50 [--postgres URL]
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from services.cli.bench import drop_schemas
from services.cli.load import Connection, alert
from services.logbook.verify import verify
from services.platform.nats_server import free_port

HOST = "127.0.0.1"
ROOT = Path(__file__).parent.parent


class Victim:
    """``tocsin up`` in a folder of its own, started and killed at will."""

    def __init__(self, folder: Path, database_url: str = "", schema: str = "") -> None:
        self.port = free_port()
        self.folder = folder
        self.environment = {
            **os.environ,
            "TOCSIN_DATA_DIR": str(folder),
            "TOCSIN_HTTP_PORT": str(self.port),
            "TOCSIN_NATS_URL": "",
            "TOCSIN_DATABASE_URL": database_url,
            "TOCSIN_DATABASE_SCHEMA": schema,
            "TOCSIN_LOG_LEVEL": "ERROR",
            "TOCSIN_TERRITORY": "nord-essonne",
            "PYTHONPATH": str(ROOT),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "desk.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", "up"],
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    async def ready(self, patience: float = 30) -> None:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            line = Connection(HOST, self.port, "")
            with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(line):
                status, _ = await line.request("GET", "/health/ready")
                if status == 200:
                    return
            await asyncio.sleep(0.05)
        raise TimeoutError((self.folder / "desk.log").read_text()[-2000:])

    def token(self, role: str) -> str:
        made = subprocess.run(
            [sys.executable, "-m", "services.cli", "token", "create", "--role", role],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return made.stdout.strip()

    def kill_desk(self) -> None:
        self.process.kill()
        self.process.wait()

    def kill_bus(self) -> None:
        with contextlib.suppress(OSError, ValueError, KeyError):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGKILL)

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.process is not None and self.process.poll() is None:
            self.kill_desk()

    def stop(self) -> float:
        """Seconds a Ctrl-C takes."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(15)
        return time.monotonic() - began


async def torment(victim: Victim, kills: int, *, connections: int = 8, seed: int = 1) -> dict[str, int]:
    """Push alerts while killing; returns what was accepted and what the journal holds. Raises on any loss or double."""
    chance = random.Random(seed)  # the same kills again for the same seed
    victim.start()
    await victim.ready()
    token = await asyncio.to_thread(victim.token, "samu")
    accepted: list[str] = []
    stopping = asyncio.Event()

    async def push(worker: int) -> None:
        line, number = Connection(HOST, victim.port, token), 0
        while not stopping.is_set():
            number += 1
            said = {**alert(number, f"w{worker}"), "headline": f"Essai w{worker}-{number}."}
            body = json.dumps(said).encode()
            key = f"Idempotency-Key: w{worker}-{number}\r\n"
            while True:  # the same key until an answer comes, as a careful system does
                try:
                    status, _ = await line.request("POST", "/api/v1/alerts", body, key)
                except (OSError, asyncio.IncompleteReadError, IndexError, ValueError):
                    status = 0
                if status in (200, 201):
                    accepted.append(f"w{worker}-{number}")
                    break
                if stopping.is_set():
                    break
                await asyncio.sleep(0.05)
        line.close()

    pushing = [asyncio.create_task(push(worker)) for worker in range(connections)]
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.1, 0.9))
        if chance.random() < 0.5:
            victim.kill_desk()
            victim.start()
        else:
            victim.kill_bus()
        await victim.ready()
    enough = len(accepted) + connections  # the last start is under load too
    while len(accepted) < enough:
        await asyncio.sleep(0.05)
    stopping.set()
    await asyncio.gather(*pushing)
    return await examine(victim, accepted)


async def examine(victim: Victim, accepted: list[str]) -> dict[str, int]:
    """Wait until the journal holds all that was accepted, then look for losses, doubles and a broken chain."""
    token = await asyncio.to_thread(victim.token, "coordinator")
    wanted, until = set(accepted), time.monotonic() + 60
    while True:
        export = await asyncio.to_thread(_export, victim, token)
        entries = [json.loads(text) for text in export]
        found = collections.Counter(name for entry in entries for name in _names(entry))
        missing = wanted - set(found)
        if not missing or time.monotonic() > until:
            break
        await asyncio.sleep(0.5)
    assert not missing, f"lost: {sorted(missing)[:5]}, {len(missing)} of {len(accepted)}"
    verdict = verify(export)
    assert verdict.ok, verdict
    doubled = [name for name, times in found.items() if times > 1]
    assert not doubled, f"doubled: {doubled[:5]}"
    facts = [entry["fact"] for entry in entries if entry.get("fact")]
    assert len(facts) == len(set(facts)), "a fact was entered twice"
    raised = sum(entry["kind"] == "alerte" for entry in entries)
    return {"accepted": len(wanted), "raised": raised, "entries": len(entries), "kept_unanswered": raised - len(wanted)}


def _names(entry: dict) -> set[str]:
    """Alerts this entry tells of: its own, or the one whose words came late (an entry about an entry)."""
    if entry["kind"] == "alerte" or (entry["kind"] == "information" and entry.get("about")):
        return set(re.findall(r"Essai (w[0-9]+-[0-9]+)", entry.get("text") or ""))
    return set()


def _export(victim: Victim, token: str) -> list[str]:
    made = subprocess.run(
        ["curl", "-sS", "-H", f"Authorization: Bearer {token}", f"http://{HOST}:{victim.port}/api/v1/logbook/export"],
        check=True,
        capture_output=True,
        text=True,
    )
    return [text for text in made.stdout.splitlines() if text]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--postgres", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tocsin-faults-") as folder:
        victim = Victim(Path(folder), asked.postgres, f"faults{os.getpid()}_" if asked.postgres else "")
        print(f"seed {asked.seed}")
        began = time.monotonic()
        try:
            print(asyncio.run(torment(victim, asked.kills, seed=asked.seed)))
            print(f"{asked.kills} kills in {time.monotonic() - began:.0f} s, stopped in {victim.stop():.2f} s")
        finally:
            victim.end()
            if asked.postgres:
                asyncio.run(drop_schemas(asked.postgres, f"faults{os.getpid()}_"))


if __name__ == "__main__":
    main()
