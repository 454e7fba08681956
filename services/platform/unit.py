"""What the functions of a service are handed: a unit to write, a view to read, a worker to reach the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from contracts.base import PLATFORM, Command, Contract, Envelope, Fact, Principal, Question, Role, Text, TextRef
from services.platform.appending import flush
from services.platform.clock import Clock
from services.platform.errors import FactTooLarge, Forbidden, NotFound
from services.platform.ids import new_id
from services.platform.settings import Settings
from services.platform.tables import TextRow
from services.platform.territory import Territories, Territory
from services.platform.texts import keep_text

MAX_FACT_BYTES = 256 * 1024
T = TypeVar("T")
A = TypeVar("A", bound=Contract)


@dataclass(slots=True)
class Told:
    """A fact said in a transaction, waiting for its outbox row."""

    envelope: Envelope
    subject: str


@dataclass(slots=True)
class Unit:
    """What a handler holds: the session, the message, the time, and the ways to say and to keep.

    One unit per message, one session per batch. Nothing awaits here: the transaction is open.
    ``feed`` is published on core NATS after the commit, best effort (the live feed of the logbook).
    """

    session: Session
    message: Envelope
    now: datetime
    settings: Settings
    territories: Territories
    source: str
    prepared: Any = None
    replayed: bool = False
    said: list[Told] = field(default_factory=list)
    feed: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def caller(self) -> Principal:
        """Who asked; the platform itself for facts and ticks."""
        return self.message.caller or PLATFORM

    @property
    def territory(self) -> Territory:
        """The territory of the message."""
        return self.territory_named(self.message.territory)

    def territory_named(self, name: str) -> Territory:
        """A territory by name; refused when this desk does not hold it."""
        found = self.territories.get(name)
        if found is None:
            raise NotFound(f"Le territoire « {name} » n'est pas tenu par ce poste de crise.")
        return found

    def require(self, *roles: Role, on_duty: Sequence[str] = ()) -> None:
        """Refuse a caller without one of ``roles``; ``on_duty`` also asks a person to hold one of these duty roles.

        A token made for a role alone stands for whoever holds it and passes the duty check.
        """
        caller = self.caller
        if caller.kind == "platform":
            return
        if self.message.territory not in caller.territories:
            raise Forbidden(f"Votre accès ne couvre pas le territoire « {self.message.territory} ».")
        if not caller.has(*roles):
            raise Forbidden()
        if on_duty and caller.kind == "person" and not set(on_duty) & set(caller.on_duty):
            raise Forbidden(
                "Vous n'êtes pas d'astreinte : vous lisez, vous ne décidez pas. "
                "Prenez l'astreinte ou appelez la personne qui la tient."
            )

    def say(
        self, fact: Fact, *, at: datetime | None = None, territory: str | None = None, author: str | None = None
    ) -> str:
        """Tell a fact once this transaction is committed; ``at`` is when it happened (now). Returns its id."""
        fact_id = new_id()
        where = territory or self.message.territory
        caller = self.caller
        envelope = Envelope(
            id=fact_id,
            type=fact.type_name(),
            source=self.source,
            time=at or self.now,
            recorded=self.now,
            territory=where,
            correlation=self.message.correlation,
            causation=self.message.id,
            author=author or (caller.id if caller.kind != "platform" else self.message.author),
            authorrole=_role_words(caller) or self.message.authorrole,
            data=fact.model_dump(mode="json"),
        )
        self.said.append(Told(envelope, fact.subject(where)))
        return fact_id

    def keep(self, text: str | None) -> TextRef | None:
        """Keep a free text in this service's own table; what travels is its id and salted digest."""
        return self.keep_required(text) if text else None

    def keep_required(self, text: str) -> TextRef:
        """Same, for a text that is always there (an empty one is kept as a dash)."""
        ref, _ = keep_text(self.session, text or "—", self.message.territory)
        return ref

    def text(self, ref: TextRef | None) -> str:
        """The words behind a reference this service keeps; empty when erased."""
        flush(self.session)
        row = self.session.get(TextRow, ref.id) if ref else None
        return row.text if row else ""

    def new_id(self) -> str:
        """A fresh opaque identifier."""
        return new_id()


def _role_words(caller: Principal) -> str:
    if caller.kind == "platform":
        return ""
    return caller.on_duty[0] if caller.on_duty else (str(caller.roles[0]) if caller.roles else "")


def check_size(told: Told) -> bytes:
    """The bytes of a fact; over 256 kB it is refused where it is made."""
    raw = told.envelope.model_dump_json(exclude_none=True).encode()
    if len(raw) > MAX_FACT_BYTES:
        raise FactTooLarge(fact=told.envelope.type, bytes=len(raw))
    return raw


@dataclass(slots=True)
class View:
    """What an answer to a question is handed: a session that only reads."""

    session: Session
    message: Envelope
    now: datetime
    settings: Settings
    territories: Territories

    @property
    def caller(self) -> Principal:
        """Who asks."""
        return self.message.caller or PLATFORM

    @property
    def territory(self) -> Territory:
        """The territory asked about."""
        found = self.territories.get(self.message.territory)
        if found is None:
            raise NotFound(f"Le territoire « {self.message.territory} » n'est pas tenu par ce poste de crise.")
        return found

    def require(self, *roles: Role) -> None:
        """Refuse a caller without one of ``roles`` or without this territory."""
        caller = self.caller
        if caller.kind == "platform":
            return
        if self.message.territory not in caller.territories:
            raise Forbidden(f"Votre accès ne couvre pas le territoire « {self.message.territory} ».")
        if roles and not caller.has(*roles):
            raise Forbidden()


class Worker(Protocol):
    """What work outside the transaction is handed: background loops, ``prepare`` and long answers."""

    @property
    def clock(self) -> Clock:
        """The desk's clock."""
        ...

    @property
    def settings(self) -> Settings:
        """The desk's settings."""
        ...

    @property
    def territories(self) -> Territories:
        """The territories this desk holds."""
        ...

    async def transact(self, work: Callable[[Unit], T], *, territory: str | None = None) -> T:
        """Run ``work`` through the Writer, in its own transaction with its own unit."""
        ...

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` on a session that only reads."""
        ...

    async def ask(self, question: Question, answer: type[A], *, territory: str, caller: Principal = PLATFORM) -> A:
        """Ask another service; raises the refusal, or ``Unavailable`` after six seconds (one, when nobody runs it)."""
        ...

    async def send_command(self, command: Command, answer: type[A], *, territory: str) -> A:
        """Have another service carry out a command, as the platform; raises the refusal, or ``Unavailable``."""
        ...

    async def ask_texts(self, source: str, ids: tuple[str, ...], *, territory: str) -> dict[str, Text]:
        """Free texts kept by ``source``, by id; an erased one is absent. Raises ``Unavailable``."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait, less when the writer has committed something since."""
        ...
