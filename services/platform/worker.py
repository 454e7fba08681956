"""What runners, ``prepare`` and long answers are handed: the way out of the transaction and back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from contracts.base import PLATFORM, Command, Contract, Principal, Question, Text, Texts, TextsFound
from services.platform.bus import Bus
from services.platform.errors import from_refusal
from services.platform.unit import Unit
from services.platform.writer import Writer

T = TypeVar("T")
A = TypeVar("A", bound=Contract)
#: A loaded desk may take seconds; a service that is not there is known within one.
ASK_PATIENCE = 6.0


class ServiceWorker:
    """The worker of one running service."""

    def __init__(self, writer: Writer, bus: Bus) -> None:
        self._writer = writer
        self._bus = bus
        self.clock = writer.around.clock
        self.settings = writer.around.settings
        self.territories = writer.around.territories
        self.woken = asyncio.Event()

    async def transact(self, work: Callable[[Unit], T], *, territory: str | None = None) -> T:
        """Run ``work`` through the Writer."""
        where = territory or self.settings.territory_names[0]
        return await self._writer.transact(work, territory=where)  # type: ignore[no-any-return]

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` on a session that only reads."""
        return await self._writer.database.read(work)

    async def ask(
        self,
        question: Question,
        answer: type[A],
        *,
        territory: str,
        caller: Principal = PLATFORM,
        service: str | None = None,
        patience: float = ASK_PATIENCE,
    ) -> A:
        """Ask another service; raises its refusal, or ``Unavailable`` after six seconds (one, when nobody runs it)."""
        reply = await self._bus.request(
            question, territory=territory, caller=caller, patience=patience, service=service
        )
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return answer.model_validate(reply.result or {})

    async def send_command(self, command: Command, answer: type[A], *, territory: str) -> A:
        """Have another service carry out a command, as the platform; raises its refusal, or ``Unavailable``."""
        reply = await self._bus.request(command, territory=territory, caller=PLATFORM, patience=ASK_PATIENCE)
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return answer.model_validate(reply.result or {})

    async def ask_texts(self, source: str, ids: tuple[str, ...], *, territory: str) -> dict[str, Text]:
        """Free texts of another service, by id."""
        found = await self.ask(Texts(ids=ids), TextsFound, territory=territory, service=source)
        return {text.id: text for text in found.texts}

    async def pause(self, seconds: float) -> None:
        """Wait, less when something was committed meanwhile."""
        self.woken.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.woken.wait()
