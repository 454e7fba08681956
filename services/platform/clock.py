"""Time is handed in, never taken: the system clock in service, a moved clock in drills and tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time, always with an offset (UTC)."""

    def now(self) -> datetime:
        """The current time."""
        ...


class SystemClock:
    """The machine's clock."""

    moved = False

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(UTC)


class MovedClock:
    """A clock that stands still until it is moved; drills and tests hold it."""

    moved = True

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The time it was last moved to."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move to a moment; going backwards is refused, as a chain of facts cannot."""
        moment = moment.astimezone(UTC)
        if moment < self._now:
            raise ValueError(
                f"the clock stands at {self._now.isoformat()}, it does not go back to {moment.isoformat()}"
            )
        self._now = moment

    def advance(self, delta: timedelta) -> None:
        """Move forward."""
        self.set(self._now + delta)
