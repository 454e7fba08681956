"""What stands around every service: the clock, the settings, the territories."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from services.platform.alarms import Alarms
from services.platform.clock import Clock
from services.platform.settings import Settings
from services.platform.territory import Territories


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Handed down from the composition root; nothing below it reads the environment or the time by itself."""

    clock: Clock
    settings: Settings
    territories: Territories
    alarms: Alarms = field(default_factory=lambda: Alarms(Path("/")))
