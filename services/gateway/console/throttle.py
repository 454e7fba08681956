"""How often one address may try to sign in or follow a link: a bucket that fills again, kept in memory."""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi import Request

from services.gateway.problems import Problem

MAX_KEPT = 50_000
SENTENCE = "Trop d'essais depuis cette connexion. Attendez une minute, puis recommencez."


class Throttle:
    """``burst`` tries at once, then one every ``seconds``, for each caller."""

    def __init__(self, burst: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._seconds, self._clock = burst, seconds, clock
        self._held: dict[str, tuple[float, float]] = {}

    def check(self, caller: str) -> None:
        """Count one try; a 429 problem when there are too many."""
        tokens, now = self.look(caller), self._clock()
        if len(self._held) >= MAX_KEPT:
            self._held.clear()
        self._held[caller] = (tokens - 1, now)

    def look(self, caller: str) -> float:
        """How many tries are left, none counted; a 429 problem when there is none."""
        now = self._clock()
        tokens, at = self._held.get(caller, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - at) / self._seconds)
        if tokens < 1:
            raise Problem(429, SENTENCE, headers={"retry-after": str(int(self._seconds * (1 - tokens)) + 1)})
        return tokens


def address_of(request: Request) -> str:
    """Where a request comes from: the connection, as uvicorn tells it (it trusts a proxy on loopback only)."""
    return request.client.host if request.client else "?"
