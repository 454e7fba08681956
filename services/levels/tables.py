"""Tables of levels: facts in force, axes, day colours, proposals, crises."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from services.platform.tables import moment


class AlertRow(SQLModel, table=True):
    """An alert that some condition may read. ``body`` is its reduced form, ``version`` the last one heard.

    ``strength`` sets what is read first when a flood stands: 3 a vigilance or an act of an authority, 2 a
    request for a level, 1 a call about a phenomenon, 0 the rest.
    """

    __tablename__ = "levels_alerts"
    __table_args__ = (Index("levels_alerts_in_force", "territory", "in_force", "strength", "at"),)

    territory: str = Field(primary_key=True)
    alert: str = Field(primary_key=True)
    version: int
    kind: str
    in_force: bool
    strength: int = 0
    fact: str
    at: datetime = moment()
    body: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class AxisRow(SQLModel, table=True):
    """One outside axis as last told."""

    __tablename__ = "levels_axes"

    territory: str = Field(primary_key=True)
    axis: str = Field(primary_key=True)
    label: str = Field(primary_key=True)
    told_at: datetime = moment()
    periods: list[list[Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class DayRow(SQLModel, table=True):
    """Worst colour of one local day for one phenomenon, and the edition that says so."""

    __tablename__ = "levels_days"

    territory: str = Field(primary_key=True)
    phenomenon: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    rank: int
    issued_at: datetime = moment()


class ReportRow(SQLModel, table=True):
    """One indicator of one structure on one day, for the indicators that a plan reads."""

    __tablename__ = "levels_reports"

    territory: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    structure: str = Field(primary_key=True)
    version: int
    value: int
    fact: str
    at: datetime = moment()


class TensionRow(SQLModel, table=True):
    """A tension, on the local day it was seen."""

    __tablename__ = "levels_tensions"
    __table_args__ = (Index("levels_tensions_day", "territory", "day"),)

    territory: str = Field(primary_key=True)
    tension: str = Field(primary_key=True)
    day: date
    kind: str
    count: int
    fact: str
    at: datetime = moment()


class SlotRow(SQLModel, table=True):
    """Places of one slot, on its local day."""

    __tablename__ = "levels_slots"
    __table_args__ = (Index("levels_slots_day", "territory", "day"),)

    territory: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    version: int
    day: date
    places: int
    booked: int
    counts: bool
    crisis: str | None = None
    fact: str
    at: datetime = moment()


class DutyRow(SQLModel, table=True):
    """Who may decide for a duty role: its holder and deputies, as last told by the directory."""

    __tablename__ = "levels_duties"

    territory: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    version: int
    people: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class ProposalRow(SQLModel, table=True):
    """A proposal, immutable but for what became of it."""

    __tablename__ = "levels_proposals"
    __table_args__ = (
        Index("levels_proposals_status", "territory", "status"),
        Index("levels_proposals_order", "territory", "proposed_at", "id"),
    )

    id: str = Field(primary_key=True)
    territory: str
    playbook: str
    level: int
    from_level: int
    because: str
    evidence: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    weights: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    decided_by_roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    supersedes: str | None = None
    status: str = "pending"
    proposed_at: datetime = moment()
    settled_at: datetime | None = moment(nullable=True)
    settled_by: str | None = None
    outcome: str = ""


class CrisisRow(SQLModel, table=True):
    """A crisis. ``since`` and ``decided_by`` tell the last change of level, closing included.

    ``plan_since`` and ``plan_by`` tell who took another version of the plan, if anybody did.
    """

    __tablename__ = "levels_crises"
    __table_args__ = (Index("levels_crises_playbook", "territory", "playbook", "opened_at"),)

    id: str = Field(primary_key=True)
    territory: str
    playbook: str
    plan_sha256: str
    plan_version: int
    typology: str
    level: int
    version: int
    decided_by: str
    since: datetime = moment()
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    plan_since: datetime | None = moment(nullable=True)
    plan_by: str | None = None


class WatchRow(SQLModel, table=True):
    """What one plan watches in one territory: evidence already considered, and when to look again.

    ``quiet_since`` is when the last fact that proposed a level ended, kept for plans that lower on quiet.
    """

    __tablename__ = "levels_watches"

    territory: str = Field(primary_key=True)
    playbook: str = Field(primary_key=True)
    considered: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    next_check_at: datetime | None = moment(nullable=True, index=True)
    quiet_since: datetime | None = moment(nullable=True)


class PlanRow(SQLModel, table=True):
    """A plan's content by its SHA-256: a crisis stays pinned to it when the file changes."""

    __tablename__ = "levels_plans"

    sha256: str = Field(primary_key=True)
    playbook: str
    version: int
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


TABLES: tuple[type[SQLModel], ...] = (
    AlertRow, AxisRow, DayRow, ReportRow, TensionRow, SlotRow, DutyRow, ProposalRow, CrisisRow, WatchRow, PlanRow,
)  # fmt: skip
