"""One transaction of the Writer: known outcomes first, then each message with its unit, then the bulk rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from contracts.base import Contract, Created, Envelope, Reply
from services.platform.appending import appended, flush, forget
from services.platform.errors import Expired, Mismatch, Refused
from services.platform.ids import new_id
from services.platform.lease import Lease
from services.platform.service import Service
from services.platform.surroundings import Surroundings
from services.platform.tables import INBOX, OUTBOX, OUTCOMES, POSITION
from services.platform.unit import Unit, check_size

#: Answers that make a creation (201) although they carry more than an id.
CREATIONS = frozenset({"Created", "Written", "CertificateRequested", "TokenIssued", "LinkIssued", "Booked"})


@dataclass(slots=True, eq=False)
class Item:
    """Something that waits for a transaction."""

    future: asyncio.Future[Any] = field(init=False)


@dataclass(slots=True, eq=False)
class CommandItem(Item):
    """A command and its typed body."""

    envelope: Envelope
    model: Any


@dataclass(slots=True, eq=False)
class FactItem(Item):
    """A fact pulled at ``sequence`` of the stream; ``model`` is empty for who hears everything."""

    envelope: Envelope
    model: Any
    sequence: int = 0
    stream_created: str = ""
    filters: str = ""
    replayed: bool = False


@dataclass(slots=True, eq=False)
class WorkItem(Item):
    """Work of the platform or of a runner, with a unit of its own."""

    work: Callable[[Unit], Any]
    territory: str
    needs_lease: bool = True


class RefusedLate(Exception):  # an instruction to the Writer: run the batch one by one
    """A handler refused after it had changed something; its transaction must go."""


class Batch:
    """What one transaction does. ``apply`` runs inside it and never awaits."""

    def __init__(
        self,
        service: Service,
        lease: Lease,
        around: Surroundings,
        items: list[Item],
        prepared: Any,
        now: datetime,
    ) -> None:
        self._service = service
        self._lease = lease
        self._around = around
        self._items = items
        self._prepared = prepared
        self._now = now
        self._results: dict[int, Any] = {}
        self._outcomes: dict[str, tuple[str, str]] = {}
        self._fresh: list[dict[str, Any]] = []
        self._secret: set[str] = set()
        self._heard: list[str] = []
        self._units: list[Unit] = []

    @property
    def feed(self) -> list[tuple[str, bytes]]:
        """What goes on the live feed once committed."""
        return [line for unit in self._units for line in unit.feed]

    def result(self, item: Item) -> Any:
        """What came of an item, once committed."""
        return self._results.get(id(item))

    def apply(self, session: Session) -> None:
        """Everything this transaction does, in the order it came."""
        commands = [item for item in self._items if isinstance(item, CommandItem)]
        facts = [item for item in self._items if isinstance(item, FactItem)]
        must_hold = bool(facts) or any(isinstance(item, WorkItem) and item.needs_lease for item in self._items)
        self._lease.lock(session, must_hold=must_hold)
        self._outcomes = _outcomes(session, [item.envelope.id for item in commands])
        known = set(_ids(session, [item.envelope.id for item in facts]))
        self._preload(session, commands, facts, known)
        for item in self._items:
            if isinstance(item, CommandItem):
                self._results[id(item)] = self._command(session, item)
            elif isinstance(item, FactItem):
                self._fact(session, item, known)
            elif isinstance(item, WorkItem):
                self._results[id(item)] = item.work(self._unit(session, _own_envelope(self._service, item, self._now)))
        flush(session)
        self._write_rows(session, facts)

    def _preload(self, session: Session, commands: list[CommandItem], facts: list[FactItem], known: set[str]) -> None:
        if self._service.preload is None:
            return
        messages = [(item.envelope, item.model) for item in commands if item.envelope.id not in self._outcomes]
        messages += [(item.envelope, item.model) for item in facts if item.envelope.id not in known]
        if messages:
            self._service.preload(session, messages)

    def _unit(self, session: Session, envelope: Envelope, *, replayed: bool = False) -> Unit:
        unit = Unit(
            session=session,
            message=envelope,
            now=self._now,
            settings=self._around.settings,
            territories=self._around.territories,
            source=self._service.name,
            prepared=self._prepared,
            replayed=replayed,
        )
        self._units.append(unit)
        return unit

    def _command(self, session: Session, item: CommandItem) -> Reply:
        envelope = item.envelope
        known = self._outcomes.get(envelope.id)
        if known is not None:
            key, said = known
            if (envelope.key or "") != key:
                return Reply(refusal=Mismatch().to_refusal())
            return Reply.model_validate_json(said)
        # Expiry is about the caller who waits, so it follows the machine's clock even in a drill.
        if envelope.expires and envelope.expires < datetime.now(UTC):
            return Reply(refusal=Expired().to_refusal())
        reply = self._carry_out(session, item)
        if item.envelope.id in self._secret:
            return reply  # a token or an unsealed address is said once and kept nowhere
        key, said = envelope.key or "", reply.model_dump_json()
        self._outcomes[envelope.id] = (key, said)
        self._fresh.append({"id": envelope.id, "key": key, "reply": said, "at": self._now})
        return reply

    def _carry_out(self, session: Session, item: CommandItem) -> Reply:
        _, handler = self._service.commands[item.envelope.type]
        before = len(session.new) + appended(session)
        clean = not session.dirty and not session.deleted
        unit = self._unit(session, item.envelope)
        try:
            result: Contract = handler(unit, item.model)
        except Refused as refused:
            if len(self._items) > 1 and (
                len(session.new) + appended(session) > before or (clean and (session.dirty or session.deleted))
            ):
                raise RefusedLate from refused
            if len(self._items) == 1:
                session.expunge_all()
                forget(session)
            self._units.pop()
            return Reply(refusal=refused.to_refusal())
        if not getattr(result, "remember", True):
            self._secret.add(item.envelope.id)
        return Reply(result=result.model_dump(mode="json"), created=is_creation(result))

    def _fact(self, session: Session, item: FactItem, known: set[str]) -> None:
        if item.envelope.id in known and not item.replayed:
            return
        if item.envelope.id not in known:
            known.add(item.envelope.id)
            self._heard.append(item.envelope.id)
        unit = self._unit(session, item.envelope, replayed=item.replayed)
        if self._service.every_fact is not None:
            self._service.every_fact(unit, item.envelope)
        if item.envelope.type in self._service.facts and item.model is not None:
            self._service.facts[item.envelope.type][1](unit, item.model)

    def _write_rows(self, session: Session, facts: list[FactItem]) -> None:
        told = [
            {"id": said.envelope.id, "subject": said.subject, "body": check_size(said)}
            for unit in self._units
            for said in unit.said
        ]
        if told:
            session.execute(insert(OUTBOX), told)
        if self._heard:
            session.execute(insert(INBOX), [{"id": fact_id} for fact_id in self._heard])
        if self._fresh:
            session.execute(insert(OUTCOMES), self._fresh)
        reached = max((item for item in facts if item.sequence), key=lambda item: item.sequence, default=None)
        if reached is not None:
            advance(session, reached)


def advance(session: Session, item: FactItem) -> None:
    """Note how far the service has read, with the effects of what it read."""
    values = {"stream_sequence": item.sequence, "stream_created": item.stream_created, "filters": item.filters}
    moved = session.connection().execute(update(POSITION).where(POSITION.c.id == 1).values(values))
    if moved.rowcount == 0:
        session.connection().execute(insert(POSITION).values(id=1, **values))


def is_creation(result: Contract) -> bool:
    """Whether an answer means that something new exists."""
    name = type(result).__name__
    return isinstance(result, Created) or name in CREATIONS or getattr(result, "status", None) == "new"


def _own_envelope(service: Service, item: WorkItem, now: datetime) -> Envelope:
    key = new_id()
    return Envelope(
        id=key, type=f"{service.name}.own", source=service.name, time=now, territory=item.territory, correlation=key
    )


def _outcomes(session: Session, ids: list[str]) -> dict[str, tuple[str, str]]:
    if not ids:
        return {}
    found = select(OUTCOMES.c.id, OUTCOMES.c.key, OUTCOMES.c.reply).where(OUTCOMES.c.id.in_(ids))
    return {row.id: (row.key, row.reply) for row in session.execute(found)}


def _ids(session: Session, ids: list[str]) -> Iterable[str]:
    if not ids:
        return []
    return session.execute(select(INBOX.c.id).where(INBOX.c.id.in_(ids))).scalars().all()
