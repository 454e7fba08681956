"""Leading the children: one for each drill that is open, started, told what people ask, heard, closed.

Nothing here runs in a transaction. When the one who leads goes, whatever the reason, its children go with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import structlog

from contracts.exercises import Entered
from services.exercises import decide, noting, scenarios, store
from services.exercises.child import Child, environment_for
from services.exercises.handlers import SERVICE
from services.platform.errors import Refused, Unavailable
from services.platform.unit import Worker

log = structlog.get_logger()
IDLE_SECONDS = 1.0
#: Seconds between two looks at what people asked, and between two notes of how far a drill is.
LOOK_EVERY, NOTE_EVERY = 0.25, 1.0
FOLDER = "exercices"
ELSEWHERE = "Le poste de cet exercice ne répond pas ; attendez quelques secondes, puis réessayez."


@SERVICE.runs
async def supervise(worker: Worker) -> None:
    """Lead every drill there is; back when there is none left."""
    if not await worker.read(store.open_runs):
        await worker.pause(IDLE_SECONDS)
        return
    await worker.transact(noting.own_up_launched)
    supervisor = _LEADING[worker] = Supervisor(worker)
    try:
        await supervisor.lead()
    finally:
        _LEADING.pop(worker, None)
        await supervisor.close()


async def enter(worker: Worker, run: str, person: str, *, named: bool) -> Entered:
    """A way into a drill; without a name, whoever asks, or a coordinator when the drill does not know them."""
    supervisor = _LEADING.get(worker)
    child = supervisor.children.get(run) if supervisor else None
    if child is None:
        raise Unavailable(ELSEWHERE)
    news = await child.entry(person)
    if not news.get("code") and person and not named:
        news = await child.entry("")
    if not news.get("code"):
        raise Refused(str(news.get("reason") or ELSEWHERE))
    base = decide.base_path(worker.settings.root_path, run)
    code = str(news["code"])
    return Entered(path=decide.entry_path(base, code), person=str(news.get("person", "")), code=code)


class Supervisor:
    """The children of this desk, by drill."""

    def __init__(self, worker: Worker) -> None:
        self.children: dict[str, Child] = {}
        self._worker = worker
        self._news: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._late: dict[str, dict[str, Any]] = {}
        self._noted_at = 0.0

    async def lead(self) -> None:
        """Look at what people ask and at what the children say, for as long as there is a drill."""
        while True:
            rows = await self._worker.read(store.open_runs)
            if not rows and not self.children:
                return
            for row in rows:
                if row.id in self.children:
                    _steer(self.children[row.id], row)
                else:
                    await self._launch(row)
            await self._listen()

    async def close(self) -> None:
        """End every child; their desks' folders go with them."""
        await asyncio.gather(*(child.stop() for child in self.children.values()))
        for run in self.children:
            await asyncio.to_thread(_clear, self._folder(run))
        self.children.clear()

    def _folder(self, run: str) -> Path:
        return self._worker.settings.data_dir.resolve() / FOLDER / run

    async def _launch(self, row: store.RunRow) -> None:
        if row.stopping or row.launched:
            await self._worker.transact(lambda unit: noting.closed(unit, row.id, decide.WITHOUT_A_WORD))
            return
        if not await self._worker.transact(lambda unit: noting.launched(unit, row.id)):
            return
        child = self.children[row.id] = Child(row.id, lambda news: self._news.put_nowait((row.id, news)))
        try:
            await self._start(child, row)
        except (OSError, Refused) as error:
            log.error("drill does not start", run=row.id, error=repr(error))
            child.reason = error.message if isinstance(error, Refused) else "Cette machine n'a pas pu le démarrer."
            self._news.put_nowait((row.id, {"event": "exit"}))

    async def _start(self, child: Child, row: store.RunRow) -> None:
        settings, folder = self._worker.settings, self._folder(row.id)
        path = scenarios.path_of(settings, row.scenario)
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        arguments = [str(path.resolve()), "--serve", "0", "--out", str(folder)]
        arguments += [] if row.speed is None else ["--speed", f"{row.speed:g}"]
        arguments += ["--paused"] if row.paused else []
        arguments += ["--from", row.first_day.isoformat()] if row.first_day else []
        child.sent = (row.speed, row.paused)
        await child.start(arguments, environment_for(settings, decide.base_path(settings.root_path, row.id)))

    async def _listen(self) -> None:
        """Take what the children say, a moment at most; progress is noted once a second and not more."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._hear(*await self._news.get())
        while not self._news.empty():
            await self._hear(*self._news.get_nowait())
        now = asyncio.get_running_loop().time()
        if self._late and now - self._noted_at >= NOTE_EVERY:
            self._noted_at = now
            await self._note_progress()

    async def _hear(self, run: str, news: dict[str, Any]) -> None:
        event = news["event"]
        if event == "progress":
            self._late[run] = news
        elif event == "ready":
            await self._worker.transact(lambda unit: noting.ready(unit, run, int(news["port"])))
        elif event == "score":
            await self._note_progress()
            documents = await asyncio.to_thread(_documents, self._folder(run))
            await self._worker.transact(lambda unit: noting.scored(unit, run, news, documents))
        elif event == "exit":
            await self._forget(run)

    async def _note_progress(self) -> None:
        late, self._late = self._late, {}
        for run, news in late.items():
            await self._worker.transact(lambda unit, run=run, news=news: noting.advanced(unit, run, news))  # type: ignore[misc]

    async def _forget(self, run: str) -> None:
        child = self.children.pop(run, None)
        if child is None:
            return
        await self._note_progress()
        await child.stop()
        await asyncio.to_thread(_clear, self._folder(run))
        reason = child.reason or decide.WITHOUT_A_WORD
        await self._worker.transact(lambda unit: noting.closed(unit, run, reason))


_LEADING: WeakKeyDictionary[Worker, Supervisor] = WeakKeyDictionary()


def _steer(child: Child, row: store.RunRow) -> None:
    """Tell a child what people asked since it was last told. A first « stop » ends the playing, the next one leaves."""
    for line in decide.orders(child.sent, (row.speed, row.paused)):
        child.send(line)
    child.sent = (row.speed, row.paused)
    playing = row.status == store.PLAYING
    if (row.stopping and playing and child.stops == 0) or (row.closing and not playing and child.stops < 2):
        child.stops = 1 if playing else 2
        child.send("stop")


def _documents(folder: Path) -> list[str]:
    """Names of what a drill left, its desk's own folder apart."""
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _clear(folder: Path) -> None:
    """Remove the desk of a drill that ended without doing it itself; what it left to read stays."""
    for desk in folder.glob("poste-*"):
        shutil.rmtree(desk, ignore_errors=True)
