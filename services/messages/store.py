"""Tables of the messages service and every query on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.messages import decide
from services.platform.tables import BigKey, moment

WAITING, UNDER_WAY, SENT, FAILED, UNCERTAIN, READ = "en_attente", "en_cours", "parti", "echec", "incertain", "lu"


#: How the error of a message begins when it was not needed any more before it left.
DROPPED = "Devenu inutile avant l'envoi"


class OutgoingRow(SQLModel, table=True):
    """One message to one recipient by one channel. ``to`` is a reference: addresses are asked at sending time.

    ``words`` holds what the text is made of; ``unique_key`` forbids the same message twice.
    """

    __tablename__ = "messages_outgoing"

    sequence: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True, autoincrement=True))
    id: str = Field(unique=True)
    territory: str = Field(index=True)
    about: str = Field(index=True)
    call: str | None = Field(default=None, index=True)
    category: str
    purpose: str
    to: str
    channel: str
    words: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    wants_link: bool = False
    urgent: bool = False
    state: str = Field(default=WAITING, index=True)
    attempts: int = 0
    due_at: datetime = moment(index=True)
    sent_at: datetime | None = moment(nullable=True)
    read_at: datetime | None = moment(nullable=True)
    error: str = ""
    unique_key: str = Field(unique=True)


class LinkRow(SQLModel, table=True):
    """An acknowledgement link: only the SHA-256 of its code is kept. Each attempt at sending makes its own."""

    __tablename__ = "messages_links"

    code_sha256: str = Field(primary_key=True)
    message: str = Field(index=True)
    territory: str
    made_at: datetime = moment()


class CallRow(SQLModel, table=True):
    """A call to a duty role about one thing, until somebody answers or it no longer matters.

    ``told`` lists [person, channel] in order; ``next_at`` is when the next step is taken.
    """

    __tablename__ = "messages_alerts_to_duty"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    about: str = Field(index=True)
    related: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    role: str
    category: str
    purpose: str
    words: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    told: list[list[str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    started_at: datetime = moment()
    next_at: datetime | None = moment(nullable=True, index=True)
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = moment(nullable=True)
    ended_at: datetime | None = moment(nullable=True)
    ended_because: str = ""


class DraftRow(SQLModel, table=True):
    """A text ready to copy; ``posted`` lists by, where, at. The words stand in the texts table."""

    __tablename__ = "messages_drafts"

    sequence: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True, autoincrement=True))
    id: str = Field(unique=True)
    territory: str = Field(index=True)
    about: str
    version: int
    subject: str
    groups: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    body_id: str
    at: datetime = moment()
    posted: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class DutyRow(SQLModel, table=True):
    """Who holds a role from when to when, as the directory told it (projection)."""

    __tablename__ = "messages_duty"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    role: str
    version: int
    person: str
    deputies: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    starts_at: datetime = moment()
    ends_at: datetime | None = moment(nullable=True)


TABLES = (OutgoingRow, LinkRow, CallRow, DraftRow, DutyRow)


def _all(session: Session, query: Any) -> list[Any]:
    return list(session.execute(query).scalars().all())


def _page(session: Session, table: Any, territory: str, before: int | None, limit: int) -> list[Any]:
    query = select(table).where(table.territory == territory)
    if before is not None:
        query = query.where(table.sequence < before)
    return _all(session, query.order_by(table.sequence.desc()).limit(limit))


def due_calls(session: Session, now: datetime) -> list[CallRow]:
    """Calls whose next step is due, oldest first."""
    query = select(CallRow).where(col(CallRow.ended_at).is_(None), col(CallRow.next_at) <= now)
    return _all(session, query.order_by(col(CallRow.next_at), col(CallRow.id)))


def calls_about(session: Session, territory: str, about: Sequence[str]) -> list[CallRow]:
    """Every call ever made about these things, newest first."""
    query = select(CallRow).where(col(CallRow.territory) == territory, col(CallRow.about).in_(tuple(about)))
    return _all(session, query.order_by(col(CallRow.started_at).desc()))


def calls_waiting_for_holder(session: Session, territory: str, role: str) -> list[CallRow]:
    """Calls that found nobody on duty."""
    query = select(CallRow).where(col(CallRow.territory) == territory, col(CallRow.role) == role)
    return _all(session, query.where(col(CallRow.ended_at).is_(None), col(CallRow.next_at).is_(None)))


def messages_of_call(session: Session, call: str, state: str) -> list[OutgoingRow]:
    """Messages of a call that are in this state."""
    return _all(session, select(OutgoingRow).where(col(OutgoingRow.call) == call, col(OutgoingRow.state) == state))


def message_named(session: Session, message: str) -> OutgoingRow | None:
    """A message by its id, in any territory: the caller's right to it is checked by who asks."""
    return session.execute(select(OutgoingRow).where(col(OutgoingRow.id) == message)).scalar_one_or_none()


def keys_known(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these unique keys already have their message."""
    column: Any = OutgoingRow.unique_key
    return set(_all(session, select(column).where(column.in_(tuple(keys))))) if keys else set()


def messages_about(session: Session, territory: str, about: str, category: str) -> list[OutgoingRow]:
    """Messages of one category about one thing."""
    query = select(OutgoingRow).where(
        col(OutgoingRow.territory) == territory,
        col(OutgoingRow.about) == about,
        col(OutgoingRow.category) == category,
    )
    return _all(session, query)


def next_to_send(session: Session, now: datetime) -> OutgoingRow | None:
    """The message to send now: urgent ones first, then in order."""
    query = select(OutgoingRow).where(col(OutgoingRow.state) == WAITING, col(OutgoingRow.due_at) <= now)
    order = (col(OutgoingRow.urgent).desc(), col(OutgoingRow.due_at), col(OutgoingRow.sequence))
    return session.execute(query.order_by(*order).limit(1)).scalar_one_or_none()


def half_sent(session: Session, before: datetime) -> list[OutgoingRow]:
    """Messages claimed by then and never noted: the desk stopped, or could not write, in between."""
    claimed = select(OutgoingRow).where(col(OutgoingRow.state) == UNDER_WAY, col(OutgoingRow.due_at) <= before)
    return _all(session, claimed.order_by(col(OutgoingRow.sequence)))


def list_outgoing(session: Session, territory: str, before: int | None, limit: int) -> list[OutgoingRow]:
    """Messages of a territory, newest first."""
    return _page(session, OutgoingRow, territory, before, limit)


def next_due(session: Session) -> datetime | None:
    """When the next step of a call or the next sending is due."""
    step = session.execute(select(func.min(col(CallRow.next_at))).where(col(CallRow.ended_at).is_(None))).scalar()
    waiting = select(func.min(col(OutgoingRow.due_at))).where(col(OutgoingRow.state) == WAITING)
    sending = session.execute(waiting).scalar()
    return min((moment for moment in (step, sending) if moment is not None), default=None)


def backlog(session: Session) -> int:
    """Messages to send now or under way; one that waits for its next attempt is not counted."""
    first_time = (col(OutgoingRow.state) == WAITING) & (col(OutgoingRow.attempts) == 0)
    due = or_(col(OutgoingRow.state) == UNDER_WAY, first_time)
    return int(session.execute(select(func.count()).select_from(OutgoingRow).where(due)).scalar_one())


def draft_named(session: Session, territory: str, draft: str) -> DraftRow | None:
    """A draft of this territory."""
    query = select(DraftRow).where(col(DraftRow.territory) == territory, col(DraftRow.id) == draft)
    return session.execute(query).scalar_one_or_none()


def drafts_about(session: Session, territory: str, about: str) -> list[DraftRow]:
    """Every draft of a crisis, in the order they came."""
    query = select(DraftRow).where(col(DraftRow.territory) == territory, col(DraftRow.about) == about)
    return _all(session, query.order_by(col(DraftRow.sequence)))


def list_drafts(session: Session, territory: str, before: int | None, limit: int) -> list[DraftRow]:
    """Drafts of a territory, newest first."""
    return _page(session, DraftRow, territory, before, limit)


def duty_rows(session: Session, territory: str, role: str | None = None) -> list[DutyRow]:
    """Duty as told, newest version first; all roles unless one is named."""
    query = select(DutyRow).where(col(DutyRow.territory) == territory)
    if role is not None:
        query = query.where(col(DutyRow.role) == role)
    return _all(session, query.order_by(col(DutyRow.version).desc()))


def on_duty(session: Session, territory: str, role: str, now: datetime) -> list[str]:
    """Who to call for a role now, in order; empty when nobody ever held it."""
    return decide.people_on_duty(duty_rows(session, territory, role), now)


def holders(session: Session, territory: str, now: datetime) -> list[str]:
    """Persons who hold duty now, each once."""
    people = [on_duty(session, territory, role, now)[:1] for role in (decide.COORDINATRICE, decide.REFERENT)]
    return list(dict.fromkeys(person for found in people for person in found))
