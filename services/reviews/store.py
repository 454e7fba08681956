"""Tables of the reviews, their meetings and improvements, and every query on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Date, Index, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.platform.tables import BigKey, TextRow, moment


class ReviewRow(SQLModel, table=True):
    """The review of one crisis. ``waits``: not held yet and not said late; ``facts`` are there once published."""

    __tablename__ = "reviews_reviews"
    __table_args__ = (
        UniqueConstraint("territory", "crisis"),
        Index("ix_reviews_reviews_closed", "territory", "closed_at", "id"),
        Index("ix_reviews_reviews_due", "waits", "due_at"),
    )

    id: str = Field(primary_key=True)
    territory: str
    crisis: str
    playbook: str
    plan_sha256: str = ""
    opened_at: datetime = moment()
    closed_at: datetime = moment()
    due_on: date = Field(sa_column=Column(Date, nullable=False))
    due_at: datetime = moment()
    waits: bool = True
    late: bool = False
    status: str = "a_tenir"
    version: int = 1
    held_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    published_at: datetime | None = moment(nullable=True)
    published_by: str = ""
    up_to: int = 0
    sha256: str = ""
    facts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))


class MeetingRow(SQLModel, table=True):
    """A meeting of a review; what was said is kept as texts."""

    __tablename__ = "reviews_meetings"

    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True, autoincrement=True))
    review: str = Field(index=True)
    kind: str
    held_on: date = Field(sa_column=Column(Date, nullable=False))
    worked: str | None = None
    lacked: str | None = None
    by: str = ""


class ImprovementRow(SQLModel, table=True):
    """Something to do better. ``waits``: open and not said late."""

    __tablename__ = "reviews_improvements"
    __table_args__ = (
        Index("ix_reviews_improvements_due", "waits", "due_at"),
        Index("ix_reviews_improvements_list", "territory", "closed", "due_at", "id"),
    )

    id: str = Field(primary_key=True)
    territory: str
    review: str = Field(index=True)
    playbook: str
    title: str
    title_sha256: str = ""
    owner: str
    due_on: date = Field(sa_column=Column(Date, nullable=False))
    due_at: datetime = moment()
    status: str = "open"
    closed: bool = False
    waits: bool = True
    late: bool = False
    version: int = 1
    plan_version: int | None = None
    reason: str | None = None
    decided_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


TABLES: tuple[type[SQLModel], ...] = (ReviewRow, MeetingRow, ImprovementRow)


def review(session: Session, territory: str, name: str) -> ReviewRow | None:
    """A review of this territory, by its id or by its crisis."""
    row = session.get(ReviewRow, name)
    if row is None:
        statement = select(ReviewRow).where(col(ReviewRow.territory) == territory, col(ReviewRow.crisis) == name)
        row = session.execute(statement).scalar_one_or_none()
    return row if row is not None and row.territory == territory else None


def review_page(
    session: Session,
    territory: str,
    *,
    playbook: str | None,
    published: bool,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[ReviewRow]:
    """Reviews, last closed crisis first; one more than ``limit`` when others follow."""
    query = select(ReviewRow).where(col(ReviewRow.territory) == territory)
    if playbook is not None:
        query = query.where(col(ReviewRow.playbook) == playbook)
    if published:
        query = query.where(col(ReviewRow.status) == "publie")
    if after is not None:
        same = and_(col(ReviewRow.closed_at) == after[0], col(ReviewRow.id) < after[1])
        query = query.where(or_(col(ReviewRow.closed_at) < after[0], same))
    ordered = query.order_by(col(ReviewRow.closed_at).desc(), col(ReviewRow.id).desc())
    return session.execute(ordered.limit(limit + 1)).scalars().all()


def meetings(session: Session, reviews: Collection[str]) -> list[MeetingRow]:
    """Meetings of these reviews, oldest first."""
    statement = select(MeetingRow).where(col(MeetingRow.review).in_(reviews))
    return sorted(session.execute(statement).scalars(), key=lambda row: (row.held_on, row.id or 0))


def improvements_of(session: Session, reviews: Collection[str]) -> list[ImprovementRow]:
    """What these reviews decided: open ones first, then by day."""
    statement = select(ImprovementRow).where(col(ImprovementRow.review).in_(reviews))
    return sorted(session.execute(statement).scalars(), key=lambda row: (row.closed, row.due_at, row.id))


def improvement(session: Session, territory: str, name: str) -> ImprovementRow | None:
    """An improvement of this territory."""
    row = session.get(ImprovementRow, name)
    return row if row is not None and row.territory == territory else None


def improvement_page(
    session: Session,
    territory: str,
    *,
    open_only: bool,
    playbook: str | None,
    review_id: str | None,
    after: tuple[bool, datetime, str] | None,
    limit: int,
) -> Sequence[ImprovementRow]:
    """Open ones first, soonest due first; one more than ``limit`` when others follow."""
    query = select(ImprovementRow).where(col(ImprovementRow.territory) == territory)
    if open_only:
        query = query.where(col(ImprovementRow.closed).is_(False))
    if playbook is not None:
        query = query.where(col(ImprovementRow.playbook) == playbook)
    if review_id is not None:
        query = query.where(col(ImprovementRow.review) == review_id)
    if after is not None:
        closed, due_at, last = after
        same_due = and_(col(ImprovementRow.due_at) == due_at, col(ImprovementRow.id) > last)
        same_group = and_(col(ImprovementRow.closed).is_(closed), or_(col(ImprovementRow.due_at) > due_at, same_due))
        query = query.where(same_group if closed else or_(col(ImprovementRow.closed).is_(True), same_group))
    ordered = query.order_by(col(ImprovementRow.closed), col(ImprovementRow.due_at), col(ImprovementRow.id))
    return session.execute(ordered.limit(limit + 1)).scalars().all()


def reviews_due(session: Session, now: datetime) -> Sequence[ReviewRow]:
    """Reviews whose day passed without a meeting, and that were not said late."""
    statement = select(ReviewRow).where(col(ReviewRow.waits).is_(True), col(ReviewRow.due_at) <= now)
    return session.execute(statement.order_by(col(ReviewRow.due_at), col(ReviewRow.id))).scalars().all()


def improvements_due(session: Session, now: datetime) -> Sequence[ImprovementRow]:
    """Open improvements whose day passed, and that were not said late."""
    statement = select(ImprovementRow).where(col(ImprovementRow.waits).is_(True), col(ImprovementRow.due_at) <= now)
    return session.execute(statement.order_by(col(ImprovementRow.due_at), col(ImprovementRow.id))).scalars().all()


def next_due(session: Session) -> datetime | None:
    """The earliest moment at which a review or an improvement will be late."""
    firsts = [
        session.execute(select(func.min(col(model.due_at))).where(col(model.waits).is_(True))).scalar()
        for model in (ReviewRow, ImprovementRow)
    ]
    return min((first for first in firsts if first is not None), default=None)


def texts(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Words kept by this service, by id; an erased one is absent."""
    statement = select(TextRow).where(col(TextRow.id).in_([text for text in ids if text]))
    return {row.id: row.text for row in session.execute(statement).scalars()}
