"""Table of the drills and every query on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import JSON, Column, Date, Index, and_, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from contracts.exercises import ExerciseStatus
from services.platform.tables import moment

PLAYING = str(ExerciseStatus.EN_COURS)


class RunRow(SQLModel, table=True):
    """A drill. ``territory`` is the real one whose coordinator started it.

    ``speed``, ``paused``, ``stopping`` and ``closing`` are what people asked; the child follows. ``launched``: it was
    given a child; ``port`` is where that child serves, 0 when it does not. ``open`` ends with the child.
    """

    __tablename__ = "exercises_runs"
    __table_args__ = (Index("exercises_by_start", "territory", "started_at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    scenario: str
    title: str
    by: str
    started_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)
    first_day: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    status: str = PLAYING
    speed: float | None = None
    paused: bool = False
    stopping: bool = False
    closing: bool = False
    launched: bool = False
    open: bool = Field(default=True, index=True)
    port: int = 0
    played_at: datetime | None = moment(nullable=True)
    step: int = 0
    steps: int = 0
    passed: int = 0
    failed: int = 0
    verdict: str = ""
    missed: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    score: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    fingerprint: str = ""
    reason: str = ""
    documents: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def find(session: Session, territory: str, run: str) -> RunRow | None:
    """A drill of this territory."""
    row = session.get(RunRow, run)
    return row if row and row.territory == territory else None


def run_named(session: Session, run: str) -> RunRow | None:
    """A drill, whatever its territory."""
    return session.get(RunRow, run)


def open_runs(session: Session, territory: str | None = None) -> Sequence[RunRow]:
    """Drills that have a desk, or wait for one, oldest first."""
    query = select(RunRow).where(col(RunRow.open).is_(True))
    if territory is not None:
        query = query.where(col(RunRow.territory) == territory)
    return session.execute(query.order_by(col(RunRow.started_at), col(RunRow.id))).scalars().all()


def listed(session: Session, territory: str, after: tuple[datetime, str] | None, limit: int) -> Sequence[RunRow]:
    """Drills newest first, one more than ``limit`` when others follow."""
    query = select(RunRow).where(col(RunRow.territory) == territory)
    if after is not None:
        same = and_(col(RunRow.started_at) == after[0], col(RunRow.id) < after[1])
        query = query.where(or_(col(RunRow.started_at) < after[0], same))
    ordered = query.order_by(col(RunRow.started_at).desc(), col(RunRow.id).desc())
    return session.execute(ordered.limit(limit + 1)).scalars().all()
