"""Who calls: the bearer's SHA-256 is asked of the directory, and the answer kept for five seconds at most."""

from __future__ import annotations

import asyncio
import hashlib
import time as monotonic
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request

from contracts.base import PLATFORM, Principal
from contracts.directory import CallerFound, WhoCalls
from services.gateway.bus import BusClient
from services.gateway.problems import Problem
from services.platform.clock import Clock
from services.platform.errors import from_refusal

KEEP_SECONDS = 5.0
MAX_KEPT = 10_000
CHALLENGE = {"www-authenticate": 'Bearer realm="tocsin"'}


def digest_of(token: str) -> str:
    """What the directory knows of a token."""
    return hashlib.sha256(token.encode("latin-1", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a bearer stands for now: ``principal`` is nobody when it is unknown, revoked or over.

    ``use`` is ``jeton``, ``session`` or ``professionnel``; ``over`` says why a personal link that worked no longer
    does (``expire``, ``revoque``), and ``territory`` where it did.
    """

    principal: Principal | None
    use: str = "jeton"
    over: str = ""
    territory: str = ""


@dataclass(slots=True)
class _Known:
    shown: Shown
    asked: float
    clock: datetime


class Authenticator:
    """Turns a bearer into a principal. Both clocks bound the cache: a drill moves one, a service runs on the other."""

    def __init__(self, bus: BusClient, clock: Clock, home: str) -> None:
        self._bus = bus
        self._clock = clock
        self._home = home
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Task[Shown]] = {}

    async def caller(self, request: Request) -> Principal:
        """The principal of this request; a 401 problem without a bearer that stands."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Problem(
                401,
                "Ajoutez l'en-tête « Authorization: Bearer … » ; un jeton s'obtient avec « tocsin token create ».",
                headers=CHALLENGE,
            )
        principal = await self.principal_of(token.strip())
        if principal is None:
            raise Problem(401, "Ce jeton est inconnu, révoqué ou expiré ; demandez-en un autre.", headers=CHALLENGE)
        return principal

    async def principal_of(self, token: str, uses: Collection[str] = ()) -> Principal | None:
        """Who a token stands for now; nobody when it is unknown, revoked, over, or made for none of ``uses``."""
        shown = await self.shown(token)
        return shown.principal if not uses or shown.use in uses else None

    async def shown(self, token: str) -> Shown:
        """What the directory says of a token, kept for five seconds at most."""
        return await self._shown(digest_of(token))

    def forget(self) -> None:
        """Ask again for everyone: duty, people or tokens have just changed through this gateway."""
        self._known.clear()
        self._asking.clear()

    async def _shown(self, digest: str) -> Shown:
        known = self._known.get(digest)
        if known is not None and self._fresh(known):
            return known.shown
        asking = self._asking.get(digest)
        if asking is None:  # one question however many requests wait for it
            asking = self._asking[digest] = asyncio.create_task(self._ask(digest))
            asking.add_done_callback(lambda task: self._asked(digest, task))
        return await asyncio.shield(asking)

    def _fresh(self, known: _Known) -> bool:
        moved = abs(self._clock.now() - known.clock)
        return monotonic.monotonic() - known.asked < KEEP_SECONDS and moved < timedelta(seconds=KEEP_SECONDS)

    def _asked(self, digest: str, task: asyncio.Task[Shown]) -> None:
        if self._asking.get(digest) is task:
            del self._asking[digest]
        if not task.cancelled():
            task.exception()  # told to who waits; nobody may be left

    async def _ask(self, digest: str) -> Shown:
        asked, clock, current = monotonic.monotonic(), self._clock.now(), asyncio.current_task()
        reply = await self._bus.request(WhoCalls(token_sha256=digest), territory=self._home, caller=PLATFORM)
        if reply.refusal:
            raise from_refusal(reply.refusal)
        found = CallerFound.model_validate(reply.result or {})
        principal = Principal.model_validate(found.principal) if found.principal else None
        shown = Shown(principal, found.use, found.over, found.territory)
        if self._asking.get(digest) is current:  # not forgotten meanwhile
            if len(self._known) >= MAX_KEPT:
                self._known.clear()
            self._known[digest] = _Known(shown, asked, clock)
        return shown
