"""A desk in the middle of its story, served: a scenario is played until a moment, then the clock walks on.

``python -m tests.browser.story --until 2026-07-02T09:05 [--space exercice] [--port N]`` prints one JSON line: its
address, and sign-in paths by person. ``--space reel`` plays the scenario on the real territory of this desk of a test.
``--folder PATH`` keeps the played desk there, and starts from it when it is there already; ``--only-play`` stops then.

Lines on standard input act on it, each answered by one JSON line: ``enter PERSON`` (a sign-in path), ``page PERSON``
(a professional's page), ``token ROLE``, ``cookie ROLE`` (a session of a role), ``advance MINUTES``, ``restart
[SECONDS]`` (the whole desk stopped, then started on the same data and port), ``stop``.
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
from services.drill.desk import DrillDesk
from services.gateway.console.seal import SESSION, Seal
from services.platform.clock import MovedClock
from services.platform.errors import TocsinError, from_refusal
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.platform.telemetry import configure_logging
from services.playbook.scenario import load_scenario
from services.registry import SERVICES
from services.territories import PACKAGED, territories_of
from tests.browser.receivers import receiving

#: Seconds between two steps of the clock: each asks every service what is due, and tests share the machine.
STRIDE = 5
PEOPLE = ("coord-a", "coord-b", "referent", "president")


class Story:
    """The desk, its address and its clock."""

    tocsin: Tocsin

    def __init__(self, scenario: str, until: datetime, space: str, port: int, folder: Path) -> None:
        whole = load_scenario(PACKAGED / "scenarios" / f"{scenario}.yaml")
        kept = [step for step in whole.steps if whole.origin + step.at <= until and not step.call.startswith("PANNE")]
        self.scenario = whole.model_copy(update={"steps": tuple(kept), "final": ()})
        self.until, self.port, self.played = until, port, folder / "recit.json"
        self.name = self.scenario.territory if space == "reel" else exercise_of(self.scenario.territory)
        if space == "reel":  # this desk lives for the test alone: its real territory is as good to play in
            player.exercise_of = lambda territory: territory
        self.settings = Settings(data_dir=folder, territory=self.scenario.territory, http_port=port)
        self.territories = territories_of(self.settings)
        self.moves = asyncio.Lock()

    async def play(self) -> None:
        """Play, unless the folder holds it already."""
        if self.played.exists():
            return
        services = list(SERVICES.values())
        async with receiving(self.settings) as settings:
            await player.play(self.scenario, services, settings, self.territories, self._edge, staying=self._finish)

    async def _finish(self, outcome: player.Outcome) -> None:
        await self._advance_to(self.until)
        failed = [check.line() for check in outcome.checks if not check.passed]
        self.played.write_text(json.dumps({"failed": failed}, ensure_ascii=False))

    async def serve(self) -> None:
        """Serve, obey standard input until its end."""
        async with receiving(self.settings) as settings:
            await self._serve(settings)

    async def _serve(self, settings: Settings) -> None:
        clock = MovedClock(self.until)
        services = list(SERVICES.values())
        self.desk = DrillDesk(lambda: Tocsin(services, settings, self.territories, clock), self._edge)
        await self._start()
        walking = asyncio.create_task(self._walk())
        people = {person: await self._enter(person) for person in PEOPLE}
        failed = json.loads(self.played.read_text())["failed"]
        say(url=f"http://127.0.0.1:{self.port}", territory=self.name, failed=failed, enter=people)
        await self._obey()
        walking.cancel()
        await self._stop()

    def _edge(self, tocsin: Tocsin) -> httpx.AsyncBaseTransport:
        self.tocsin = tocsin
        self.app = application(tocsin)
        return httpx.ASGITransport(app=self.app)

    async def _start(self) -> None:
        await self.desk.start()
        config = uvicorn.Config(
            self.app, host="127.0.0.1", port=self.port, log_config=None, access_log=False, lifespan="off",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.serving = asyncio.create_task(self.server.serve())
        while not self.server.started:
            await asyncio.sleep(0.02)

    async def _stop(self) -> None:
        self.server.should_exit = True
        await self.serving
        await self.desk.stop()

    async def _restart(self, seconds: float) -> None:
        async with self.moves:
            await self._stop()
            await asyncio.sleep(seconds)
            await self._start()

    async def _walk(self) -> None:
        while True:
            await asyncio.sleep(STRIDE)
            await self._advance_to(self.tocsin.clock.now() + timedelta(seconds=STRIDE))

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
            if verb == "stop":
                return
            try:
                say(**await self._answer(verb, rest))
            except (TocsinError, ValueError, TimeoutError) as error:  # told to who asked; the desk goes on
                say(error=repr(error))

    async def _answer(self, verb: str, rest: str) -> dict[str, object]:
        match verb:
            case "enter":
                return {"enter": await self._enter(rest)}
            case "page":
                person, _, space = rest.partition(" ")
                twin = exercise_of(self.name) if space == "exercice" else None
                return {"page": f"/p/{(await self._do(IssueLink(person=person), LinkIssued, twin)).code}"}
            case "token":
                return {"token": await self._token(rest)}
            case "cookie":
                value = Seal.of(self.settings).session(await self._token(rest))
                return {"cookie": {"name": SESSION, "value": value, "path": f"/poste/{self.name}"}}
            case "advance":
                await self._advance_to(self.tocsin.clock.now() + timedelta(minutes=float(rest)))
            case "restart":
                await self._restart(float(rest or 0))
            case _:
                raise ValueError(f"unknown line: {verb}")
        return {"now": self.tocsin.clock.now().isoformat()}

    async def _enter(self, person: str) -> str:
        return f"/connexion/{(await self._do(IssueSignIn(person=person), LinkIssued)).code}"

    async def _token(self, role: str) -> str:
        return (await self._do(IssueToken(role=Role(role)), TokenIssued)).token

    async def _do(self, command: Command, answer, territory: str | None = None):
        reply = await self.tocsin.bus.request(
            command, territory=territory or self.name, caller=PLATFORM, time=self.tocsin.clock.now()
        )
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return answer.model_validate(reply.result)


def say(**what: object) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


async def tell(story: Story, *, only_play: bool) -> None:
    await story.play()
    if not only_play:
        await story.serve()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="onze-jours-de-juin")
    parser.add_argument("--until", default="2026-07-02T09:05")
    parser.add_argument("--space", choices=("reel", "exercice"), default="reel")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only-play", action="store_true")
    options = parser.parse_args()
    configure_logging("WARNING", as_json=False)
    until = datetime.fromisoformat(options.until + "+02:00")
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-recit-")))
        story = Story(options.scenario, until, options.space, options.port, folder)
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(tell(story, only_play=options.only_play))


if __name__ == "__main__":
    main()
