"""How fast a drill goes, and how far it is: changed while it plays, by who watches it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: Seconds between two moves of the hands of a paced clock: short enough for a page to look alive.
SLICE = 0.1


@dataclass(slots=True)
class Pace:
    """``speed`` against real time, none for full speed. What changes is seen at once, even in the middle of a wait."""

    speed: float | None = None
    paused: bool = False
    stopped: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, *, speed: float | None) -> None:
        """Play at another speed from now on; none is full speed."""
        self.speed = speed
        self.changed.set()

    def pause(self, *, paused: bool = True) -> None:
        """Hold the clock where it stands, or let it go on."""
        self.paused = paused
        self.changed.set()

    def stop(self) -> None:
        """Play no further step; what was played is scored."""
        self.stopped = True
        self.changed.set()

    async def holds(self) -> None:
        """Wait for as long as the drill is paused and not stopped."""
        while self.paused and not self.stopped:
            await self.wait(None)

    async def wait(self, seconds: float | None) -> None:
        """Wait, less when the pace changes; without ``seconds``, until it does."""
        self.changed.clear()
        try:
            await asyncio.wait_for(self.changed.wait(), seconds)
        except TimeoutError:
            return


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a drill is: the moment played, steps done out of all, checks that held and that did not."""

    played_at: datetime
    step: int
    steps: int
    passed: int
    failed: int


def reached(start: datetime, elapsed: float, speed: float | None, target: datetime) -> datetime:
    """Where the clock stands ``elapsed`` real seconds after ``start``; never past ``target``, at once at full speed."""
    if speed is None:
        return target
    return min(target, start + timedelta(seconds=elapsed * speed))


def real_seconds(start: datetime, speed: float | None, target: datetime) -> float:
    """Real seconds until the clock reaches ``target``."""
    return max(0.0, (target - start).total_seconds() / speed) if speed else 0.0
