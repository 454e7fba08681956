"""What the reviews know of each crisis: one row a thing, one a day, one a crisis. They regrow from the facts.

``reviews_things`` keeps the last state of each thing with the moments that matter to it, never the history of a
fact: a review reads the days of its crisis over an index, whatever happened before or since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Date, Index, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.platform.tables import moment

Data = dict[str, Any]
Key = tuple[str, str, str]


class ThingRow(SQLModel, table=True):
    """One thing facts tell about: ``day`` the local day it counts on (empty: always read), ``at`` the moment."""

    __tablename__ = "reviews_things"
    __table_args__ = (Index("ix_reviews_things_day", "territory", "day"),)

    territory: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    entity: str = Field(primary_key=True)
    day: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    at: datetime = moment()
    data: Data = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class DayRow(SQLModel, table=True):
    """What is only counted, one local day: visits, tensions, who reported, entries typed late."""

    __tablename__ = "reviews_days"

    territory: str = Field(primary_key=True)
    day: date = Field(sa_column=Column(Date, primary_key=True))
    data: Data = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class CrisisRow(SQLModel, table=True):
    """When a crisis ran, under which plan."""

    __tablename__ = "reviews_crises"
    __table_args__ = (Index("ix_reviews_crises_span", "territory", "closed_at"),)

    id: str = Field(primary_key=True)
    territory: str
    playbook: str
    plan_sha256: str = ""
    plan_version: int = 0
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


TABLES: tuple[type[SQLModel], ...] = (ThingRow, DayRow, CrisisRow)


def things_named(session: Session, keys: Iterable[Key]) -> dict[Key, ThingRow]:
    """These things, in one query for each territory and kind."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for territory, kind, entity in keys:
        wanted.setdefault((territory, kind), set()).add(entity)
    found: dict[Key, ThingRow] = {}
    for (territory, kind), entities in wanted.items():
        statement = select(ThingRow).where(
            col(ThingRow.territory) == territory, col(ThingRow.kind) == kind, col(ThingRow.entity).in_(entities)
        )
        found.update({(row.territory, row.kind, row.entity): row for row in session.execute(statement).scalars()})
    return found


def things_between(session: Session, territory: str, first: date, last: date) -> list[ThingRow]:
    """What counts between two days, both included."""
    statement = select(ThingRow).where(
        col(ThingRow.territory) == territory, col(ThingRow.day) >= first, col(ThingRow.day) <= last
    )
    return list(session.execute(statement).scalars())


def timeless(session: Session, territory: str) -> list[ThingRow]:
    """What counts on no day: structures and their cadence, sources and when they were silent."""
    statement = select(ThingRow).where(col(ThingRow.territory) == territory, col(ThingRow.day).is_(None))
    return list(session.execute(statement).scalars())


def days_between(session: Session, territory: str, first: date, last: date) -> list[DayRow]:
    """Counts of each day, both ends included."""
    statement = select(DayRow).where(
        col(DayRow.territory) == territory, col(DayRow.day) >= first, col(DayRow.day) <= last
    )
    return list(session.execute(statement).scalars())


def days_named(session: Session, keys: Collection[tuple[str, date]]) -> dict[tuple[str, date], DayRow]:
    """Counts of these days."""
    found: dict[tuple[str, date], DayRow] = {}
    for territory in {name for name, _ in keys}:
        days = [day for name, day in keys if name == territory]
        statement = select(DayRow).where(col(DayRow.territory) == territory, col(DayRow.day).in_(days))
        found.update({(row.territory, row.day): row for row in session.execute(statement).scalars()})
    return found


def crises_between(session: Session, territory: str, start: datetime, end: datetime) -> list[CrisisRow]:
    """Crises open at some moment of a span, first opened first."""
    statement = select(CrisisRow).where(
        col(CrisisRow.territory) == territory,
        or_(col(CrisisRow.closed_at).is_(None), col(CrisisRow.closed_at) >= start),
        col(CrisisRow.opened_at) <= end,
    )
    return sorted(session.execute(statement).scalars(), key=lambda row: (row.opened_at, row.id))
