"""A desk in the middle of its story, served: a scenario is played until a moment, then the clock walks on.

``python -m tests.browser.story --until 2026-07-02T09:05 [--space exercice] [--port N]`` prints one JSON line: its
address, and sign-in paths by person. ``--space reel`` plays the scenario on the real territory of this desk of a test.
Lines on standard input act on it: ``enter PERSON`` (a sign-in path), ``page PERSON`` (a professional's page),
``advance MINUTES``, ``token ROLE``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import uvicorn

from contracts.access import IssueLink, IssueSignIn, LinkIssued
from contracts.base import PLATFORM, Command, Role, exercise_of
from contracts.directory import IssueToken, TokenIssued
from services.cli.drilling import application
from services.drill import player
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.platform.telemetry import configure_logging
from services.playbook.scenario import load_scenario
from services.registry import SERVICES
from services.territories import PACKAGED, territories_of

PEOPLE = ("coord-a", "coord-b", "referent", "president")


class Story:
    """The desk, its address and its clock."""

    def __init__(self, scenario: str, until: datetime, space: str, port: int, folder: Path) -> None:
        path = PACKAGED / "scenarios" / f"{scenario}.yaml"
        whole = load_scenario(path)
        kept = [step for step in whole.steps if whole.origin + step.at <= until and not step.call.startswith("PANNE")]
        self.scenario = whole.model_copy(update={"steps": tuple(kept), "final": ()})
        self.until, self.port = until, port
        self.name = self.scenario.territory if space == "reel" else exercise_of(self.scenario.territory)
        if space == "reel":  # this desk lives for the test alone: its real territory is as good to play in
            player.exercise_of = lambda territory: territory
        self.settings = Settings(data_dir=folder, territory=self.scenario.territory, http_port=port)

    async def run(self) -> None:
        """Play, serve, obey standard input until its end."""
        with contextlib.suppress(asyncio.CancelledError):
            await player.play(
                self.scenario, list(SERVICES.values()), self.settings, territories_of(self.settings), self._edge,
                staying=self._stay,
            )  # fmt: skip

    def _edge(self, tocsin: Tocsin) -> httpx.AsyncBaseTransport:
        self.tocsin = tocsin
        self.app = application(tocsin)
        return httpx.ASGITransport(app=self.app)

    async def _stay(self, outcome: player.Outcome) -> None:
        self.moves = asyncio.Lock()
        await self._advance_to(self.until)
        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=self.port, log_config=None, access_log=False, lifespan="off",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        serving, walking = asyncio.create_task(server.serve()), asyncio.create_task(self._walk())
        while not server.started:
            await asyncio.sleep(0.02)
        failed = [check.line() for check in outcome.checks if not check.passed]
        say(url=f"http://127.0.0.1:{self.port}", territory=self.name, failed=failed,
            enter={person: await self._enter(person) for person in PEOPLE})  # fmt: skip
        await self._obey()
        walking.cancel()
        server.should_exit = True
        await serving

    async def _walk(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self._advance_to(self.tocsin.clock.now() + timedelta(seconds=1))

    async def _advance_to(self, moment: datetime) -> None:
        async with self.moves:
            while self.tocsin.clock.now() < moment:
                due = await self.tocsin.next_due()
                soonest = self.tocsin.clock.now() + timedelta(seconds=1)
                self.tocsin.clock.set(moment if due is None else min(moment, max(due, soonest)))
                await self.tocsin.tick()
                await self.tocsin.settled()

    async def _obey(self) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := (await reader.readline()).decode():
            verb, _, rest = line.strip().partition(" ")
            match verb:
                case "enter":
                    say(enter=await self._enter(rest))
                case "page":
                    link = await self._do(IssueLink(person=rest), LinkIssued)
                    say(page=f"/p/{link.code}")
                case "token":
                    say(token=(await self._do(IssueToken(role=Role(rest)), TokenIssued)).token)
                case "advance":
                    await self._advance_to(self.tocsin.clock.now() + timedelta(minutes=float(rest)))
                    say(now=self.tocsin.clock.now().isoformat())
                case "stop":
                    return

    async def _enter(self, person: str) -> str:
        return f"/connexion/{(await self._do(IssueSignIn(person=person), LinkIssued)).code}"

    async def _do(self, command: Command, answer):
        reply = await self.tocsin.bus.request(
            command, territory=self.name, caller=PLATFORM, time=self.tocsin.clock.now()
        )
        return answer.model_validate(reply.result)


def say(**what: object) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="onze-jours-de-juin")
    parser.add_argument("--until", default="2026-07-02T09:05")
    parser.add_argument("--space", choices=("reel", "exercice"), default="reel")
    parser.add_argument("--port", type=int, default=8123)
    options = parser.parse_args()
    configure_logging("WARNING", as_json=False)
    until = datetime.fromisoformat(options.until + "+02:00")
    with tempfile.TemporaryDirectory(prefix="tocsin-recit-") as folder:
        asyncio.run(Story(options.scenario, until, options.space, options.port, Path(folder)).run())


if __name__ == "__main__":
    main()
