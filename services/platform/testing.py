"""A desk for tests: one service through its real Writer on a temporary database, its time moved by hand."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from contracts.base import PLATFORM, Command, Contract, Envelope, Fact, Principal, Question, Reply, Role, Text
from services.platform.answering import answer, complete
from services.platform.batch import FactItem
from services.platform.clock import MovedClock
from services.platform.database import Database
from services.platform.errors import Unavailable, from_refusal
from services.platform.lease import Lease
from services.platform.service import Service
from services.platform.settings import Settings
from services.platform.surroundings import Surroundings
from services.platform.tables import OutboxRow
from services.platform.territory import Territories
from services.platform.unit import Unit
from services.platform.writer import Writer

T = TypeVar("T")
A = TypeVar("A", bound=Contract)
F = TypeVar("F", bound=Fact)
START = datetime(2026, 6, 29, 6, 0, tzinfo=UTC)
HOME = "nord-essonne"


def person(
    ref: str, *roles: Role, on_duty: Sequence[str] = (), structure: str | None = None, territory: str = HOME
) -> Principal:
    """A person who calls, as the directory would describe them."""
    return Principal(
        id=ref, kind="person", roles=tuple(roles), territories=(territory,), structure=structure, on_duty=tuple(on_duty)
    )


def role_token(role: Role, territory: str = HOME) -> Principal:
    """A token made for a role."""
    return Principal(id=f"role:{role}", kind="role", roles=(role,), territories=(territory,))


class ServiceDesk:
    """One service, alone: commands, facts, ticks and questions go through the same code as in service.

    ``answers`` maps a question type, or a command sent elsewhere, to what another service would reply;
    ``texts`` holds the free texts another service would give by id.
    """

    def __init__(self, service: Service, settings: Settings, territories: Territories, start: datetime = START) -> None:
        self.service = complete(service)
        self.settings = settings
        self.territories = territories
        self.clock = MovedClock(start)
        self.database = Database(service.name, service.owns, settings)
        self.lease = Lease(self.database)
        self.around = Surroundings(self.clock, settings, territories)
        self.writer = Writer(service, self.database, self.lease, self.around)
        self.writer.worker = self
        self.answers: dict[type[Question] | type[Command], Callable[[Any], Contract]] = {}
        self.texts: dict[str, Text] = {}
        self.feed: list[tuple[str, bytes]] = []
        self.writer.publish_feed = self.feed.extend
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.database.create()
        await self.lease.keep()
        self._task = asyncio.create_task(self.writer.run())
        for starter in self.service.starters:
            await self.writer.transact(starter, territory=HOME)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.database.close()

    def _envelope(self, message: Command | Question | Fact, territory: str, **extra: Any) -> Envelope:
        key = extra.pop("id", None) or uuid.uuid4().hex
        return Envelope(
            id=key,
            type=extra.pop("type", message.type_name()),
            source=extra.pop("source", "test"),
            time=extra.pop("time", None) or self.clock.now(),
            territory=territory,
            correlation=key,
            data=message.model_dump(mode="json"),
            **extra,
        )

    async def reply(
        self,
        command: Command,
        *,
        caller: Principal = PLATFORM,
        territory: str = HOME,
        id: str | None = None,  # noqa: A002
        key: str | None = None,
        time: datetime | None = None,
    ) -> Reply:
        """Carry out a command and give the whole reply."""
        envelope = self._envelope(command, territory, id=id, key=key, time=time, caller=caller)
        return await self.writer.carry_out(envelope, command)

    async def do(self, command: Command, **how: Any) -> dict[str, Any]:
        """Carry out a command; the result, or its refusal raised."""
        reply = await self.reply(command, **how)
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return reply.result or {}

    async def do_many(self, commands: Sequence[Command], **how: Any) -> list[Reply]:
        """Commands that arrive together and meet in one transaction."""
        return list(await asyncio.gather(*(self.reply(command, **how) for command in commands)))

    async def hear(self, fact: Fact, *, territory: str = HOME, id: str | None = None, **extra: Any) -> None:  # noqa: A002
        """Feed one fact; ``source``, ``author``, ``time`` may be given."""
        await self.hear_many([fact], territory=territory, ids=[id], **extra)

    async def hear_many(
        self, facts: Sequence[Fact], *, territory: str = HOME, ids: Sequence[str | None] | None = None, **extra: Any
    ) -> None:
        """Feed facts in one batch, as one fetch would."""
        ids = ids or [None] * len(facts)
        items = []
        for fact, fact_id in zip(facts, ids, strict=True):
            envelope = self._envelope(fact, territory, id=fact_id, recorded=self.clock.now(), **extra)
            entry = self.service.facts.get(envelope.type)
            items.append(FactItem(envelope=envelope, model=entry[0].model_validate(envelope.data) if entry else None))
        await self.writer.hear(items)

    async def tick(self, *, at: datetime | None = None, **delta: float) -> None:
        """Move the clock (``minutes=5``, ``at=…``), then tick once."""
        if at is not None:
            self.clock.set(at)
        elif delta:
            self.clock.advance(timedelta(**delta))
        for ticker in self.service.tickers:
            await self.writer.transact(ticker, territory=HOME)

    async def run_once(self) -> None:
        """One pass of each runner."""
        for runner in self.service.runners:
            await runner(self)

    async def ask_reply(self, question: Question, *, caller: Principal = PLATFORM, territory: str = HOME) -> Reply:
        """Put a question to the service and give the whole reply."""
        envelope = self._envelope(question, territory, caller=caller, type=f"{self.service.name}.{question.what}")
        return await answer(self.service, self, self.database, self.around, envelope, question)

    async def ask(
        self, question: Question, answer: type[A] | None = None, *, territory: str = HOME, caller: Principal = PLATFORM
    ) -> Any:
        """Without ``answer``: put a question to this service, get a dict. With it: what a worker asks of the others."""
        if answer is not None:
            stub = self.answers.get(type(question))
            if stub is None:
                raise Unavailable
            return stub(question)
        reply = await self.ask_reply(question, caller=caller, territory=territory)
        if reply.refusal:
            raise from_refusal(reply.refusal)
        return reply.result or {}

    async def send_command(self, command: Command, answer: type[A], *, territory: str) -> A:
        """What a worker has another service carry out, from ``answers``."""
        stub = self.answers.get(type(command))
        if stub is None:
            raise Unavailable
        return answer.model_validate(stub(command).model_dump())

    async def ask_texts(self, source: str, ids: tuple[str, ...], *, territory: str) -> dict[str, Text]:
        """Texts of another service, from ``texts``."""
        return {text_id: self.texts[text_id] for text_id in ids if text_id in self.texts}

    async def transact(self, work: Callable[[Unit], T], *, territory: str | None = None) -> T:
        """Worker's way to write."""
        return await self.writer.transact(work, territory=territory or HOME)  # type: ignore[no-any-return]

    async def read(self, work: Callable[[Session], T]) -> T:
        """Worker's way to read."""
        return await self.database.read(work)

    async def pause(self, seconds: float) -> None:
        """Time is moved, never slept."""

    async def said(self) -> list[Envelope]:
        """Every fact told so far, in order."""
        rows = await self.database.read(
            lambda session: session.execute(select(OutboxRow).order_by(col(OutboxRow.sequence))).scalars().all()
        )
        return [Envelope.model_validate_json(row.body) for row in rows]

    async def facts(self, model: type[F]) -> list[F]:
        """Facts of one type told so far."""
        return [model.model_validate(fact.data) for fact in await self.said() if fact.type == model.type_name()]
