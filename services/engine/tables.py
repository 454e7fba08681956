"""Tables of the engine: contents of plans, crises as heard, runs, ideas adopted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from services.platform.tables import moment


class PlanRow(SQLModel, table=True):
    """One content of a plan, kept for good: a crisis stays pinned to it."""

    __tablename__ = "engine_plans"

    sha256: str = Field(primary_key=True)
    playbook: str = Field(index=True)
    version: int
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    loaded_at: datetime = moment()


class CrisisRow(SQLModel, table=True):
    """A crisis as far as the engine has heard; ``version`` is that of the last change applied."""

    __tablename__ = "engine_crises"

    crisis: str = Field(primary_key=True)
    territory: str = Field(index=True)
    playbook: str
    plan_sha256: str
    level: int = 0
    version: int = 0
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


class RunRow(SQLModel, table=True):
    """One opening of one step.

    ``members`` are the crises it serves, each with the step of its own plan; ``in_force`` says that the
    level still wants it; ``wakes_at`` is when the clock has something to do with it, ``place`` its rank
    on the board (firm first, then in force, then by deadline).
    """

    __tablename__ = "engine_runs"

    run: str = Field(primary_key=True)
    territory: str = Field(index=True)
    members: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    crises: str = ""
    action: str
    playbook: str
    level: int
    plan_sha256: str
    opened_as: str = ""
    title: str
    side: str
    modality: str
    owner: str
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    shared_key: str | None = None
    status: str = "open"
    in_force: bool = Field(default=True, index=True)
    version: int = 1
    occurrence: int = 1
    rank: int = 0
    opened_at: datetime = moment()
    due_at: datetime | None = moment(nullable=True)
    late_at: datetime | None = moment(nullable=True)
    late_told: bool = False
    renews_at: datetime | None = moment(nullable=True)
    wakes_at: datetime | None = moment(nullable=True, index=True)
    taken_by: str | None = None
    taken_at: datetime | None = moment(nullable=True)
    settled_by: str | None = None
    settled_at: datetime | None = moment(nullable=True)
    place: str = Field(default="", index=True)


class AdoptionRow(SQLModel, table=True):
    """What one structure does with one idea; only its last answer stands here, the facts keep the others."""

    __tablename__ = "engine_adoptions"

    run: str = Field(primary_key=True)
    structure: str = Field(primary_key=True)
    territory: str
    choice: str
    note_id: str | None = None
    by: str
    at: datetime = moment()


TABLES = (PlanRow, CrisisRow, RunRow, AdoptionRow)
