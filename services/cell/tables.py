"""Tables of the crisis cell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from services.platform.tables import moment


def _list() -> Any:
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class FunctionRow(SQLModel, table=True):
    """The roster: who holds a function, outside crises too."""

    __tablename__ = "cell_functions"

    territory: str = Field(primary_key=True)
    function: str = Field(primary_key=True)
    version: int
    holder: str | None = None
    deputies: list[str] = _list()


class SessionRow(SQLModel, table=True):
    """A session of the cell; ``dismissed_at`` is empty while it sits, and one only sits in a territory."""

    __tablename__ = "cell_sessions"
    __table_args__ = (Index("cell_sessions_by_end", "territory", "dismissed_at"),)

    id: str = Field(primary_key=True)
    territory: str
    version: int = 1
    crises: list[str] = _list()
    functions: list[str] = _list()
    called: list[str] = _list()
    place: str | None = Field(default=None, description="id of the text")
    convened_by: str
    convened_at: datetime = moment()
    starts_at: datetime = moment()
    dismissed_at: datetime | None = moment(nullable=True)


class MemberRow(SQLModel, table=True):
    """Somebody there, for a function and a time; ``left_at`` is empty while they hold it."""

    __tablename__ = "cell_members"

    id: str = Field(primary_key=True)
    session: str = Field(index=True)
    function: str
    person: str | None = None
    outsider: str | None = Field(default=None, description="id of the text")
    arrived_at: datetime = moment()
    left_at: datetime | None = moment(nullable=True)


class ContactRow(SQLModel, table=True):
    """An exchange with a partner. ``crises`` holds ids between spaces, so that one is found in either database."""

    __tablename__ = "cell_contacts"
    __table_args__ = (Index("cell_contacts_by_time", "territory", "at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    partner: str
    direction: str
    channel: str = ""
    text: str = Field(description="id of the text")
    person: str | None = Field(default=None, description="id of the text")
    crises: str = ""
    verified: bool = False
    by: str
    at: datetime = moment()
    noted_at: datetime = moment()


class NeedRow(SQLModel, table=True):
    """Something asked for, and how much of it was found. ``rank`` 0 is open, 1 closed."""

    __tablename__ = "cell_needs"
    __table_args__ = (Index("cell_needs_in_order", "territory", "rank", "asked_at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    version: int = 1
    crisis: str = Field(index=True)
    kind: str
    what: str = Field(description="id of the text")
    what_sha256: str
    unit: str
    asked: int
    available: int = 0
    asked_by: str
    asked_at: datetime = moment()
    wanted_by: datetime | None = moment(nullable=True)
    status: str = "open"
    rank: int = 0
    how: str | None = Field(default=None, description="id of the text")
    reason: str | None = Field(default=None, description="id of the text")
    closed_at: datetime | None = moment(nullable=True)


class JudgementRow(SQLModel, table=True):
    """What a person judged of a crisis, on the sums of that moment."""

    __tablename__ = "cell_judgements"
    __table_args__ = (Index("cell_judgements_by_time", "territory", "at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    crisis: str = Field(index=True)
    version: int
    gravity: str
    proportion: str
    reason: str = Field(description="id of the text")
    by: str
    at: datetime = moment()
    needs_open: int = 0
    needs_short: int = 0
    sums: list[dict[str, Any]] = _list()


class CrisisRow(SQLModel, table=True):
    """A crisis as the levels told it; ``version`` is that of the level."""

    __tablename__ = "cell_crises"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    playbook: str
    level: int = 0
    version: int = 0
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


class PersonRow(SQLModel, table=True):
    """Somebody the directory knows: a name typed wrong is seen when it is typed, not when nobody comes."""

    __tablename__ = "cell_people"

    territory: str = Field(primary_key=True)
    person: str = Field(primary_key=True)


class DutyRow(SQLModel, table=True):
    """Who is on duty for a role, until when."""

    __tablename__ = "cell_duties"

    territory: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    version: int
    person: str
    starts_at: datetime = moment()
    ends_at: datetime | None = moment(nullable=True)


TABLES = (
    FunctionRow, SessionRow, MemberRow, ContactRow, NeedRow, JudgementRow, CrisisRow, PersonRow, DutyRow,
)  # fmt: skip
PROJECTIONS = (CrisisRow, PersonRow, DutyRow)
