"""``tocsin drill --serve``: a drill people watch, pace and enter; JSON lines out, lines of orders in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

import uvloop

from contracts.access import IssueSignIn, LinkIssued
from contracts.base import PLATFORM, Role, exercise_of
from services.cli.drill_front import Front
from services.cli.drilling import scenario_named, settings_for, verify, write
from services.cli.serving import http_server
from services.drill import Outcome, Pace, Progress, Scenario, play, score
from services.platform.errors import BadSettings, Refused, TocsinError, from_refusal
from services.platform.telemetry import configure_logging
from services.registry import SERVICES
from services.territories import territories_of

SLOWEST, FASTEST = 1.0, 600.0
#: After the end people may still look around, but a forgotten drill must not hold memory for ever.
LOOKING_SECONDS = 12 * 3600.0
#: Least seconds between two lines of progress.
TOLD_EVERY = 0.5


def serve(name: str, start: str | None, speed: float | None, out: Path | None, port: int, *, paused: bool) -> bool:
    """Play and serve until told to stop, the input ends or twelve hours passed; true when every expectation held."""
    configure_logging("WARNING", as_json=False)
    try:
        path, scenario = scenario_named(name, start)
        check_speed(speed)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(prefix="poste-", dir=out, ignore_cleanup_errors=True) as folder,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            return runner.run(_Exercise(scenario, path, Path(folder), Pace(speed, paused)).run(port, out))
    except TocsinError as error:
        tell("failed", reason=error.message)
        raise


def check_speed(speed: float | None) -> None:
    """From 1 to 600 times real time, or none for full speed."""
    if speed is not None and not SLOWEST <= speed <= FASTEST:
        raise BadSettings("La vitesse va de 1 à 600 fois le temps réel ; sans vitesse, au plus vite.")


def tell(event: str, **details: Any) -> None:
    """One line on the output, for who supervises this drill."""
    sys.stdout.write(json.dumps({"event": event, **details}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class _Exercise:
    """A drill being served: its pace, its pages, and what its lines of input ask."""

    def __init__(self, scenario: Scenario, path: Path, folder: Path, pace: Pace) -> None:
        settings = settings_for(scenario, path.parent, folder)
        self._settings = settings
        self._scenario = scenario
        self._territories = territories_of(settings)
        self._pace = pace
        self._front = Front(self._opened)
        self._ended = asyncio.Event()
        self._port = 0
        self._ready = False
        self._score_known = False
        self._told_at = 0.0
        self._progress: Progress | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, port: int, out: Path | None) -> bool:
        """Serve and play; back when the drill is left."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", port))
        self._port = listener.getsockname()[1]
        server = http_server(self._front)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        leading = asyncio.create_task(self._lead())
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, self._leave)
        playing = asyncio.create_task(self._play(out))
        leaving = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return (await playing).passed if playing.done() else False
        finally:
            for task in (playing, leading, leaving, *self._tasks):
                task.cancel()
            await asyncio.gather(playing, leading, leaving, *self._tasks, return_exceptions=True)
            self._front.close()
            server.should_exit = True
            await serving

    async def _play(self, out: Path | None) -> Outcome:
        async def staying(outcome: Outcome) -> None:
            verify(outcome)
            if out is not None:
                await asyncio.to_thread(write, outcome, out)
            self._tell_score(outcome)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), LOOKING_SECONDS)

        return await play(
            self._scenario, list(SERVICES.values()), self._settings, self._territories, self._front.edge,
            pace=self._pace, watch=self._watch, staying=staying,
        )  # fmt: skip

    def _opened(self) -> None:
        """The desk under exercise answers, at first and again after each power cut of the scenario."""
        if not self._ready:
            self._ready = True
            tell("ready", port=self._port, root_path=self._settings.root_path, steps=len(self._scenario.steps))
            self._tell_state()

    def _watch(self, progress: Progress) -> None:
        now = asyncio.get_running_loop().time()
        self._progress = progress
        if now - self._told_at >= TOLD_EVERY:
            self._told_at = now
            self._tell_progress()

    def _tell_progress(self) -> None:
        if self._progress is not None:
            tell("progress", **asdict(self._progress) | {"played_at": _utc(self._progress)})

    def _tell_state(self) -> None:
        status = "en_pause" if self._pace.paused else "en_cours"
        tell("state", status=status, speed=self._pace.speed)

    def _tell_score(self, outcome: Outcome) -> None:
        self._score_known = True
        self._tell_progress()
        passed = sum(check.passed for check in outcome.checks)
        tell(
            "score",
            status="arrete" if outcome.stopped else "termine",
            passed=passed,
            failed=len(outcome.checks) - passed,
            verdict=score.verdict(outcome),
            lines=score.sheet(outcome).splitlines(),
            missed=[check.line() for check in outcome.checks if not check.passed],
            fingerprint=outcome.fingerprint,
        )

    async def _lead(self) -> None:
        """Follow the lines of the input; its end is the end of the drill."""
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        with contextlib.closing(transport):
            while line := await reader.readline():
                verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
                try:
                    self._obey(verb, rest.strip())
                except TocsinError as error:
                    tell("refused", line=f"{verb} {rest}".strip()[:200], reason=error.message)
        self._leave()

    def _obey(self, verb: str, rest: str) -> None:
        orders: dict[str, Callable[[], None]] = {
            "speed": lambda: self._turn(rest),
            "pause": lambda: self._hold(paused=True),
            "resume": lambda: self._hold(paused=False),
            "stop": self._stop,
            "enter": lambda: self._spawn(self._enter(rest)),
            "": lambda: None,
        }
        order = orders.get(verb)
        if order is None:
            raise BadSettings(f"« {verb[:40]} » n'est pas un ordre ; connus : speed, pause, resume, stop, enter.")
        order()

    def _turn(self, rest: str) -> None:
        try:
            speed = None if rest == "max" else float(rest)
        except ValueError:
            raise BadSettings("Écrivez « speed 60 » ou « speed max ».") from None
        check_speed(speed)
        self._pace.turn(speed=speed)
        self._tell_state()

    def _hold(self, *, paused: bool) -> None:
        self._pace.pause(paused=paused)
        self._tell_state()

    def _stop(self) -> None:
        """End the playing, which is then scored; once it is, leave."""
        if self._score_known:
            self._leave()
        else:
            self._pace.stop()

    def _leave(self) -> None:
        self._pace.stop()
        self._ended.set()

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _enter(self, asked: str) -> None:
        """A one-time sign-in code of the exercise, for a person; a coordinator of the territory without a name."""
        try:
            person = asked or self._somebody()
            issued = await self._issue(person)
            tell("entered", asked=asked, person=person, code=issued.code)
        except Refused as error:
            tell("entered", asked=asked, person="", code="", reason=error.message)

    async def _issue(self, person: str) -> LinkIssued:
        tocsin = self._front.tocsin
        if tocsin is None:
            raise Refused("Le poste de l'exercice n'est pas démarré ; réessayez dans quelques secondes.")
        territory = exercise_of(self._scenario.territory)
        reply = await tocsin.bus.request(IssueSignIn(person=person), territory=territory, caller=PLATFORM)
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return LinkIssued.model_validate(reply.result)

    def _somebody(self) -> str:
        people = self._territories[exercise_of(self._scenario.territory)].seed.get("people", ())
        for person in people:
            if str(Role.COORDINATOR) in person.get("roles", ()):
                return str(person["person"])
        raise Refused("Ce territoire n'a pas de coordinatrice dans son fichier ; indiquez qui entre.")


def _utc(progress: Progress) -> str:
    return progress.played_at.astimezone(UTC).isoformat()
