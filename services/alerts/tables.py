"""Tables of the alerts service. Every query on them stands in ``store``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel

from services.platform.tables import moment


class AlertRow(SQLModel, table=True):
    """An alert in one territory. ``due_at`` is when time alone will change it; empty once it is over.

    ``slot`` is the key that unites its documents, with the territory; ``texts`` the references of its words;
    ``content`` what no query looks into; ``caller`` who reported it first.
    """

    __tablename__ = "alerts_alerts"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    slot: str = Field(index=True)
    version: int = 1
    kind: str
    source: str
    external_id: str | None = None
    phenomenon: str | None = None
    colour: str | None = None
    standing: str = "in_force"
    status: str = "actual"
    starts_at: datetime = moment()
    ends_at: datetime | None = moment(nullable=True)
    issued_at: datetime = moment()
    raised_at: datetime = moment(index=True)
    due_at: datetime | None = moment(nullable=True, index=True)
    caller: str = ""
    texts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class SlotRow(SQLModel, table=True):
    """A name that documents may use, and the slots it stands for; its own slot remembers the last applied document."""

    __tablename__ = "alerts_slots"

    id: str = Field(primary_key=True)
    territory: str
    key: str = Field(index=True)
    issued_at: datetime | None = moment(nullable=True)
    slots: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class DocumentRow(SQLModel, table=True):
    """A document as received, kept for good, and the receipt it was given."""

    __tablename__ = "alerts_documents"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    sha256: str = Field(index=True)
    media_type: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: datetime = moment()
    caller: str = ""
    receipt: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class QuarantineRow(SQLModel, table=True):
    """A document that could not be understood or placed, with the reason; its bytes stand in ``alerts_documents``."""

    __tablename__ = "alerts_quarantine"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    reason: str
    received_at: datetime = moment(index=True)


class SourceRow(SQLModel, table=True):
    """A source that is read at set hours: when it was last heard, and whether its silence was told."""

    __tablename__ = "alerts_sources"

    source: str = Field(primary_key=True)
    started_at: datetime = moment()
    next_at: datetime = moment()
    heard_at: datetime | None = moment(nullable=True)
    issued_at: datetime | None = moment(nullable=True)
    silent_since: datetime | None = moment(nullable=True)
    etag: str = ""
    sha256: str = ""
    last_error: str = ""


TABLES: tuple[type[SQLModel], ...] = (AlertRow, SlotRow, DocumentRow, QuarantineRow, SourceRow)
