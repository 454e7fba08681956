"""Tables of the readiness and every query on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from contracts.yearly import ExerciseState
from services.platform.tables import TextRow, moment


class RecordRow(SQLModel, table=True):
    """Something kept: ``content`` is the entry of its shelf, ``told`` the flags already said of it."""

    __tablename__ = "readiness_records"

    territory: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    shelf: str
    version: int = 1
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    note: str | None = None
    checked_on: date | None = None
    removed: bool = False
    told: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class ExerciseRow(SQLModel, table=True):
    """An exercise of the calendar."""

    __tablename__ = "readiness_exercises"

    territory: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int = 1
    playbook: str
    planned_on: date
    scenario: str = ""
    pilot: str | None = None
    observers: str = ""
    partners: str = ""
    status: str = str(ExerciseState.PREVU)
    held_on: date | None = None
    run: str = ""
    title: str = ""
    passed: int = 0
    failed: int = 0
    note: str | None = None


class DrillRow(SQLModel, table=True):
    """A drill of the desk that ended; ``exercise`` is the one of the calendar it was, ``whole`` when played out."""

    __tablename__ = "readiness_drills"
    __table_args__ = (Index("readiness_drills_by_day", "territory", "ended_on", "run"),)

    run: str = Field(primary_key=True)
    territory: str
    title: str
    scenario: str
    ended_on: date
    passed: int
    failed: int
    whole: bool
    exercise: str | None = None


class DutyRow(SQLModel, table=True):
    """A yearly duty that a person noted done."""

    __tablename__ = "readiness_duties"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    duty: str
    on: date
    by: str


class MissedRow(SQLModel, table=True):
    """A yearly duty told missed."""

    __tablename__ = "readiness_missed"

    territory: str = Field(primary_key=True)
    duty: str = Field(primary_key=True)
    year: int = Field(primary_key=True)


class DayRow(SQLModel, table=True):
    """Since when a territory is followed, and the last day it was reviewed."""

    __tablename__ = "readiness_days"

    territory: str = Field(primary_key=True)
    since: date
    reviewed_on: date | None = None


class PersonRow(SQLModel, table=True):
    """When the entry of a person of the directory was last written. No name."""

    __tablename__ = "readiness_people"

    territory: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    version: int
    written_at: datetime = moment()


class DeliveryRow(SQLModel, table=True):
    """A plan de crise as it was sent: its whole content, and the SHA-256 of it."""

    __tablename__ = "readiness_deliveries"
    __table_args__ = (Index("readiness_deliveries_by_number", "territory", "number", unique=True),)

    id: str = Field(primary_key=True)
    territory: str
    number: int
    recipients: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    on: date
    at: datetime = moment()
    by: str
    sha256: str
    gaps: int
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


TABLES: tuple[type[SQLModel], ...] = (
    RecordRow, ExerciseRow, DrillRow, DutyRow, MissedRow, DayRow, PersonRow, DeliveryRow,
)  # fmt: skip


def record(session: Session, territory: str, name: str) -> RecordRow | None:
    """One record, removed or not."""
    return session.get(RecordRow, (territory, name))


def records(session: Session, territory: str, shelf: str | None = None) -> Sequence[RecordRow]:
    """Records still kept, by id."""
    query = select(RecordRow).where(col(RecordRow.territory) == territory, col(RecordRow.removed).is_(False))
    if shelf is not None:
        query = query.where(col(RecordRow.shelf) == shelf)
    return session.execute(query.order_by(col(RecordRow.id))).scalars().all()


def exercise(session: Session, territory: str, name: str) -> ExerciseRow | None:
    """One exercise of the calendar."""
    return session.get(ExerciseRow, (territory, name))


def exercises(session: Session, territory: str, since: date) -> Sequence[ExerciseRow]:
    """The calendar from a day on, and whatever is still open, in order."""
    query = select(ExerciseRow).where(
        col(ExerciseRow.territory) == territory,
        (col(ExerciseRow.planned_on) >= since) | col(ExerciseRow.status).in_(["prevu", "en_retard"]),
    )
    return session.execute(query.order_by(col(ExerciseRow.planned_on), col(ExerciseRow.id))).scalars().all()


def drill(session: Session, run: str) -> DrillRow | None:
    """One drill that ended."""
    return session.get(DrillRow, run)


def unplanned_drills(session: Session, territory: str, since: date) -> Sequence[DrillRow]:
    """Drills played out that no exercise of the calendar took, newest first."""
    query = select(DrillRow).where(
        col(DrillRow.territory) == territory, col(DrillRow.ended_on) >= since,
        col(DrillRow.whole).is_(True), col(DrillRow.exercise).is_(None),
    )  # fmt: skip
    return session.execute(query.order_by(col(DrillRow.ended_on).desc(), col(DrillRow.run))).scalars().all()


def duties(session: Session, territory: str) -> Sequence[DutyRow]:
    """Yearly duties noted, oldest first."""
    query = select(DutyRow).where(col(DutyRow.territory) == territory)
    return session.execute(query.order_by(col(DutyRow.on), col(DutyRow.id))).scalars().all()


def missed(session: Session, territory: str, duty: str, year: int) -> MissedRow | None:
    """Whether a duty of a year was told missed."""
    return session.get(MissedRow, (territory, duty, year))


def day(session: Session, territory: str) -> DayRow | None:
    """Since when a territory is followed."""
    return session.get(DayRow, territory)


def person(session: Session, territory: str, name: str) -> PersonRow | None:
    """When an entry of the directory was last written."""
    return session.get(PersonRow, (territory, name))


def people(session: Session, territory: str) -> Sequence[PersonRow]:
    """Entries of the directory, with when each was written."""
    return session.execute(select(PersonRow).where(col(PersonRow.territory) == territory)).scalars().all()


def delivery(session: Session, territory: str, name: str) -> DeliveryRow | None:
    """One document as sent."""
    row = session.get(DeliveryRow, name)
    return row if row and row.territory == territory else None


def deliveries(session: Session, territory: str, below: int | None, limit: int) -> list[Any]:
    """Cards of the documents sent, newest first: every column but the content."""
    wanted = [column for column in DeliveryRow.__table__.columns if column.name != "content"]  # type: ignore[attr-defined]
    query = select(*wanted).where(col(DeliveryRow.territory) == territory)
    if below is not None:
        query = query.where(col(DeliveryRow.number) < below)
    return list(session.execute(query.order_by(col(DeliveryRow.number).desc()).limit(limit)).mappings())


def next_number(session: Session, territory: str) -> int:
    """The number of the next delivery."""
    last = session.execute(select(func.max(col(DeliveryRow.number))).where(col(DeliveryRow.territory) == territory))
    return (last.scalar() or 0) + 1


def texts(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Free texts by id; an erased one is absent."""
    if not ids:
        return {}
    rows = session.execute(select(TextRow).where(col(TextRow.id).in_(list(ids)))).scalars()
    return {row.id: row.text for row in rows}
