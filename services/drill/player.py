"""Plays a scenario: moves the clock from one due moment to the next, only when nothing waits any more."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from contracts.base import PLATFORM, Role, exercise_of
from contracts.directory import IssueToken, TokenIssued
from services.drill.cards import expand
from services.drill.checks import Check, check_answer, look
from services.drill.desk import DrillDesk, Edge, read_answer
from services.drill.fingerprint import fingerprint
from services.drill.pace import SLICE, Pace, Progress, reached, real_seconds
from services.platform.clock import MovedClock
from services.platform.errors import TocsinError, from_refusal
from services.platform.runner import Tocsin
from services.platform.service import Service
from services.platform.settings import Settings
from services.platform.territory import Territories
from services.playbook.scenario import Scenario, Step, Variables, parse_offset

#: In an item of ``each``: the name under which the id of the answer is kept.
KEEP_ID = "$keep"
#: Instead of a call: the desk is down for this long.
CUT = "PANNE "
#: Who reads the board and the final lists.
READER = "coordinator"
ACTION = re.compile(r"/actions/([A-Z][A-Z0-9]*(?:-[A-Z0-9.]+)+)/")
LISTS = {"situation": ""} | dict.fromkeys(
    ("actions", "proposals", "slots", "certificates", "requests", "messages", "drafts"), "?limit=500"
)
FORMS = ("pdf", "txt", "html", "json")
#: A clock that glides stops just short of what is due: only the jump, which ticks, reaches it.
INSTANT = timedelta(microseconds=1)


@dataclass(slots=True)
class Outcome:
    """What a drill left: the score, the journal, the fingerprint, and the answers worth keeping.

    ``jumps`` counts the moves of the clock, from one due moment to the next. ``stopped``: a person ended it
    before its last step; what was played is there.
    """

    scenario: Scenario
    checks: list[Check] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    jumps: int = 0
    stopped: bool = False

    @property
    def passed(self) -> bool:
        """Whether every expectation held."""
        return all(check.passed for check in self.checks)

    @property
    def fingerprint(self) -> str:
        """The same each time the scenario is played."""
        return fingerprint(self.entries)

    @property
    def head(self) -> str:
        """Hash of the last entry."""
        return str(self.entries[-1]["hash"]) if self.entries else "0" * 64


async def play(
    scenario: Scenario,
    services: Sequence[Service],
    settings: Settings,
    territories: Territories,
    edge: Edge,
    *,
    pace: Pace | None = None,
    watch: Callable[[Progress], None] | None = None,
    staying: Callable[[Outcome], Awaitable[None]] | None = None,
) -> Outcome:
    """Play on a desk of its own, in the exercise territory, at full speed unless ``pace`` says otherwise.

    ``watch`` is told each move; ``staying`` is awaited with the outcome while the desk still runs.
    """
    started = asyncio.get_running_loop().time()
    clock = MovedClock(scenario.starts_at)
    async with DrillDesk(lambda: Tocsin(services, settings, territories, clock), edge) as desk:
        player = _Player(scenario, desk, clock, territories, pace or Pace(), watch or (lambda _progress: None))
        outcome = await player.play()
        outcome.seconds = asyncio.get_running_loop().time() - started
        if staying is not None:
            await staying(outcome)
    return outcome


class _Player:
    def __init__(
        self,
        scenario: Scenario,
        desk: DrillDesk,
        clock: MovedClock,
        territories: Territories,
        pace: Pace,
        watch: Callable[[Progress], None],
    ) -> None:
        self._scenario = scenario
        self._desk = desk
        self._clock = clock
        self._pace = pace
        self._watch = watch
        self._played = 0
        self._territory = exercise_of(scenario.territory)
        territory = territories[self._territory]
        self._zone = territory.zone
        # « referent » names a person and a role: the person comes first, roles stand for systems and readers.
        self._people = {str(person["person"]) for person in territory.seed.get("people", ())}
        self._tokens: dict[str, str] = {}
        self._variables = Variables(scenario.origin.astimezone(self._zone))
        self._outcome = Outcome(scenario)

    @property
    def _tocsin(self) -> Tocsin:
        return self._desk.tocsin

    async def play(self) -> Outcome:
        await self._tocsin.settled()
        self._tell()
        for step in self._scenario.ordered():
            await self._until(self._scenario.origin + step.at)
            await self._pace.holds()
            if self._pace.stopped:
                break
            await self._do(step)
            self._played += 1
            self._tell()
        await self._tocsin.settled()
        self._outcome.stopped = self._played < len(self._scenario.steps)
        for step in () if self._outcome.stopped else self._scenario.final:
            await self._do(step)
        await self._collect()
        return self._outcome

    def _tell(self) -> None:
        """Say how far it is."""
        passed = sum(check.passed for check in self._outcome.checks)
        failed = len(self._outcome.checks) - passed
        self._watch(Progress(self._clock.now(), self._played, len(self._scenario.steps), passed, failed))

    async def _until(self, moment: datetime) -> None:
        """Let everything due before ``moment`` happen at its own time; sooner back when the drill is stopped."""
        while moment > self._clock.now() and not self._pace.stopped:
            due = await self._tocsin.next_due()
            # What is due now and stays due after a tick must not hold the clock for ever.
            target = moment if due is None else min(moment, max(due, self._clock.now() + timedelta(seconds=1)))
            if await self._glide(target):
                await self._move(target)
                self._tell()

    async def _glide(self, target: datetime) -> bool:
        """Let the hands move towards ``target`` at the pace asked; true once it is time to jump there.

        Back after a second at most: people may act in a paced drill, and what they do may fall due sooner.
        """
        await self._pace.holds()
        loop, speed, start = asyncio.get_running_loop(), self._pace.speed, self._clock.now()
        began = loop.time()
        while speed == self._pace.speed and not (self._pace.paused or self._pace.stopped):
            now, elapsed = self._clock.now(), loop.time() - began
            if reached(start, elapsed, speed, target) >= target:
                return True
            if elapsed >= 1:
                return False
            await self._pace.wait(min(SLICE, real_seconds(now, speed, target)))
            self._clock.set(max(now, reached(start, loop.time() - began, speed, target - INSTANT)))
            self._tell()
        return False

    async def _move(self, moment: datetime) -> None:
        self._outcome.jumps += 1
        self._clock.set(moment)
        await self._tocsin.tick()
        await self._tocsin.settled()

    async def _do(self, step: Step) -> None:
        self._variables.now = self._clock.now().astimezone(self._zone)
        if step.call.startswith(CUT):
            await self._cut(parse_offset(step.call.removeprefix(CUT)))
            return
        for change in step.each or ({},):
            await self._play_one(step, change)
        await self._tocsin.settled()

    async def _play_one(self, step: Step, change: dict[str, Any]) -> None:
        """One call of a step; what ``change`` gives for the path does not go into the body."""
        in_path = {key for key in change if f"${{{key}}}" in step.call}
        self._variables.kept |= {key: self._variables.fill(change[key]) for key in in_path}
        changed = {key: value for key, value in change.items() if key not in in_path and key != KEEP_ID}
        body = {**(step.body or {}), **changed} if changed else step.body
        answer = await self._call(step, self._variables.fill(body))
        if KEEP_ID in change:
            self._variables.kept[change[KEEP_ID]] = look("id", answer)

    async def _cut(self, lasting: timedelta) -> None:
        """The machine goes down, with nothing half done, and comes back later."""
        await self._desk.stop()
        self._clock.set(self._clock.now() + lasting)
        await self._desk.start()
        await self._tocsin.tick()
        await self._tocsin.settled()

    async def _call(self, step: Step, body: Any) -> Any:
        method, _, path = self._variables.fill(step.call).partition(" ")
        path = await self._with_run(path)
        content = json.dumps(expand(body, self._variables.now)).encode() if body is not None else None
        response = await self._send(method, path, step.caller, content)
        answer = read_answer(response)
        expect = {self._variables.fill(what): self._variables.fill(wanted) for what, wanted in step.expect.items()}
        name = step.note or step.call
        self._outcome.checks += check_answer(self._variables.now, name, expect, response.status_code, answer)
        for key, expression in step.keep.items():
            self._variables.kept[key] = look(expression, answer)
        return answer

    async def _send(self, method: str, path: str, caller: str, content: bytes | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self._token(caller)}"} if caller != "personne" else {}
        if content is not None:
            headers["Content-Type"] = "application/json"
        separator = "&" if "?" in path else "?"
        where = f"/api/v1{path}{separator}territory={self._territory}"
        return await self._desk.http.request(method, where, content=content, headers=headers)

    async def _with_run(self, path: str) -> str:
        """``/actions/CAN-1.2-C1/done`` speaks of the step of the plan: put the run in force in its place."""
        step = ACTION.match(path)
        if step is None:
            return path
        board = (await self._send("GET", "/actions?limit=500", READER)).json()["items"]
        runs = [item for item in board if item["action"] == step.group(1) and item["status"] in ("open", "taken")]
        run = max(runs, key=lambda item: item["occurrence"], default={"id": "aucune"})
        return path.replace(step.group(1), run["id"])

    async def _token(self, caller: str) -> str:
        if caller not in self._tokens:
            command = IssueToken(person=caller) if caller in self._people else IssueToken(role=Role(caller))
            reply = await self._tocsin.bus.request(command, territory=self._territory, caller=PLATFORM)
            if reply.refusal:
                raise from_refusal(reply.refusal)
            self._tokens[caller] = TokenIssued.model_validate(reply.result).token
        return self._tokens[caller]

    async def _collect(self) -> None:
        export = await self._send("GET", "/logbook/export", READER)
        if export.status_code != 200:
            raise TocsinError(f"Le journal de bord n'a pas pu être exporté ({export.status_code}).")
        self._outcome.documents["journal.jsonl"] = export.content
        self._outcome.entries = read_answer(export)["items"]
        for name, query in LISTS.items():
            self._outcome.documents[f"{name}.json"] = (await self._send("GET", f"/{name}{query}", READER)).content
        for item in (await self._send("GET", "/digests?limit=100", READER)).json().get("items", []):
            name = f"point-{item['number']:02d}-{item['status']}"
            if f"{name}.pdf" in self._outcome.documents:  # made again more than once
                name += f"-{item['id'][:6]}"
            for form in FORMS:
                found = await self._send("GET", f"/digests/{item['id']}.{form}", READER)
                self._outcome.documents[f"{name}.{form}"] = found.content
