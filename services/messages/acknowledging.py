"""Links: made at sending time, kept as a digest, followed once or a hundred times with the same effect."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.base import Role
from contracts.messages import Acknowledged, LinkFound, MessageAcknowledged
from services.messages import decide, duty, store
from services.messages.store import CallRow, LinkRow, OutgoingRow
from services.platform.errors import Forbidden, NotFound
from services.platform.unit import Unit

UNKNOWN_LINK = (
    "Ce lien n'est pas reconnu ou n'est plus valable. Connectez-vous au poste de crise ou appelez l'astreinte."
)


def new_code() -> str:
    """A code for a link: 96 random bits in 16 letters, so that an SMS keeps its room."""
    return secrets.token_urlsafe(12)


def digest_of(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def acknowledge(unit: Unit, code: str) -> Acknowledged:
    """Note that its recipient has read the message; the call behind it stops."""
    row, by = _message_behind(unit, code)
    already = row.read_at is not None
    if not already:
        _note_read(unit, row, by)
    return Acknowledged(id=row.id, about=_about(unit.session, row), purpose=row.purpose, by=by, already=already)


def _about(session: Session, row: OutgoingRow) -> str:
    """What the message is about today: a proposal may have been superseded by a newer one."""
    call = session.get(CallRow, row.call) if row.call else None
    return call.about if call else row.about


def _message_behind(unit: Unit, code: str) -> tuple[OutgoingRow, str]:
    link = unit.session.get(LinkRow, digest_of(code))
    if link is not None and not decide.link_is_dead(link.made_at, unit.now):
        row = store.message_named(unit.session, link.message)
        if row is not None:
            return row, row.to
    return _message_signed_in(unit, code)


def _message_signed_in(unit: Unit, message: str) -> tuple[OutgoingRow, str]:
    """Without a link: a person signed in acknowledges a message of their territory by its id."""
    row = store.message_named(unit.session, message)
    if row is None or row.territory != unit.message.territory or unit.message.caller is None:
        raise NotFound(UNKNOWN_LINK)
    if unit.caller.kind == "person" and unit.caller.id == row.to:
        return row, row.to
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=(decide.COORDINATRICE, decide.REFERENT))
    if unit.caller.kind == "platform":
        raise Forbidden
    return row, unit.caller.id


def _note_read(unit: Unit, row: OutgoingRow, by: str) -> None:
    row.read_at = unit.now
    if row.state != store.UNDER_WAY:  # being sent right now: the note of the sending will keep it read
        row.state = store.READ
    call = unit.session.get(CallRow, row.call) if row.call else None
    if call is not None:
        duty.acknowledge(unit, call, by)
    unit.say(
        MessageAcknowledged(about=_about(unit.session, row), by=by, at=unit.now), territory=row.territory, author=by
    )


def describe(session: Session, code_sha256: str, now: datetime) -> LinkFound:
    """What a link is about; empty when it is unknown or too old."""
    link = session.get(LinkRow, code_sha256)
    row = store.message_named(session, link.message) if link and not decide.link_is_dead(link.made_at, now) else None
    if row is None:
        return LinkFound()
    return LinkFound(
        message=row.id,
        territory=row.territory,
        about=_about(session, row),
        category=row.category,
        purpose=row.purpose,
        person=row.to,
        acknowledged=row.read_at is not None,
    )
