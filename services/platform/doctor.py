"""What ``tocsin doctor`` looks at by itself: room, files, clock, versions. The running desk adds its own state."""

from __future__ import annotations

import os
import shutil
from typing import Any

from services.platform.alarms import DISK_WARNING_BYTES
from services.platform.errors import TocsinError
from services.platform.nats_server import binary
from services.platform.settings import Settings

Finding = tuple[bool, str]


def examine(settings: Settings, run: dict[str, Any] | None) -> list[Finding]:
    """Findings, each sound or not, with what to do."""
    return [_desk(settings, run), _disk(settings), _server(settings), _mail(settings), _secrets(settings)]


def _desk(settings: Settings, run: dict[str, Any] | None) -> Finding:
    if run:
        return True, f"Le poste tourne (processus {run['pid']}), {run['http']}."
    return False, f"Aucun poste ne tourne sur « {settings.data_dir} » : tocsin up."


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.absolute().parent
    free = shutil.disk_usage(folder).free
    return free > DISK_WARNING_BYTES, f"Disque : {free // 2**20} Mo libres sur « {folder} »."


def _server(settings: Settings) -> Finding:
    if settings.nats_url:
        return True, "NATS : serveur extérieur (TOCSIN_NATS_URL)."
    try:
        return True, f"NATS embarqué : {os.path.basename(binary())} est là."
    except TocsinError as error:
        return False, error.message


def _mail(settings: Settings) -> Finding:
    if settings.mail_url:
        return True, "Courriel : un serveur est réglé."
    return False, "Courriel : aucun serveur (TOCSIN_MAIL_URL) ; les messages restent à copier à la main."


def _secrets(settings: Settings) -> Finding:
    path = settings.data_dir / "bus.secret"
    if not path.exists():
        return True, "Secret du bus : sera tiré au premier démarrage."
    open_to_others = path.stat().st_mode & 0o077
    return not open_to_others, "Secret du bus : " + (
        "lisible par d'autres, faites chmod 600." if open_to_others else "protégé."
    )
