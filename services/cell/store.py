"""Every query on the tables of the crisis cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from contracts.base import TextRef
from contracts.cell import CellFunction
from services.cell.tables import (
    ContactRow,
    CrisisRow,
    DutyRow,
    FunctionRow,
    JudgementRow,
    MemberRow,
    NeedRow,
    PersonRow,
    SessionRow,
)
from services.platform.appending import flush
from services.platform.tables import TextRow
from services.platform.texts import text_digest

After = tuple[datetime, str] | None


def function_row(session: Session, territory: str, function: CellFunction) -> FunctionRow | None:
    """Who holds one function by the roster."""
    return session.get(FunctionRow, (territory, str(function)))


def roster(session: Session, territory: str) -> dict[str, FunctionRow]:
    """The whole roster by function."""
    rows = session.execute(select(FunctionRow).where(col(FunctionRow.territory) == territory)).scalars()
    return {row.function: row for row in rows}


def sitting(session: Session, territory: str) -> SessionRow | None:
    """The session under way."""
    query = select(SessionRow).where(col(SessionRow.territory) == territory, col(SessionRow.dismissed_at).is_(None))
    return session.execute(query).scalars().first()


def last_dismissed(session: Session, territory: str) -> datetime | None:
    """When the last session ended."""
    query = select(SessionRow).where(col(SessionRow.territory) == territory, col(SessionRow.dismissed_at).is_not(None))
    row = session.execute(query.order_by(col(SessionRow.dismissed_at).desc()).limit(1)).scalars().first()
    return row.dismissed_at if row else None


def present(session: Session, cell: str) -> Sequence[MemberRow]:
    """Who is there, in order of arrival."""
    query = select(MemberRow).where(col(MemberRow.session) == cell, col(MemberRow.left_at).is_(None))
    return session.execute(query.order_by(col(MemberRow.arrived_at), col(MemberRow.id))).scalars().all()


def contact_page(
    session: Session, territory: str, *, partner: str | None, crisis: str | None, after: After, limit: int
) -> Sequence[ContactRow]:
    """Exchanges, newest first, one more than ``limit`` when others follow."""
    query = select(ContactRow).where(col(ContactRow.territory) == territory)
    if partner is not None:
        query = query.where(col(ContactRow.partner) == partner)
    if crisis is not None:
        query = query.where(col(ContactRow.crises).contains(f" {crisis} ", autoescape=True))
    if after is not None:
        at, last = after
        query = query.where(or_(col(ContactRow.at) < at, and_(col(ContactRow.at) == at, col(ContactRow.id) > last)))
    ordered = query.order_by(col(ContactRow.at).desc(), col(ContactRow.id)).limit(limit + 1)
    return session.execute(ordered).scalars().all()


def last_contacts(session: Session, territory: str) -> list[tuple[ContactRow, int]]:
    """The last exchange with each partner, and how many there were: one row a partner, whatever the history."""
    counted = (
        select(ContactRow.partner, func.count().label("held"), func.max(ContactRow.at).label("last"))  # type: ignore[call-overload]  # a plain column reads as its type
        .where(col(ContactRow.territory) == territory)
        .group_by(col(ContactRow.partner))
        .subquery()
    )
    query = select(ContactRow, counted.c.held).join(
        counted, and_(col(ContactRow.partner) == counted.c.partner, col(ContactRow.at) == counted.c.last)
    )
    rows = session.execute(query.where(col(ContactRow.territory) == territory).order_by(col(ContactRow.id)))
    return list({row.partner: (row, held) for row, held in rows}.values())


def find_need(session: Session, territory: str, need: str) -> NeedRow | None:
    """A need of this territory."""
    row = session.get(NeedRow, need)
    return row if row and row.territory == territory else None


def need_page(
    session: Session, territory: str, *, crisis: str | None, open_only: bool, after: After, limit: int
) -> Sequence[NeedRow]:
    """Needs, open ones first, newest first; ``after`` carries the rank in front of the id."""
    query = select(NeedRow).where(col(NeedRow.territory) == territory)
    if crisis is not None:
        query = query.where(col(NeedRow.crisis) == crisis)
    if open_only:
        query = query.where(col(NeedRow.rank) == 0)
    if after is not None:
        at, (rank, last) = after[0], (int(after[1][0] == "1"), after[1][1:])
        same = and_(col(NeedRow.asked_at) == at, col(NeedRow.id) > last)
        following = and_(col(NeedRow.rank) == rank, or_(col(NeedRow.asked_at) < at, same))
        query = query.where(or_(col(NeedRow.rank) > rank, following))
    ordered = query.order_by(col(NeedRow.rank), col(NeedRow.asked_at).desc(), col(NeedRow.id)).limit(limit + 1)
    return session.execute(ordered).scalars().all()


def open_needs(session: Session, territory: str, crisis: str | None = None) -> Sequence[NeedRow]:
    """Needs still open, of one crisis or of all."""
    query = select(NeedRow).where(col(NeedRow.territory) == territory, col(NeedRow.rank) == 0)
    if crisis is not None:
        query = query.where(col(NeedRow.crisis) == crisis)
    return session.execute(query.order_by(col(NeedRow.asked_at), col(NeedRow.id))).scalars().all()


def last_judgement(session: Session, territory: str, crisis: str) -> JudgementRow | None:
    """The judgement in force for a crisis."""
    query = select(JudgementRow).where(col(JudgementRow.territory) == territory, col(JudgementRow.crisis) == crisis)
    return session.execute(query.order_by(col(JudgementRow.version).desc()).limit(1)).scalars().first()


def judgement_page(
    session: Session, territory: str, *, crisis: str | None, after: After, limit: int
) -> Sequence[JudgementRow]:
    """Judgements, newest first, one more than ``limit`` when others follow."""
    query = select(JudgementRow).where(col(JudgementRow.territory) == territory)
    if crisis is not None:
        query = query.where(col(JudgementRow.crisis) == crisis)
    if after is not None:
        at, last = after
        same = and_(col(JudgementRow.at) == at, col(JudgementRow.id) < last)
        query = query.where(or_(col(JudgementRow.at) < at, same))
    ordered = query.order_by(col(JudgementRow.at).desc(), col(JudgementRow.id).desc()).limit(limit + 1)
    return session.execute(ordered).scalars().all()


def crises(session: Session, territory: str) -> dict[str, CrisisRow]:
    """Crises of a territory by id, in order of opening: a handful a year."""
    query = select(CrisisRow).where(col(CrisisRow.territory) == territory)
    rows = session.execute(query.order_by(col(CrisisRow.opened_at), col(CrisisRow.id))).scalars()
    return {row.id: row for row in rows}


def knows(session: Session, territory: str, person: str) -> bool:
    """Whether the directory has told of this person."""
    return session.get(PersonRow, (territory, person)) is not None


def on_duty(session: Session, territory: str, now: datetime) -> dict[str, str]:
    """Who is on duty now, by role."""
    rows = session.execute(select(DutyRow).where(col(DutyRow.territory) == territory)).scalars()
    return {row.role: row.person for row in rows if row.starts_at <= now and (row.ends_at is None or now < row.ends_at)}


def texts(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Words by text id; an erased text is absent."""
    wanted = {text for text in ids if text}
    rows = session.execute(select(TextRow).where(col(TextRow.id).in_(wanted))).scalars() if wanted else ()
    return {row.id: row.text for row in rows}


def text_ref(session: Session, text: str | None) -> TextRef | None:
    """The reference of a text kept here; nothing when it was erased."""
    flush(session)
    row = session.get(TextRow, text) if text else None
    return TextRef(id=row.id, sha256=text_digest(row.salt, row.text)) if row else None
