"""Every query of levels."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import desc, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from services.levels.tables import (
    AlertRow,
    AxisRow,
    CrisisRow,
    DayRow,
    DutyRow,
    ProposalRow,
    ReportRow,
    SlotRow,
    TensionRow,
    WatchRow,
)

R = TypeVar("R")

#: The strongest and newest evidence is enough to decide; a flood of calls does not slow the desk down.
MAX_ALERTS = 60


Known = dict[tuple[type[Any], str, str], Any]


def warm(session: Session, model: type[Any], territory: str, column: Any, ids: Iterable[str]) -> None:
    """Read the rows of a batch at once; an id without a row is remembered too, so that it costs no query later."""
    wanted = list(ids)
    if not wanted:
        return
    known: Known = session.info.setdefault("levels-known", {})
    known.update({(model, territory, one): None for one in wanted})
    query = select(model).where(col(model.territory) == territory, column.in_(wanted))
    for row in session.execute(query).scalars():
        known[(model, territory, getattr(row, column.key))] = row


def known_row(session: Session, model: type[R], territory: str, key: str) -> R | None:
    """A row by its key, from what was read for the batch when it was."""
    known: Known = session.info.get("levels-known", {})
    if (model, territory, key) in known:
        found: R | None = known[(model, territory, key)]
        return found
    return session.get(model, (territory, key))


def add_row(session: Session, row: R, territory: str, key: str) -> R:
    """Add a row so that later messages of the same batch find it."""
    session.add(row)
    session.info.setdefault("levels-known", {})[(type(row), territory, key)] = row
    return row


def alerts_in_force(session: Session, territory: str) -> list[AlertRow]:
    """Alerts that stand, strongest then newest first."""
    query = select(AlertRow).where(col(AlertRow.territory) == territory, col(col(AlertRow.in_force)).is_(True))
    query = query.order_by(desc(col(AlertRow.strength)), desc(col(AlertRow.at))).limit(MAX_ALERTS)
    return list(session.execute(query).scalars())


def axes(session: Session, territory: str) -> list[AxisRow]:
    """The outside axes as last told."""
    query = (
        select(AxisRow).where(col(AxisRow.territory) == territory).order_by(col(AxisRow.axis), col(col(AxisRow.label)))
    )
    return list(session.execute(query).scalars())


def days_from(session: Session, territory: str, first: date) -> list[DayRow]:
    """Colours of days from ``first`` on, announced ones included."""
    query = select(DayRow).where(col(DayRow.territory) == territory, col(col(DayRow.day)) >= first)
    return list(session.execute(query).scalars())


def last_hot_day(session: Session, territory: str, phenomenon: str, rank: int) -> date | None:
    """Last day at or above a colour, announced ones included."""
    query = select(func.max(col(DayRow.day))).where(
        col(col(DayRow.territory)) == territory,
        col(col(DayRow.phenomenon)) == phenomenon,
        col(col(DayRow.rank)) >= rank,
    )
    found: date | None = session.execute(query).scalar()
    return found


def reports_from(session: Session, territory: str, first: date) -> list[ReportRow]:
    """Reports of the last days, on the indicators that plans read."""
    query = select(ReportRow).where(col(ReportRow.territory) == territory, col(col(ReportRow.day)) >= first)
    return list(session.execute(query).scalars())


def tensions_of(session: Session, territory: str, day: date) -> list[TensionRow]:
    """Tensions seen on one local day."""
    query = select(TensionRow).where(col(TensionRow.territory) == territory, col(col(TensionRow.day)) == day)
    return list(session.execute(query).scalars())


def slots_of(session: Session, territory: str, day: date) -> list[SlotRow]:
    """Slots of one local day."""
    query = select(SlotRow).where(col(SlotRow.territory) == territory, col(col(SlotRow.day)) == day)
    return list(session.execute(query).scalars())


def duties(session: Session, territory: str) -> list[DutyRow]:
    """Who holds each duty role."""
    return list(session.execute(select(DutyRow).where(col(DutyRow.territory) == territory)).scalars())


def pending_proposals(session: Session, territory: str) -> list[ProposalRow]:
    """What waits for a person: one at most per playbook."""
    query = select(ProposalRow).where(
        col(ProposalRow.territory) == territory, col(col(ProposalRow.status)) == "pending"
    )
    return list(session.execute(query).scalars())


def proposals_page(
    session: Session, territory: str, status: str | None, before: str | None, limit: int
) -> list[ProposalRow]:
    """Proposals newest first, from below the one named by the cursor."""
    query = select(ProposalRow).where(col(ProposalRow.territory) == territory)
    if status:
        query = query.where(col(ProposalRow.status) == status)
    last = session.get(ProposalRow, before) if before else None
    if last is not None:
        query = query.where(
            (col(ProposalRow.proposed_at) < last.proposed_at)
            | ((col(ProposalRow.proposed_at) == last.proposed_at) & (col(ProposalRow.id) < last.id))
        )
    query = query.order_by(desc(col(ProposalRow.proposed_at)), desc(col(ProposalRow.id))).limit(limit)
    return list(session.execute(query).scalars())


def open_crises(session: Session, territory: str) -> list[CrisisRow]:
    """Crises above level 0."""
    query = select(CrisisRow).where(col(CrisisRow.territory) == territory, col(col(CrisisRow.closed_at)).is_(None))
    return list(session.execute(query.order_by(col(CrisisRow.opened_at))).scalars())


def crisis_in(session: Session, territory: str, crisis: str) -> CrisisRow | None:
    """A crisis of this territory, and of no other."""
    row = session.get(CrisisRow, crisis)
    return row if row and row.territory == territory else None


def last_crisis(session: Session, territory: str, playbook: str) -> CrisisRow | None:
    """The newest crisis of a playbook, open or closed."""
    query = select(CrisisRow).where(col(CrisisRow.territory) == territory, col(col(CrisisRow.playbook)) == playbook)
    return session.execute(query.order_by(desc(col(CrisisRow.opened_at))).limit(1)).scalar_one_or_none()


def recently_closed(session: Session, territory: str, since: datetime) -> list[CrisisRow]:
    """Crises closed after a moment: late reports still belong to them."""
    query = select(CrisisRow).where(col(CrisisRow.territory) == territory, col(col(CrisisRow.closed_at)) >= since)
    return list(session.execute(query.order_by(col(CrisisRow.opened_at))).scalars())


def watches_due(session: Session, now: datetime) -> list[WatchRow]:
    """Plans to look at again because time passed, in any territory."""
    query = select(WatchRow).where(col(WatchRow.next_check_at) <= now)
    return list(session.execute(query.order_by(col(WatchRow.territory), col(col(WatchRow.playbook)))).scalars())


def next_check(session: Session) -> datetime | None:
    """The earliest moment at which time alone may change a proposal."""
    query = select(col(WatchRow.next_check_at)).where(col(WatchRow.next_check_at).is_not(None))
    found: datetime | None = session.execute(query.order_by(col(WatchRow.next_check_at)).limit(1)).scalar()
    return found
