"""Tables of the meeting: where it stands, and the lines written, each the fact that was told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Date, UniqueConstraint, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.platform.tables import TextRow, moment


class MeetingRow(SQLModel, table=True):
    """The meeting of a point, one for each. ``plan`` are its items, ``questions`` the decisions to take as they were.

    ``moves`` are ``[item, seconds since the start]`` in order: the agenda is the clock.
    """

    __tablename__ = "digests_meetings"
    __table_args__ = (UniqueConstraint("territory", "digest"),)

    id: str = Field(primary_key=True)
    territory: str
    digest: str
    number: int
    day: date = Field(sa_column=Column(Date, nullable=False))
    started_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    without_referent: bool = False
    plan: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    questions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    moves: list[list[int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class LineRow(SQLModel, table=True):
    """What was written: ``id`` and ``data`` are those of the fact, ``kind`` its type, ``by`` who wrote it."""

    __tablename__ = "digests_meeting_lines"

    id: str = Field(primary_key=True)
    meeting: str = Field(index=True)
    rank: int
    kind: str
    at: datetime = moment()
    by: str = ""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


TABLES: tuple[type[SQLModel], ...] = (MeetingRow, LineRow)


def of_digest(session: Session, territory: str, digest: str) -> MeetingRow | None:
    """The meeting of a point, if it was opened."""
    statement = select(MeetingRow).where(col(MeetingRow.territory) == territory, col(MeetingRow.digest) == digest)
    return session.execute(statement).scalar_one_or_none()


def lines(session: Session, meeting: str) -> list[LineRow]:
    """Its lines, oldest first."""
    statement = select(LineRow).where(col(LineRow.meeting) == meeting).order_by(col(LineRow.rank))
    return list(session.execute(statement).scalars())


def texts(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The words kept under these ids; an erased one is absent."""
    rows = session.execute(select(TextRow).where(col(TextRow.id).in_(list(ids)))).scalars()
    return {row.id: row.text for row in rows}
