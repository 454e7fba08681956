"""What ``decide`` is handed and gives back: an alert, what a key holds, a change. Frozen; a change is a new value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.alerts import AlertKind, Area, Colour, ColourPeriod, Phenomenon
from services.alerts.periods import next_fall
from services.alerts.report import Reporter, Status, Words

Standing = Literal["in_force", "lifted", "expired"]
Verdict = Literal["new", "updated", "lifted", "known", "quarantined"]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert in one territory, as the last document left it."""

    id: str
    slot: str
    kind: AlertKind
    source: str
    words: Words
    starts_at: datetime
    status: Status
    issued_at: datetime
    standing: Standing = "in_force"
    version: int = 1
    external_id: str | None = None
    phenomenon: Phenomenon | None = None
    colour: Colour | None = None
    periods: tuple[ColourPeriod, ...] = ()
    volet: str | None = None
    grade: str | None = None
    areas: tuple[Area, ...] = ()
    ends_at: datetime | None = None
    requests_level: int | None = None
    reporter: Reporter | None = None

    def due_at(self, now: datetime) -> datetime | None:
        """When time alone changes it: its worst colour is over, or it ends."""
        if self.standing != "in_force":
            return None
        fall = next_fall(self.periods, now)
        return min((moment for moment in (fall, self.ends_at) if moment), default=None)


@dataclass(frozen=True, slots=True)
class Slot:
    """What one key holds: when its last applied document was issued, and the alerts in force under it."""

    name: str
    issued_at: datetime | None = None
    in_force: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One step of one alert, or the reason why nothing changes."""

    verdict: Verdict
    alert: Alert | None = None
    reason: str | None = None
