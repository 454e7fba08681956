"""A drill led from the desk: a real child desk, its pages through the gateway, its end with its parent."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from contracts.base import PLATFORM, Role
from contracts.directory import IssueToken
from contracts.logbook import ListEntries
from services.cli.serving import serve_http
from services.platform.nats_server import free_port
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.registry import SERVICES
from tests.system.nats_cluster import wait_until

pytestmark = pytest.mark.system
ROOT = Path(__file__).parents[2]
SCENARIO = Path(__file__).parent / "scenarios" / "petit.yaml"
HOME = "nord-essonne"
PARTS = [SERVICES[name] for name in ("directory", "logbook", "exercises")]


@pytest.fixture
def settings(tmp_path):
    """A desk whose operator has a scenario of their own."""
    plans = tmp_path / "plans"
    (plans / "scenarios").mkdir(parents=True)
    shutil.copy(ROOT / "playbooks" / "canicule.yaml", plans)
    shutil.copy(SCENARIO, plans / "scenarios")
    return Settings(data_dir=tmp_path / "data", http_port=free_port(), playbooks_dir=plans)


class Line:
    """A coordinator's line to a running desk, over HTTP."""

    def __init__(self, tocsin, http):
        self.tocsin, self.http = tocsin, http

    async def start(self, **body):
        answer = await self.http.post("/api/v1/exercises", json={"scenario": "petit"} | body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def order(self, run, verb, **body):
        answer = await self.http.post(f"/api/v1/exercises/{run}/{verb}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until(self, run, reached):
        """The drill once it is as wanted."""
        async with asyncio.timeout(60):
            while True:
                found = (await self.http.get(f"/api/v1/exercises/{run}")).json()
                if reached(found):
                    return found
                assert found["status"] != "echec", found
                await asyncio.sleep(0.05)

    async def page(self, run, path, wanted=200):
        """A page of the drill, through the gateway, once it answers as wanted."""
        async with asyncio.timeout(60):
            while True:
                answer = await self.http.get(f"/exercice/{run}{path}")
                if answer.status_code == wanted:
                    return answer
                await asyncio.sleep(0.1)

    async def journal(self, territory):
        reply = await self.tocsin.bus.request(ListEntries(limit=500), territory=territory, caller=PLATFORM)
        return " ".join(item["text"] for item in reply.result["items"])


@asynccontextmanager
async def desk(settings, territories):
    listener = socket.create_server((settings.http_host, settings.http_port))
    async with Tocsin(PARTS, settings, territories) as tocsin:
        await tocsin.started()
        reply = await tocsin.bus.request(IssueToken(role=Role.COORDINATOR), territory=HOME, caller=PLATFORM)
        server = serve_http(tocsin, PARTS)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        bearer = {"authorization": f"Bearer {reply.result['token']}"}
        async with httpx.AsyncClient(base_url=settings.base_url, headers=bearer, timeout=30) as http:
            yield Line(tocsin, http)
        server.should_exit = True
        await serving


async def test_a_drill_is_started_entered_watched_stopped_and_closed(settings, territories):
    left = settings.data_dir / "exercices"
    async with desk(settings, territories) as line:
        run = await line.start(speed=1, paused=True)
        ready = (await line.page(run, "/health/ready")).json()
        assert ready["services"]["digests"] == "prêt"  # the whole desk of the drill, not ours, which has none
        entered = await line.order(run, "enter")
        assert entered["path"].startswith(f"/exercice/{run}/")
        assert entered["code"] in entered["path"]
        assert entered["person"] == "coord-a"
        held = await line.until(run, lambda found: found["played_at"])
        assert (held["status"], held["step"]) == ("en_pause", 0)
        await line.order(run, "pace", speed=1, paused=False)
        await line.until(run, lambda found: found["played_at"] > held["played_at"])  # the minute hand moves

        await line.order(run, "stop")
        found = await line.until(run, lambda found: found["status"] == "arrete")
        assert (found["step"], found["steps"], found["failed"]) == (0, 3, 0)
        assert (left / run / "empreinte.txt").read_text().strip() == found["fingerprint"]
        assert {"journal.jsonl", "score.txt", "situation.json"} <= set(found["documents"])
        await line.page(run, "/health/live")  # still there to be looked at
        await line.order(run, "stop")
        await line.until(run, lambda found: not found["open"])
        await line.page(run, "/health/live", wanted=404)
        assert list(left.glob("*/poste-*")) == []

        other = await line.start()
        await line.tocsin.settled()
        assert "« Petit exercice » arrêté avant sa fin" in await line.journal(f"{HOME}~exercice")
        assert "xercice" not in await line.journal(HOME)
    assert list((left / other).glob("poste-*")) == []  # stopping the desk ends the drill it was starting


PARENT = """
import asyncio, sys, time
from pathlib import Path
from services.exercises.child import Child, environment_for
from services.platform.settings import Settings

async def main():
    child = Child("r", lambda news: None)
    environment = environment_for(Settings(data_dir=Path(sys.argv[2])), "/exercice/r")
    await child.start([sys.argv[1], "--serve", "0", "--paused"], environment)
    print(child.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_a_drill_dies_with_the_desk_that_started_it(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(SCENARIO), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not alive(child), seconds=10, why="the drill outlived its desk")


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_drill_follows_its_input_tells_its_score_and_ends_with_it(tmp_path):
    words = [sys.executable, "-m", "services.cli", "drill", str(SCENARIO), "--serve", "0", "--speed", "60", "--paused"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TOCSIN_DATA_DIR": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        process.stdin.write("speed 0\nspeed max\nresume\n")
        process.stdin.flush()
        told = []
        while not told or told[-1]["event"] not in ("score", "failed"):
            told.append(json.loads(process.stdout.readline()))
        process.stdin.close()
    assert process.returncode == 1  # one check did not hold
    assert "1 à 600" in next(news["reason"] for news in told if news["event"] == "refused")
    states = [(news["status"], news["speed"]) for news in told if news["event"] == "state"]
    assert states[-1] == ("en_cours", None)
    score = told[-1]
    assert (score["status"], score["passed"], score["failed"]) == ("termine", 5, 1)
    assert "une attente qui ne tient pas" in score["missed"][0]
    assert [(news["step"], news["failed"]) for news in told if news["event"] == "progress"][-1] == (3, 1)
