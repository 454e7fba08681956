"""Alarms: a full disk, a jumping clock, a cut bus, parked messages are said before they hurt."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from services.platform.errors import Unavailable

#: Under this, nothing new is accepted: what is in progress must still fit.
DISK_FLOOR_BYTES = 200 * 1024 * 1024
DISK_WARNING_BYTES = 2 * 1024 * 1024 * 1024
#: A clock that moves this far from the machine's own steady count was set by hand or by a bad source.
CLOCK_JUMP_SECONDS = 30.0
#: How long a jump of the clock is told.
CLOCK_ALARM_SECONDS = 3600.0


@dataclass(slots=True)
class Alarms:
    """What is wrong now, by subject, in French; ``full`` stops new commands."""

    folder: Path
    raised: dict[str, str] = field(default_factory=dict)
    full: bool = False
    _wall: float = field(default_factory=time.time)
    _steady: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Measure disk and clock; cheap enough for every tick."""
        self._look_at_disk()
        self._look_at_clock(time.time(), time.monotonic())

    def _look_at_disk(self) -> None:
        free = shutil.disk_usage(self.folder).free
        self.full = free < DISK_FLOOR_BYTES
        if self.full:
            self.raised["disque"] = (
                f"Disque plein ({free // 2**20} Mo libres) : plus rien n'est accepté, faites de la place."
            )
        elif free < DISK_WARNING_BYTES:
            self.raised["disque"] = f"à surveiller : {free // 2**20} Mo libres sur le disque."
        else:
            self.raised.pop("disque", None)

    def _look_at_clock(self, wall: float, steady: float) -> None:
        drift = (wall - self._wall) - (steady - self._steady)
        if abs(drift) > CLOCK_JUMP_SECONDS:
            self.raised["horloge"] = (
                f"à surveiller : l'horloge de la machine a sauté de {drift:+.0f} s ; vérifiez l'heure, "
                "les entrées en dépendent."
            )
            self._wall, self._steady = wall, steady
        elif steady - self._steady > CLOCK_ALARM_SECONDS:
            self.raised.pop("horloge", None)

    def check_room(self) -> None:
        """Refuse new work while the disk is full."""
        if self.full:
            raise Unavailable("Le disque du poste est plein : rien n'a été enregistré. Prévenez l'exploitant.")
