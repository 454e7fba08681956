"""Answers to questions, the texts every service answers for, and the erasure every service carries out."""

from __future__ import annotations

import inspect
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from contracts.base import Contract, Envelope, Reply, Text, Texts, TextsFound
from contracts.logbook import TextRedacted
from services.platform.database import Database
from services.platform.errors import Refused
from services.platform.service import Service
from services.platform.surroundings import Surroundings
from services.platform.tables import TextRow
from services.platform.unit import Unit, View, Worker


def complete(service: Service) -> Service:
    """Add to a service what each of them does: answer for its texts, erase those a person redacted."""
    texts_type = f"{service.name}.texts"
    if texts_type not in service.questions:
        service.questions[texts_type] = (Texts, _texts)
    if TextRedacted.type_name() not in service.facts and not service.hears_everything:
        service.facts[TextRedacted.type_name()] = (TextRedacted, erase_redacted)
    return service


def _texts(view: View, question: Texts) -> TextsFound:
    rows = view.session.execute(select(TextRow).where(col(TextRow.id).in_(question.ids))).scalars()
    return TextsFound(
        texts=tuple(
            Text(id=row.id, salt=row.salt, text=row.text) for row in rows if row.territory == view.message.territory
        )
    )


def erase_redacted(unit: Unit, fact: TextRedacted) -> None:
    """Erase the words a person redacted, in every service alike."""
    unit.session.execute(delete(TextRow).where(col(TextRow.id).in_(fact.texts)))


async def answer(
    service: Service, worker: Worker, database: Database, around: Surroundings, envelope: Envelope, question: Any
) -> Reply:
    """The reply to one question; a refusal is a reply too."""
    _, handler = service.questions[envelope.type]

    def read(session: Session) -> Contract:
        view = View(session, envelope, around.clock.now(), around.settings, around.territories)
        return handler(view, question)  # type: ignore[no-any-return]

    try:
        if inspect.iscoroutinefunction(handler):
            found: Contract = await handler(worker, envelope, question)
        else:
            found = await database.read(read)
    except Refused as refused:
        return Reply(refusal=refused.to_refusal())
    return Reply(result=found.model_dump(mode="json"))
