"""Table of the statements of capacity and every query on it. A statement never changes once issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Date, LargeBinary, UniqueConstraint, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.platform.tables import moment


class StatementRow(SQLModel, table=True):
    """A statement as issued: ``content`` is what it says, ``pdf`` the very bytes whose SHA-256 the logbook holds."""

    __tablename__ = "digests_statements"
    __table_args__ = (UniqueConstraint("territory", "number"),)

    id: str = Field(primary_key=True)
    territory: str
    number: int
    day: date = Field(sa_column=Column(Date, nullable=False))
    as_of: datetime = moment()
    up_to: int = 0
    head: str = ""
    by: str = ""
    sent: bool = False
    sha256: str = ""
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    pdf: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))


class StatementCard(NamedTuple):
    """A statement in a list, its content and its bytes left where they are."""

    id: str
    number: int
    day: date
    as_of: datetime
    up_to: int
    head: str
    by: str
    sent: bool
    sha256: str


TABLES: tuple[type[SQLModel], ...] = (StatementRow,)
_CARD: tuple[Any, ...] = tuple(getattr(StatementRow, name) for name in StatementCard._fields)


def next_number(session: Session, territory: str) -> int:
    """The number of the next statement of a territory: 1, then without a gap."""
    query = select(func.max(col(StatementRow.number))).where(col(StatementRow.territory) == territory)
    return int(session.execute(query).scalar() or 0) + 1


def statement(session: Session, territory: str, name: str) -> StatementRow | None:
    """A statement of this territory by its id, or by its number."""
    row = session.get(StatementRow, name)
    if row is None and name.isascii() and name.isdigit() and len(name) < 10:
        query = select(StatementRow).where(
            col(StatementRow.territory) == territory, col(StatementRow.number) == int(name)
        )
        row = session.execute(query).scalar_one_or_none()
    return row if row is not None and row.territory == territory else None


def page(session: Session, territory: str, before: int | None, limit: int, *, sent: bool) -> list[StatementCard]:
    """Statements, newest first; only those sent when ``sent``."""
    query = select(*_CARD).where(col(StatementRow.territory) == territory)
    if sent:
        query = query.where(col(StatementRow.sent).is_(True))
    if before is not None:
        query = query.where(col(StatementRow.number) < before)
    rows = session.execute(query.order_by(col(StatementRow.number).desc()).limit(limit))
    return [StatementCard(*row) for row in rows]
