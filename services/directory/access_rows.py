"""Accesses as rows: made, opened and answered, whatever asks for them."""

from __future__ import annotations

import hashlib
from datetime import datetime

from contracts.access import LinkIssued, SessionOpened, SessionStarted
from contracts.base import is_exercise
from services.directory import access_rules as rules
from services.directory import access_store
from services.directory.store import PersonRow, TokenRow
from services.platform import signing
from services.platform.unit import Unit


def open_for(unit: Unit, person: PersonRow, *, made_by: str) -> SessionOpened:
    """Open a session under an id drawn from the message, so that the same message sent again finds it."""
    access_store.erase_old(unit.session, person.territory, person.person, unit.now - rules.KEPT_AFTER_END)
    end = unit.now + rules.lasting(rules.SESSION_LIFE, exercise=is_exercise(person.territory))
    row = add_access(unit, person, signing.SESSION, end, id=session_id(unit, made_by), created_by=person.person)
    unit.say(SessionStarted(person=person.person, session=row.id), territory=person.territory, author=person.person)
    return opened(unit, row, person)


def opened(unit: Unit, row: TokenRow, person: PersonRow) -> SessionOpened:
    """The answer that carries the session's token, made again from its id."""
    return SessionOpened(
        status="ouverte",
        token=signing.sign(unit.settings, signing.SESSION, row.id),
        id=row.id,
        person=person.person,
        name=person.name,
        territory=person.territory,
        expires_at=row.expires_at,
    )


def session_id(unit: Unit, made_by: str) -> str:
    """The id of the session that this message opens from ``made_by``."""
    return hashlib.sha256(f"session {unit.message.id} {made_by}".encode()).hexdigest()[:24]


def add_access(
    unit: Unit,
    person: PersonRow,
    use: str,
    expires_at: datetime,
    *,
    id: str = "",  # noqa: A002
    created_by: str = "",
    trusted: bool = False,
) -> TokenRow:
    """A row for an access of a person. Its code is made from its id, and only the digest is kept."""
    row_id = id or access_store.short_id()
    row = TokenRow(
        id=row_id,
        sha256=signing.digest_of(signing.sign(unit.settings, use, row_id)),
        territory=person.territory,
        person=person.person,
        created_at=unit.now,
        created_by=created_by or unit.caller.id,
        expires_at=expires_at,
        use=use,
        trusted=trusted,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def issued(unit: Unit, row: TokenRow, end: datetime) -> LinkIssued:
    """The answer that carries the code of a row just made."""
    return LinkIssued(id=row.id, code=signing.sign(unit.settings, row.use, row.id), expires_at=end)
