"""Tables every service has beside its own, in its own database: outbox, inbox, outcomes, lease, position, texts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, LargeBinary, Table
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """A time with offset, stored in UTC on both databases and given back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC, naive on SQLite, which has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without offset cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """A SQLModel field that holds an aware time."""
    return Field(default=None, sa_column=Column(UtcDateTime(), nullable=nullable, index=index))


#: SQLite only autoincrements INTEGER; PostgreSQL wants a BIGINT.
BigKey = BigInteger().with_variant(Integer, "sqlite")


class OutboxRow(SQLModel, table=True):
    """A committed fact. ``stream_sequence`` is empty until JetStream acknowledged it."""

    __tablename__ = "platform_outbox"

    sequence: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True, autoincrement=True))
    id: str = Field(unique=True)
    subject: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    stream_sequence: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True, index=True))


class InboxRow(SQLModel, table=True):
    """A fact already handled. Kept for good: this is what stops doubles."""

    __tablename__ = "platform_inbox"

    id: str = Field(primary_key=True)


class OutcomeRow(SQLModel, table=True):
    """What a command came to, refusals included, so that sending it again changes nothing."""

    __tablename__ = "platform_outcomes"

    id: str = Field(primary_key=True)
    key: str = ""
    reply: str
    at: datetime = moment(index=True)


class LeaseRow(SQLModel, table=True):
    """The one row that says which instance pulls, relays and ticks; every writer locks it."""

    __tablename__ = "platform_lease"

    id: int = Field(primary_key=True)
    holder: str = ""
    epoch: int = 0
    expires_at: float = 0.0


class PositionRow(SQLModel, table=True):
    """How far the service has read the stream, written with the effects of what it read.

    ``stream_created`` tells a rebuilt stream from the one the position was taken on; ``filters`` the
    subjects heard, so that a service which starts to hear an older fact reads from the beginning.
    """

    __tablename__ = "platform_position"

    id: int = Field(primary_key=True)
    stream_sequence: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    stream_created: str = ""
    filters: str = ""


class ParkedRow(SQLModel, table=True):
    """A message that could not be handled, with its bytes and the error, waiting for a person."""

    __tablename__ = "platform_parked"

    id: str = Field(primary_key=True)
    subject: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    error: str
    at: datetime = moment()
    settled: str = ""


class TextRow(SQLModel, table=True):
    """A free text: the only place its words stand, so that erasing the row erases them."""

    __tablename__ = "platform_texts"

    id: str = Field(primary_key=True)
    salt: str
    text: str
    territory: str = ""


PLATFORM_TABLES: tuple[type[SQLModel], ...] = (
    OutboxRow,
    InboxRow,
    OutcomeRow,
    LeaseRow,
    PositionRow,
    ParkedRow,
    TextRow,
)

#: The same as plain tables: every transaction touches them, and the ORM would cost more than the statements.
OUTBOX: Table = SQLModel.metadata.tables["platform_outbox"]
INBOX: Table = SQLModel.metadata.tables["platform_inbox"]
OUTCOMES: Table = SQLModel.metadata.tables["platform_outcomes"]
LEASE: Table = SQLModel.metadata.tables["platform_lease"]
POSITION: Table = SQLModel.metadata.tables["platform_position"]
