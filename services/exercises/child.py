"""The child process of one drill: started apart from the desk, led by lines, heard by lines."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import structlog

import services
from services.platform.children import die_with_parent
from services.platform.errors import Unavailable
from services.platform.settings import Settings

log = structlog.get_logger()
#: A score sheet is one line of JSON, of some tens of kilobytes.
LONGEST_LINE = 4 * 1024 * 1024
#: Seconds a child has to leave by itself, then to answer a request for a code.
STOP_PATIENCE, ENTRY_PATIENCE = 10.0, 8.0
#: Lines of the error output kept to explain a failure in the technical log.
KEPT_LINES = 30


class Child:
    """A drill that plays: ``heard`` is called with each piece of its news; ``ended`` is set when it is no more."""

    def __init__(self, run: str, heard: Callable[[dict[str, Any]], None]) -> None:
        self.run = run
        self.sent: tuple[float | None, bool] = (None, False)
        self.stops = 0
        self.ended = asyncio.Event()
        self.reason = ""
        self._heard = heard
        self._process: asyncio.subprocess.Process | None = None
        self._listening: list[asyncio.Task[None]] = []
        self._entries: list[tuple[str, asyncio.Future[dict[str, Any]]]] = []
        self._errors: deque[str] = deque(maxlen=KEPT_LINES)

    async def start(self, arguments: list[str], environment: dict[str, str]) -> None:
        """Start it, at a lower priority than the desk, dying with it."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.cli",
            "drill",
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            limit=LONGEST_LINE,
            preexec_fn=partial(_apart, os.getpid()),
            start_new_session=True,  # Ctrl-C reaches the desk alone, which stops its children in order
        )
        self._listening = [asyncio.create_task(self._listen()), asyncio.create_task(self._keep_errors())]

    @property
    def pid(self) -> int:
        """Process id, 0 once it has ended."""
        return self._process.pid if self._process and self._process.returncode is None else 0

    def send(self, line: str) -> None:
        """Write an order; one that died hears nothing."""
        if self._process and self._process.stdin and not self._process.stdin.is_closing():
            with contextlib.suppress(OSError):
                self._process.stdin.write(line.encode() + b"\n")

    async def entry(self, person: str) -> dict[str, Any]:
        """The child's answer to « enter »; ``Unavailable`` when it does not come."""
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        pair = (person, waiting)
        self._entries.append(pair)
        self.send(f"enter {person}".rstrip())
        try:
            return await asyncio.wait_for(waiting, ENTRY_PATIENCE)
        except TimeoutError:
            raise Unavailable("Le poste de l'exercice ne répond pas encore ; réessayez dans un instant.") from None
        finally:
            if pair in self._entries:
                self._entries.remove(pair)

    async def stop(self) -> None:
        """End it: asked first, killed after ten seconds."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_PATIENCE)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        if process.stdin:
            process.stdin.close()

    async def _listen(self) -> None:
        process = self._process
        assert process is not None  # noqa: S101  # started just before
        assert process.stdout is not None  # noqa: S101
        try:
            while line := await process.stdout.readline():
                self._take(line)
            await process.wait()
        except ValueError:  # a line over the limit: whatever speaks is not our drill
            self.reason = self.reason or "La parole de l'exercice n'est pas lisible ; relancez-le."
        finally:
            if process.returncode and self._errors:
                log.warning("drill ended badly", run=self.run, code=process.returncode, said="\n".join(self._errors))
            self.ended.set()
            for _, waiting in self._entries:
                waiting.cancel()
            self._heard({"event": "exit"})

    def _take(self, line: bytes) -> None:
        try:
            news = json.loads(line)
            event = news["event"]
        except (ValueError, KeyError, TypeError):
            log.warning("drill said something unreadable", run=self.run, line=line[:200])
            return
        if event == "failed":
            self.reason = str(news.get("reason", ""))
        elif event == "entered":
            self._entered(news)
        else:
            self._heard(news)

    def _entered(self, news: dict[str, Any]) -> None:
        for person, waiting in self._entries:
            if person == news.get("asked") and not waiting.done():
                waiting.set_result(news)
                return

    async def _keep_errors(self) -> None:
        process = self._process
        if process is None or process.stderr is None:
            return
        with contextlib.suppress(ValueError):
            while line := await process.stderr.readline():
                self._errors.append(line.decode("utf-8", "replace").rstrip()[:500])


def _apart(parent: int) -> None:
    """In the child: yield the processor to the desk, and die with it."""
    os.nice(10)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    die_with_parent(parent)


def environment_for(settings: Settings, base: str) -> dict[str, str]:
    """What a child sees: nothing of the desk's secrets and addresses; its plans and territories, and its own prefix."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    root = str(Path(services.__file__).parents[1])
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (root, kept.get("PYTHONPATH", ""))))
    kept["TOCSIN_ROOT_PATH"] = base
    kept["TOCSIN_PUBLIC_URL"] = settings.base_url.rstrip("/") + base.removeprefix(settings.root_path)
    kept["TOCSIN_DATA_DIR"] = str(settings.data_dir.resolve())
    if settings.playbooks_dir:
        kept["TOCSIN_PLAYBOOKS_DIR"] = str(settings.playbooks_dir.resolve())
    return kept
