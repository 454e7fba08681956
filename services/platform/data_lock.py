"""One desk on a data directory: a lock its nats-server inherits, and ``run.json``, which says who runs there."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import signal
import time
from pathlib import Path
from typing import Any

from services.platform.errors import BadSettings

#: What a dead desk leaves behind ends within this many looks, 50 ms apart.
LOOKS = 40


class DataLock:
    """Exclusive lock of a data directory, inherited by the nats-server: two servers on one store lose data."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> None:
        """Take the lock, ending a nats-server that outlived its desk; ``BadSettings`` when a desk runs here."""
        for _ in range(LOOKS):
            if self._try():
                return
            if desk_runs(self._folder, besides=self.descriptor):
                break
            end_orphan(self._folder)
            time.sleep(0.05)
        self.release()
        raise BadSettings(
            f"Un poste Tocsin tourne déjà sur « {self._folder} » : "
            "arrêtez-le, ou choisissez un autre dossier (TOCSIN_DATA_DIR)."
        )

    def _try(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def release(self) -> None:
        """Give the lock back."""
        with contextlib.suppress(OSError):
            os.close(self.descriptor)


def read_run(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says; empty when there is none."""
    try:
        found: dict[str, Any] = json.loads((folder / "run.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def write_run(folder: Path, run: dict[str, Any]) -> None:
    """Tell the other commands of ``tocsin`` where this desk is; written aside first, so never read half."""
    path = folder / "run.json"
    aside = folder / "run.json.new"
    folder.mkdir(parents=True, exist_ok=True)
    aside.touch(mode=0o600)
    aside.write_text(json.dumps(run))
    aside.replace(path)


def desk_runs(folder: Path, *, besides: int = -1) -> bool:
    """Whether the desk named by ``run.json`` lives: its process holds the lock file open (``besides`` not counted)."""
    pid = int(read_run(folder).get("pid") or 0)
    if not pid:
        return False
    try:
        open_files = list(Path(f"/proc/{pid}/fd").iterdir())
    except FileNotFoundError:
        return _answers(pid) if not Path("/proc/self").exists() else False
    except PermissionError:
        return True  # another user's process: not ours to judge, so not ours to end
    mine = str(besides) if pid == os.getpid() else ""
    return any(_leads_to(link, folder / "lock") for link in open_files if link.name != mine)


def _leads_to(link: Path, target: Path) -> bool:
    try:
        return link.samefile(target)
    except OSError:
        return False


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def end_orphan(folder: Path) -> bool:
    """End the nats-server named by ``run.json`` after checking that it serves this folder; true when one was ended."""
    pid = int(read_run(folder).get("nats_pid") or 0)
    if not pid or not _serves(pid, folder):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    return True


def _serves(pid: int, folder: Path) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
    return "nats-server" in Path(words[0]).name and str(folder / "nats" / "server.conf") in words


def own_secret(folder: Path) -> str:
    """The secret of this installation's bus, drawn once and kept readable by its owner only."""
    path = folder / "bus.secret"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24))
    return path.read_text().strip()
