"""Statements of capacity: made before the transaction, issued once with their number, read as issued."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.base import Created, Envelope, Page, Principal, Role
from contracts.certificates import AskCensus
from contracts.digests import Document
from contracts.logbook import AskHead, HeadFound
from contracts.statements import AskStatement, CapacityStatementIssued, IssueCapacityStatement, ListStatements
from services.digests import known, statement_store
from services.digests.answers import allow, is_inside
from services.digests.handlers import PREPARED_BY
from services.digests.screen import KINDS
from services.digests.service import SERVICE
from services.digests.statement import Brought, Content, content_of
from services.digests.statement_page import render_statement
from services.digests.statement_store import StatementCard, StatementRow
from services.platform.errors import Conflict, Forbidden, NotFound, Refused
from services.platform.unit import Unit, View, Worker

DECIDE = (Role.COORDINATOR, Role.REFERENT)
READERS = (*DECIDE, Role.READER, Role.ARS, Role.SAMU)
NOT_FOUND = "Cet état des capacités n'existe pas ; voyez la liste des états."


@dataclass(frozen=True, slots=True)
class Made:
    """A statement made and printed, waiting for its number to be taken."""

    number: int
    as_of: datetime
    content: Content
    pdf: bytes


async def make_statement(worker: Worker, envelope: Envelope, command: IssueCapacityStatement) -> Made | Refused:
    """The page of this moment; other services are asked here, outside the transaction."""
    caller, territory = envelope.caller, worker.territories.get(envelope.territory)
    if territory is None:
        return NotFound(f"Le territoire « {envelope.territory} » n'est pas tenu par ce poste de crise.")
    if caller is not None and caller.kind != "platform" and not caller.has(*DECIDE):
        return Forbidden()
    now = worker.clock.now()
    day = now.astimezone(territory.zone).date()
    world, number = await worker.read(
        lambda session: (
            known.read_world(session, territory.territory, now + known.INSTANT, day - timedelta(days=2),
                             day + timedelta(days=1), KINDS | {"request"}),
            statement_store.next_number(session, territory.territory),
        )
    )  # fmt: skip
    brought = await _ask_others(worker, territory.territory, now)
    content = content_of(world, territory, number, now, brought, caller.on_duty if caller else ())
    return Made(number, now, content, await asyncio.to_thread(render_statement, content))


async def _ask_others(worker: Worker, territory: str, now: datetime) -> Brought:
    silent: list[str] = []
    census, head = Page(), HeadFound(number=0, hash="")
    try:
        census = await worker.ask(AskCensus(), Page, territory=territory)
    except Refused:
        silent.append("le recensement des certificateurs")
    try:
        head = await worker.ask(AskHead(before=now), HeadFound, territory=territory)
    except Refused:
        silent.append("le journal de bord")
    return Brought(census.items, head.number, head.hash if head.number else "", tuple(silent))


PREPARED_BY[IssueCapacityStatement] = make_statement


@SERVICE.does(IssueCapacityStatement)
def issue_statement(unit: Unit, command: IssueCapacityStatement) -> Created:
    """Keep the page, give it its number, say it: the same content and bytes are read ever after."""
    unit.require(*DECIDE, on_duty=("coordinatrice", "referent"))
    made = unit.prepared[unit.message.id]
    if isinstance(made, Refused):
        raise made
    if made.number != statement_store.next_number(unit.session, unit.message.territory):
        raise Conflict(
            f"L'état des capacités n° {made.number} vient d'être émis ; lisez-le avant d'en émettre un autre."
        )
    row = _row(unit, made, send=command.send)
    unit.session.add(row)
    unit.session.flush()
    unit.say(
        CapacityStatementIssued(
            statement=row.id, number=row.number, day=row.day, as_of=row.as_of, up_to=row.up_to, head=row.head,
            sha256=row.sha256, send=row.sent, by=row.by,
        )
    )  # fmt: skip
    return Created(id=row.id)


def _row(unit: Unit, made: Made, *, send: bool) -> StatementRow:
    return StatementRow(
        id=unit.new_id(), territory=unit.message.territory, number=made.number,
        day=made.as_of.astimezone(unit.territory.zone).date(), as_of=made.as_of, up_to=made.content["up_to"],
        head=made.content["head"], by=unit.caller.id, sent=send, sha256=hashlib.sha256(made.pdf).hexdigest(),
        content=made.content, pdf=made.pdf,
    )  # fmt: skip


@SERVICE.answers(ListStatements)
def list_statements(view: View, question: ListStatements) -> Page:
    """Newest first; those outside see what was sent to them."""
    view.require(*READERS)
    before = (
        int(question.cursor) if question.cursor and question.cursor.isascii() and question.cursor.isdigit() else None
    )
    rows = statement_store.page(
        view.session, view.message.territory, before, question.limit + 1, sent=not is_inside(view.caller)
    )
    kept = rows[: question.limit]
    items = tuple(_item(card, view.caller) for card in kept)
    return Page(items=items, next=str(kept[-1].number) if len(rows) > len(kept) else None)


def _item(card: StatementCard, caller: Principal) -> dict[str, Any]:
    item: dict[str, Any] = card._asdict() | {"day": card.day.isoformat(), "as_of": card.as_of.isoformat()}
    if not is_inside(caller):
        item.pop("by")  # who issued it stays inside, as on the page
    return item


@SERVICE.answers(AskStatement)
async def ask_statement(worker: Worker, envelope: Envelope, question: AskStatement) -> Document:
    """The bytes as issued, or the content they were printed from."""
    caller = allow(envelope)
    if caller.kind != "platform" and not caller.has(*READERS):
        raise Forbidden()
    row = await worker.read(lambda session: statement_store.statement(session, envelope.territory, question.statement))
    if row is None or not (row.sent or is_inside(caller)):
        raise NotFound(NOT_FOUND)
    body = row.pdf
    if question.form == "json":
        card = StatementCard(*(getattr(row, name) for name in StatementCard._fields))
        body = json.dumps(_item(card, caller) | row.content, ensure_ascii=False, indent=1).encode()
    return Document(
        media_type="application/pdf" if question.form == "pdf" else "application/json",
        filename=f"etat-des-capacites-{row.number}-{row.day}.{question.form}",
        body=base64.b64encode(body).decode(),
    )
