"""Tables of the digests and the queries on documents and calendar; those on what was known are in ``known``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Date, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.digests.known import KnownRow
from services.platform.tables import moment


class DigestRow(SQLModel, table=True):
    """A point de situation. ``claim`` is what makes one a day: ``day:2026-07-02``, or its id when made again.

    ``content`` never changes once published; names and free texts stand apart in ``words`` so that
    they can be erased. ``work`` is what remains to be done: draft, publish, or nothing.
    """

    __tablename__ = "digests_documents"
    __table_args__ = (UniqueConstraint("territory", "claim"),)

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    claim: str
    number: int = 0
    day: date = Field(sa_column=Column(Date, nullable=False))
    status: str = "prévu"
    work: str = Field(default="", index=True)
    as_of: datetime = moment()
    up_to: int = 0
    head: str = ""
    late: bool = False
    made_at: datetime = moment(index=True)
    published_at: datetime | None = moment(nullable=True)
    validated_at: datetime | None = moment(nullable=True)
    validated_by: str = ""
    delivery: str = ""
    version: int = 0
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    words: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    edits: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class CalendarRow(SQLModel, table=True):
    """What is due next in a territory with an open crisis: the draft of a day, or its publication."""

    __tablename__ = "digests_calendar"

    territory: str = Field(primary_key=True)
    what: str
    due_at: datetime = moment(index=True)


TABLES: tuple[type[SQLModel], ...] = (KnownRow, DigestRow, CalendarRow)
PROJECTIONS: tuple[type[SQLModel], ...] = (KnownRow,)


def digest(session: Session, territory: str, digest_id: str) -> DigestRow | None:
    """A digest of this territory, by id, or by day (``2026-07-02``: the one of that day)."""
    row = session.get(DigestRow, digest_id)
    if row is None:
        row = daily(session, territory, digest_id)
    return row if row and row.territory == territory else None


def daily(session: Session, territory: str, day: date | str) -> DigestRow | None:
    """The digest of a day, if one was begun."""
    statement = select(DigestRow).where(
        col(DigestRow.territory) == territory,
        col(DigestRow.claim) == f"day:{day}",
    )
    return session.execute(statement).scalar_one_or_none()


def published_before(session: Session, territory: str, since: datetime, day: date) -> int:
    """How many points were published from ``since`` and before ``day``: what numbers the next one."""
    statement = select(func.count()).where(
        col(DigestRow.territory) == territory,
        col(DigestRow.claim).like("day:%"),
        col(DigestRow.published_at) >= since,
        col(DigestRow.day) < day,
    )
    return int(session.execute(statement).scalar_one())


def page(session: Session, territory: str, cursor: str | None, limit: int, *, validated: bool) -> list[DigestRow]:
    """Digests, newest first, those begun and not yet made left out."""
    statement = select(DigestRow).where(col(DigestRow.territory) == territory, col(DigestRow.status) != "prévu")
    if validated:
        statement = statement.where(col(DigestRow.status) == "validé")
    after = session.get(DigestRow, cursor) if cursor else None
    if after is not None:
        statement = statement.where(
            or_(
                col(DigestRow.made_at) < after.made_at,
                and_(col(DigestRow.made_at) == after.made_at, col(DigestRow.id) < after.id),
            )
        )
    ordered = statement.order_by(col(DigestRow.made_at).desc(), col(DigestRow.id).desc())
    return list(session.execute(ordered.limit(limit)).scalars())


class PointCard(NamedTuple):
    """A point in a short list, its content left where it is."""

    id: str
    number: int
    day: date
    status: str
    at: datetime
    as_of: datetime


def last_points(session: Session, territory: str, limit: int, *, validated: bool) -> list[PointCard]:
    """The last points, newest first; those begun and not yet made left out."""
    statement = select(
        col(DigestRow.id), col(DigestRow.number), col(DigestRow.day), col(DigestRow.status),
        col(DigestRow.published_at), col(DigestRow.made_at), col(DigestRow.as_of),
    ).where(col(DigestRow.territory) == territory, col(DigestRow.status) != "prévu")  # fmt: skip
    if validated:
        statement = statement.where(col(DigestRow.status) == "validé")
    rows = session.execute(statement.order_by(col(DigestRow.made_at).desc(), col(DigestRow.id).desc()).limit(limit))
    return [
        PointCard(row.id, row.number, row.day, row.status, row.published_at or row.made_at, row.as_of) for row in rows
    ]


def waiting(session: Session) -> list[DigestRow]:
    """Digests with work to do, oldest first."""
    statement = select(DigestRow).where(col(DigestRow.work) != "").order_by(col(DigestRow.day))
    return list(session.execute(statement).scalars())


def backlog(session: Session) -> int:
    """How many digests wait to be composed."""
    return int(session.execute(select(func.count()).where(col(DigestRow.work) != "")).scalar_one())


def next_due(session: Session) -> datetime | None:
    """The earliest moment at which a draft or a publication falls due."""
    first = session.execute(select(CalendarRow).order_by(col(CalendarRow.due_at)).limit(1)).scalar_one_or_none()
    return first.due_at if first else None


def due(session: Session, now: datetime) -> list[CalendarRow]:
    """What fell due by ``now``."""
    return list(session.execute(select(CalendarRow).where(col(CalendarRow.due_at) <= now)).scalars())


def forget_words(session: Session, keys: Sequence[str], territory: str) -> None:
    """Erase names or texts from every digest of the territory that quotes them."""
    for row in session.execute(select(DigestRow).where(col(DigestRow.territory) == territory)).scalars():
        if any(key in row.words for key in keys):
            row.words = {key: words for key, words in row.words.items() if key not in keys}
            session.add(row)


def mark_delivery(session: Session, territory: str, digest_id: str, delivery: str) -> None:
    """Note that a mail of this digest may or may not have left."""
    row = session.get(DigestRow, digest_id)
    if row is not None and row.territory == territory:
        row.delivery = delivery
        session.add(row)
