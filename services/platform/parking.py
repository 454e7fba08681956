"""Parking: a message that cannot be handled waits, alone and whole, for a person to replay or discard it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import structlog
from pydantic import Field
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from contracts.base import Command, Done, Envelope, ListQuestion, Page, Role
from services.platform.appending import flush
from services.platform.batch import FactItem, advance
from services.platform.codec import decode_envelope, decode_fact
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.service import Service
from services.platform.tables import InboxRow, OutboxRow, ParkedRow
from services.platform.telemetry import PARKED
from services.platform.unit import Unit, View
from services.platform.writer import Writer

log = structlog.get_logger()


class SettleParked(Command):
    """Replay a parked message (late by then: handlers ignore what is older than they know) or discard it."""

    service: ClassVar[str] = "*"
    verb: ClassVar[str] = "settle-parked"

    parked: str
    replay: bool
    reason: str = Field(default="", max_length=300)


class ListParked(ListQuestion):
    """Parked messages of one service."""

    service: ClassVar[str] = "*"
    what: ClassVar[str] = "parked"


async def park(writer: Writer, item: FactItem, error: Exception, *, subject: str = "", body: bytes = b"") -> None:
    """Put a message aside with its bytes and the reason, and say so on ``dead.>``; the stream goes on."""
    service = writer.service.name
    raw = body or item.envelope.model_dump_json(exclude_none=True).encode()
    place = subject or f"fact.{item.envelope.territory}.{item.envelope.type}"
    log.error("message parked", service=service, type=item.envelope.type, id=item.envelope.id, error=repr(error))

    def write(unit: Unit) -> None:
        if unit.session.get(ParkedRow, item.envelope.id) is not None:
            return
        unit.session.add(ParkedRow(id=item.envelope.id, subject=place, body=raw, error=_words(error), at=unit.now))
        if unit.session.get(InboxRow, item.envelope.id) is None:
            unit.session.add(InboxRow(id=item.envelope.id))
        unit.session.execute(
            insert(OutboxRow),
            [{"id": f"dead-{service}-{item.envelope.id}", "subject": f"dead.{service}.{place}", "body": raw}],
        )
        if item.sequence:
            flush(unit.session)
            advance(unit.session, item)

    await writer.transact(write, territory=item.envelope.territory)
    PARKED.labels(service).inc()


def count_parked(session: Session) -> int:
    """How many messages of this service wait for a person."""
    waiting = select(func.count()).select_from(ParkedRow).where(col(ParkedRow.settled) == "")
    return session.execute(waiting).scalar_one()


def _words(error: Exception) -> str:
    return f"{type(error).__name__} : {error}"[:1000]


def add_parking(service: Service) -> None:
    """Every service lists what it parked, and replays or discards it on a person's word."""
    service.questions[f"{service.name}.parked"] = (ListParked, _list)
    service.commands[f"{service.name}.settle-parked"] = (
        SettleParked,
        lambda unit, command: _settle(service, unit, command),
    )


def _list(view: View, question: ListParked) -> Page:
    view.require(Role.COORDINATOR, Role.REFERENT)
    statement = (
        select(ParkedRow)
        .where(col(ParkedRow.settled) == "")
        .order_by(col(ParkedRow.at), col(ParkedRow.id))
        .limit(question.limit)
    )
    return Page(items=tuple(_item(row) for row in view.session.execute(statement).scalars()))


def _item(row: ParkedRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "subject": row.subject,
        "error": row.error,
        "at": row.at.isoformat(),
        "body": row.body.decode("utf-8", "replace")[:2000],
    }


def _settle(service: Service, unit: Unit, command: SettleParked) -> Done:
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=("coordinatrice", "referent"))
    row = unit.session.get(ParkedRow, command.parked)
    if row is None:
        raise NotFound("Aucun message mis de côté ne porte cet identifiant.")
    if row.settled:
        raise Conflict(f"Ce message a déjà été réglé ({row.settled}).")
    if command.replay:
        replay(service, unit, row)
    elif not command.reason:
        raise Invalid("Dites pourquoi ce message est écarté.")
    row.settled = "rejoué" if command.replay else f"écarté : {command.reason}"
    PARKED.labels(service.name).dec()
    return Done(id=row.id)


def replay(service: Service, unit: Unit, row: ParkedRow) -> None:
    """Handle a parked fact again, in this transaction."""
    envelope = decode_envelope(row.body)
    again = Unit(
        session=unit.session,
        message=envelope,
        now=unit.now,
        settings=unit.settings,
        territories=unit.territories,
        source=unit.source,
        replayed=True,
    )
    _run(service, again, envelope)
    unit.said.extend(again.said)
    unit.feed.extend(again.feed)


def _run(service: Service, unit: Unit, envelope: Envelope) -> None:
    model = decode_fact(service, envelope)
    if model is None:
        raise Invalid("Ce service ne sait toujours pas lire ce message.")
    messages: Sequence[tuple[Envelope, Any]] = [(envelope, model)]
    if service.preload:
        service.preload(unit.session, messages)
    service.facts[envelope.type][1](unit, model)
