"""What browser tests hold: the desk of a story in its own process, pages that let nothing pass, axe."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from services.platform.nats_server import free_port

ROOT = Path(__file__).parents[2]
STORY = [sys.executable, "-m", "tests.browser.story"]
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: What Chromium writes when a page answers 4xx: a refusal told in words is no fault of the page.
ANSWERED = "Failed to load resource: the server responded with a status of 4"


def chromium() -> str | None:
    """Path of a Chromium: the one named by the environment, else the machine's."""
    named = os.environ.get("TOCSIN_CHROMIUM")
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return named or next(filter(None, found), None)


def environment() -> dict[str, str]:
    """Nothing of the operator's settings reaches the desk of a test."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return {**clean, "PYTHONPATH": str(ROOT)}


def played(shared: Path, *options: str) -> Path:
    """The folder of a story played until its moment: played once for all the workers of a session."""
    name = "recit" + "".join(options).replace("/", "_")
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "recit.json").exists():
            folder.mkdir(exist_ok=True)
            command = [*STORY, *options, "--folder", str(folder), "--only-play"]
            done = subprocess.run(
                command, cwd=ROOT, env=environment(), check=False, capture_output=True, text=True, timeout=280
            )
            assert done.returncode == 0, done.stderr[-3000:]
    return folder


class StoryDesk:
    """A desk started from a played story, in another process. ``url``, ``territory`` and ``base`` say where it is."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.sessions: dict[str, dict] = {}
        self._tokens: dict[str, str] = {}
        self._log = (folder / "story.log").open("w+")
        command = [*STORY, *options, "--folder", str(folder), "--port", str(free_port())]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            text=True,
        )  # fmt: skip
        told = self._read()
        self.url, self.territory = told["url"], told["territory"]
        self.base = f"/poste/{self.territory}"

    def _read(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(10)
            self._log.seek(0)
            words = self._log.read()[-3000:]
            self.stop()
            raise AssertionError(f"the story stopped: {words}")
        return json.loads(line)

    def _write(self, line: str) -> None:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def say(self, line: str) -> dict:
        """Send a line to the story, give what it answers."""
        self._write(line)
        answer = self._read()
        assert "error" not in answer, answer
        return answer

    def enter(self, person: str) -> str:
        """A sign-in path: it shows a button, the button signs in; it serves once."""
        return self.say(f"enter {person}")["enter"]

    def page(self, person: str) -> str:
        """The path of a professional's page."""
        return self.say(f"page {person}")["page"]

    def token(self, role: str) -> str:
        """A token of a role, the same each time."""
        if role not in self._tokens:
            self._tokens[role] = self.say(f"token {role}")["token"]
        return self._tokens[role]

    def cookie(self, role: str) -> dict:
        """The session of a role, as Playwright adds a cookie."""
        return {**self.say(f"cookie {role}")["cookie"], "domain": "127.0.0.1", "httpOnly": True, "sameSite": "Lax"}

    def advance(self, minutes: float) -> str:
        """Walk the clock; what falls due meanwhile happens. Gives the hour it is."""
        return self.say(f"advance {minutes}")["now"]

    @contextlib.contextmanager
    def restarting(self, seconds: float = 0) -> Iterator[None]:
        """Stop the whole desk and start it again on the same data and port; down for ``seconds`` in the block."""
        self._write(f"restart {seconds}")
        yield
        answer = self._read()
        assert "error" not in answer, answer

    def call(self, method: str, path: str, role: str = "coordinator", body: object = None) -> dict:
        """The JSON of a request to the interface of the desk; it must be accepted."""
        where = f"{self.url}/api/v1{path}{'&' if '?' in path else '?'}territory={self.territory}"
        headers = {"Authorization": f"Bearer {self.token(role)}"}
        answer = httpx.request(method, where, json=body, headers=headers, timeout=15)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def write(self, text: str) -> int:
        """An entry written by the coordination; its number."""
        return int(self.call("POST", "/logbook", body={"text": text})["number"])

    def stop(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
        self._process.stdout.close()
        self._log.close()


class Guard:
    """Watches pages: no request leaves the machine, nothing is refused by the policy, no script fails."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._expected: list[str] = []

    def expect(self, *fragments: str) -> None:
        """Messages that this test provokes, by a part of their words."""
        self._expected += fragments

    def watch(self, context) -> None:
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._told)
        context.on("weberror", lambda failed: self._add(f"script: {failed.error}"))

    def _asked(self, request) -> None:
        where = urlsplit(request.url)
        if where.scheme not in ("data", "blob", "about") and where.hostname != "127.0.0.1":
            self._add(f"asked outside: {request.url}")

    def _answered(self, response) -> None:
        asset = "/statique/" in response.url and response.status >= 400
        if asset or response.status >= 500:
            self._add(f"{response.status}: {response.url}")

    def _told(self, message) -> None:
        if message.type == "error" and not message.text.startswith(ANSWERED):
            self._add(f"console: {message.text}")

    def _add(self, fault: str) -> None:
        if not any(fragment in fault for fragment in self._expected):
            self.faults.append(fault)


def sign_in(page, path: str) -> None:
    """Follow a sign-in path as a person does: the page has one button."""
    page.goto(path)
    page.get_by_role("button", name="Ouvrir le poste de crise").click()
    page.wait_for_url("**/situation")
