"""Tables of the activity and every query on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Select, and_, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.platform.tables import TextRow, moment


class FigureRow(SQLModel, table=True):
    """The last value told for one structure, one day and one measure; earlier ones are in the facts.

    ``measure`` is ``vad:<profession>:<kind>`` or ``activity:<indicator>``: a nurse's visits and a doctor's
    urgent ones are two measures and never add up.
    """

    __tablename__ = "activity_figures"
    __table_args__ = (Index("activity_figures_by_day", "territory", "day", "report"),)

    territory: str = Field(primary_key=True)
    structure: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    report: str
    version: int = 1
    value: int
    previous: int | None = None
    entered_by: str | None = None
    reported_at: datetime = moment()


class TensionRow(SQLModel, table=True):
    """A tension seen in a practice."""

    __tablename__ = "activity_tensions"
    __table_args__ = (Index("activity_tensions_by_time", "territory", "seen_at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    structure: str
    commune: str
    kind: str
    count: int
    note: str | None = Field(default=None, description="id of the text")
    entered_by: str | None = None
    seen_at: datetime = moment()


class RequestRow(SQLModel, table=True):
    """A request to a partner; ``closed_at`` is empty while no answer settled it."""

    __tablename__ = "activity_requests"
    __table_args__ = (Index("activity_requests_by_time", "territory", "asked_at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    version: int = 1
    partner: str
    text: str = Field(description="id of the text")
    crisis: str | None = None
    asked_by: str
    asked_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


class AnswerRow(SQLModel, table=True):
    """What a partner answered, or a reminder, in order of ``version``."""

    __tablename__ = "activity_answers"

    request: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    text: str = Field(description="id of the text")
    closes: bool
    answered_at: datetime = moment()


class StructureRow(SQLModel, table=True):
    """A structure as the directory told it: where it is, what it reports and when."""

    __tablename__ = "activity_structures"

    territory: str = Field(primary_key=True)
    structure: str = Field(primary_key=True)
    version: int
    name: str
    commune: str
    reporting: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    closures: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class CrisisRow(SQLModel, table=True):
    """When a crisis ran: late reports on its days are taken for some days after it."""

    __tablename__ = "activity_crises"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


def hold(session: Session, structures: Iterable[str], days: Iterable[date]) -> None:
    """Read what a batch of reports needs at once, kept on the session for as long as the batch lasts."""
    names, dates = sorted(set(structures)), sorted(set(days))
    held: list[SQLModel] = []
    if names:
        known = select(StructureRow).where(col(StructureRow.structure).in_(names))
        held.extend(session.execute(known).scalars())
    if names and dates:
        figures = select(FigureRow).where(col(FigureRow.structure).in_(names), col(FigureRow.day).in_(dates))
        held.extend(session.execute(figures).scalars())
    session.info["activity_held"] = held


def find_structure(session: Session, territory: str, structure: str) -> StructureRow | None:
    """A structure of this territory."""
    return session.get(StructureRow, (territory, structure))


def structures(session: Session, territory: str) -> Sequence[StructureRow]:
    """Every structure of a territory: a few dozen."""
    query = select(StructureRow).where(col(StructureRow.territory) == territory)
    return session.execute(query.order_by(col(StructureRow.structure))).scalars().all()


def find_figure(session: Session, territory: str, structure: str, day: date, measure: str) -> FigureRow | None:
    """The last value told for a measure."""
    return session.get(FigureRow, (territory, structure, day, measure))


def figures_of_day(session: Session, territory: str, day: date) -> Sequence[FigureRow]:
    """Every figure of one day."""
    query = select(FigureRow).where(col(FigureRow.territory) == territory, col(FigureRow.day) == day)
    return session.execute(query).scalars().all()


def figure_page(
    session: Session,
    territory: str,
    *,
    first: date | None,
    last: date | None,
    structure: str | None,
    after: tuple[date, str] | None,
    limit: int,
) -> Sequence[FigureRow]:
    """Figures, newest day first, one more than ``limit`` when others follow."""
    query = select(FigureRow).where(col(FigureRow.territory) == territory)
    if first:
        query = query.where(col(FigureRow.day) >= first)
    if last:
        query = query.where(col(FigureRow.day) <= last)
    if structure is not None:
        query = query.where(col(FigureRow.structure) == structure)
    if after is not None:
        day, report = after
        query = query.where(
            or_(col(FigureRow.day) < day, and_(col(FigureRow.day) == day, col(FigureRow.report) > report))
        )
    ordered = query.order_by(col(FigureRow.day).desc(), col(FigureRow.report)).limit(limit + 1)
    return session.execute(ordered).scalars().all()


def tensions(
    session: Session, territory: str, start: datetime | None, end: datetime | None, structure: str | None = None
) -> Select[TensionRow]:
    """The query for tensions of a period, not yet ordered."""
    query = select(TensionRow).where(col(TensionRow.territory) == territory)
    if start is not None:
        query = query.where(col(TensionRow.seen_at) >= start)
    if end is not None:
        query = query.where(col(TensionRow.seen_at) < end)
    return query.where(col(TensionRow.structure) == structure) if structure is not None else query


def all_tensions(session: Session, query: Select[TensionRow]) -> Sequence[TensionRow]:
    """Every row of a period, for totals."""
    return session.execute(query).scalars().all()


def tension_page(
    session: Session, query: Select[TensionRow], after: tuple[datetime, str] | None, limit: int
) -> Sequence[TensionRow]:
    """Tensions, last seen first, one more than ``limit`` when others follow."""
    if after is not None:
        seen, last = after
        same = and_(col(TensionRow.seen_at) == seen, col(TensionRow.id) > last)
        query = query.where(or_(col(TensionRow.seen_at) < seen, same))
    ordered = query.order_by(col(TensionRow.seen_at).desc(), col(TensionRow.id)).limit(limit + 1)
    return session.execute(ordered).scalars().all()


def find_request(session: Session, territory: str, request: str) -> RequestRow | None:
    """A request of this territory."""
    row = session.get(RequestRow, request)
    return row if row and row.territory == territory else None


def request_page(
    session: Session, territory: str, *, open_only: bool, after: tuple[datetime, str] | None, limit: int
) -> Sequence[RequestRow]:
    """Requests, last asked first, one more than ``limit`` when others follow."""
    query = select(RequestRow).where(col(RequestRow.territory) == territory)
    if open_only:
        query = query.where(col(RequestRow.closed_at).is_(None))
    if after is not None:
        asked, last = after
        same = and_(col(RequestRow.asked_at) == asked, col(RequestRow.id) > last)
        query = query.where(or_(col(RequestRow.asked_at) < asked, same))
    ordered = query.order_by(col(RequestRow.asked_at).desc(), col(RequestRow.id)).limit(limit + 1)
    return session.execute(ordered).scalars().all()


def answers_to(session: Session, requests: Sequence[str]) -> Sequence[AnswerRow]:
    """Answers to these requests, in order."""
    query = select(AnswerRow).where(col(AnswerRow.request).in_(requests))
    return session.execute(query.order_by(col(AnswerRow.version))).scalars().all()


def texts(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Words by text id; an erased text is absent."""
    wanted = {text for text in ids if text}
    rows = session.execute(select(TextRow).where(col(TextRow.id).in_(wanted))).scalars() if wanted else ()
    return {row.id: row.text for row in rows}


def crises(session: Session, territory: str) -> Sequence[CrisisRow]:
    """Crises of a territory, open and closed: a handful a year."""
    return session.execute(select(CrisisRow).where(col(CrisisRow.territory) == territory)).scalars().all()
