"""What the desk knew, and when: the projection behind every figure, and the queries on it.

``digests_known`` keeps each version of each counted thing with the span during which it was what the
desk knew (``recorded`` included, ``until`` excluded): a point made again as of an earlier moment reads
exactly what was known then. "As of nine" means strictly before nine: whatever else falls due at that
instant is told after it, and does not make two points of the same moment differ. It regrows from the facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Date, Index, Select, and_, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.platform.tables import BigKey, moment

Key = tuple[str, str, str]
#: What is known "now" includes what was committed at this very instant.
INSTANT = timedelta(microseconds=1)


class KnownRow(SQLModel, table=True):
    """One version of one thing: ``day`` the local day it counts on, ``open`` whether it still waits for something."""

    __tablename__ = "digests_known"
    __table_args__ = (
        Index("ix_digests_known_entity", "territory", "kind", "entity"),
        Index("ix_digests_known_day", "territory", "kind", "day"),
        Index("ix_digests_known_standing", "territory", "kind", "open", "until"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigKey, primary_key=True, autoincrement=True))
    territory: str
    kind: str
    entity: str
    version: int = 0
    day: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    open: bool = False
    type: str = ""
    at: datetime = moment()
    recorded: datetime = moment()
    until: datetime | None = moment(nullable=True)
    author: str = ""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


@dataclass(frozen=True, slots=True)
class Known:
    """A version as pure code reads it."""

    kind: str
    entity: str
    day: date | None
    open: bool
    at: datetime
    recorded: datetime
    author: str
    data: dict[str, Any]


@dataclass(slots=True)
class World:
    """What was known at ``as_of``, by kind."""

    as_of: datetime
    by_kind: dict[str, list[Known]] = field(default_factory=dict)

    def all(self, kind: str) -> list[Known]:
        """Every row of a kind, oldest first."""
        return self.by_kind.get(kind, [])

    def on(self, kind: str, day: date) -> list[Known]:
        """Rows of a kind that count on a day."""
        return [row for row in self.all(kind) if row.day == day]

    def standing(self, kind: str) -> list[Known]:
        """Rows of a kind still open."""
        return [row for row in self.all(kind) if row.open]


def currents(session: Session, keys: Iterable[Key]) -> dict[Key, KnownRow]:
    """The last version of each of these things, in one query for each territory and kind."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for territory, kind, entity in keys:
        wanted.setdefault((territory, kind), set()).add(entity)
    found: dict[Key, KnownRow] = {}
    for (territory, kind), entities in wanted.items():
        rows = session.execute(
            select(KnownRow).where(
                col(KnownRow.territory) == territory,
                col(KnownRow.kind) == kind,
                col(KnownRow.entity).in_(entities),
                col(KnownRow.until).is_(None),
            )
        ).scalars()
        found.update({(row.territory, row.kind, row.entity): row for row in rows})
    return found


def versions(session: Session, territory: str, kind: str, entity: str) -> list[KnownRow]:
    """Every version of one thing, oldest first."""
    statement = select(KnownRow).where(
        col(KnownRow.territory) == territory,
        col(KnownRow.kind) == kind,
        col(KnownRow.entity) == entity,
    )
    return sorted(session.execute(statement).scalars(), key=lambda row: (row.recorded, row.version, row.id or 0))


#: Plain columns, in the order of ``Known`` after the id: rows are many, and read on each refresh of a screen.
_COLUMNS = [SQLModel.metadata.tables["digests_known"].c[name] for name in ("id", *Known.__dataclass_fields__)]


def _at(territory: str, kinds: Collection[str], as_of: datetime) -> Select[Any]:
    return select(*_COLUMNS).where(
        col(KnownRow.territory) == territory,
        col(KnownRow.kind).in_(kinds),
        col(KnownRow.recorded) < as_of,
    )


#: Counted on a day: read for the days shown. Standing: read while open, or if they moved on those days.
COUNTED = ("slot", "report", "tension", "message", "ack", "entry", "level", "decision", "noted")
STANDING = ("certificate", "action", "request", "alert", "proposal", "draft", "source", "hole", "need")
WHOLE = ("structure", "duty", "crisis")


def world_queries(
    territory: str, as_of: datetime, first: date, last: date, only: Collection[str] | None = None
) -> list[Select[Any]]:
    """The reads of ``read_world``: each walks an index over what it returns, never over what came before."""
    inside = and_(col(KnownRow.day) >= first, col(KnownRow.day) <= last)
    standing, until = col(KnownRow.open).is_(True), col(KnownRow.until)
    then = or_(until.is_(None), until >= as_of)
    parts = (
        (COUNTED, (inside, then)),
        (STANDING, (inside, then)),
        (STANDING, (standing, until.is_(None))),  # two reads: one with OR would walk all that ever stood
        (STANDING, (standing, until >= as_of)),
        (WHOLE, (then,)),
    )
    asked = [(tuple(kind for kind in kinds if only is None or kind in only), where) for kinds, where in parts]
    return [_at(territory, kinds, as_of).where(*where) for kinds, where in asked if kinds]


def read_world(
    session: Session, territory: str, as_of: datetime, first: date, last: date, only: Collection[str] | None = None
) -> World:
    """What was known at ``as_of`` from ``first`` to ``last``, and what still stood; ``only`` keeps some kinds."""
    world = World(as_of)
    connection = session.connection()
    found: dict[int, Known] = {}
    for query in world_queries(territory, as_of, first, last, only):
        found.update({row[0]: Known(*row[1:]) for row in connection.execute(query)})
    for key in sorted(found):
        world.by_kind.setdefault(found[key].kind, []).append(found[key])
    for rows in world.by_kind.values():
        rows.sort(key=lambda row: (row.at, row.recorded))
    return world


def read_history(session: Session, territory: str, kind: str, entity: str, as_of: datetime) -> list[Known]:
    """The versions of one thing known by ``as_of``, oldest first."""
    rows = [row for row in versions(session, territory, kind, entity) if row.recorded < as_of]
    return [Known(*(getattr(row, name) for name in Known.__dataclass_fields__)) for row in rows]


def any_crisis_open(session: Session, territory: str) -> bool:
    """Whether a crisis is open, as known now."""
    statement = select(col(KnownRow.id)).where(
        col(KnownRow.territory) == territory,
        col(KnownRow.kind) == "crisis",
        col(KnownRow.open).is_(True),
        col(KnownRow.until).is_(None),
    )
    return session.execute(statement.limit(1)).first() is not None
