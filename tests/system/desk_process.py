"""A whole desk as an operator starts it: another process, its own folder and port, reached over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from services.platform.nats_server import free_port
from tests.system.nats_cluster import wait_until

ROOT = Path(__file__).parents[2]


class DeskProcess:
    """``with DeskProcess(folder, TOCSIN_…="…") as desk``: started, ready, stopped at the end."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = free_port()
        self._log = folder / "desk.log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
        self.environment = {
            **clean,
            "PYTHONPATH": str(ROOT),
            "TOCSIN_DATA_DIR": str(folder / "data"),
            "TOCSIN_HTTP_PORT": str(self.port),
            **settings,
        }

    def __enter__(self) -> DeskProcess:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", "up"], env=self.environment, stdout=log, stderr=log
            )
        wait_until(self._ready, seconds=40, why=f"the desk is not ready, see {self._log}")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)

    def _ready(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()[-3000:]
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def token(self, *who: str) -> str:
        """What ``tocsin token create`` prints."""
        command = [sys.executable, "-m", "services.cli", "token", "create", *who]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()

    def call(self, method: str, path: str, token: str, body: object = None) -> tuple[int, dict]:
        """Status and JSON of one request."""
        address = f"http://127.0.0.1:{self.port}/api/v1{path}"
        answer = httpx.request(method, address, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=15)
        return answer.status_code, answer.json()
