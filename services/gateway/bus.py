"""What the gateway needs of the bus, so that it can be tried without one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from contracts.base import Command, Principal, Question, Reply


class BusClient(Protocol):
    """Send a command or a question and get its reply; hear the live feed."""

    async def request(
        self,
        message: Command | Question,
        *,
        territory: str,
        caller: Principal,
        id: str | None = None,  # noqa: A002  # the name on the bus
        key: str | None = None,
        time: datetime | None = None,
        patience: float = 5.0,
        service: str | None = None,
    ) -> Reply:
        """The reply, a refusal included. Raises ``Unavailable`` after ``patience`` seconds without one."""
        ...

    async def listen(self, subject: str, callback: Callable[[str, bytes], Awaitable[None]]) -> None:
        """Call back for each message of a core subject."""
        ...
