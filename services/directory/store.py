"""Tables of the directory and every query on them. Names and contacts stand here and nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, and_, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.platform.signing import SIGN_IN
from services.platform.tables import moment


class PersonRow(SQLModel, table=True):
    """A person of one territory. ``erased``: names and contacts are gone for good, the reference stays."""

    __tablename__ = "directory_people"

    territory: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    version: int = 1
    name: str = ""
    function: str = ""
    profession: str = ""
    structure: str | None = None
    certifies: bool = False
    email: str | None = None
    phone: str | None = None
    roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    communes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    bands: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    groups: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    channels: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    erased: bool = False
    seed_digest: str = ""


class StructureRow(SQLModel, table=True):
    """A structure of one territory."""

    __tablename__ = "directory_structures"

    territory: str = Field(primary_key=True)
    structure: str = Field(primary_key=True)
    version: int = 1
    kind: str
    name: str
    commune: str
    professions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reporting: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    closures: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    seed_digest: str = ""


class DutyRow(SQLModel, table=True):
    """One span of one duty role. Of the spans that cover a moment, the highest version holds."""

    __tablename__ = "directory_duties"

    territory: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    person: str
    deputies: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    starts_at: datetime = moment()
    ends_at: datetime | None = moment(nullable=True, index=True)
    end_told: bool = False


class TokenRow(SQLModel, table=True):
    """An access: its SHA-256 only. It is for one role or one person, in one territory.

    ``use`` is ``jeton``, ``session``, ``connexion`` (a sign-in code, used once) or ``professionnel`` (a personal
    link). For a sign-in code, ``attempts`` counts wrong digits, ``trusted`` says that an operator made it, and
    ``pending`` is the sealed second factor shown with it and not yet confirmed.
    """

    __tablename__ = "directory_tokens"

    id: str = Field(primary_key=True)
    sha256: str = Field(unique=True)
    territory: str
    role: str | None = None
    person: str | None = Field(default=None, index=True)
    created_at: datetime = moment()
    created_by: str = ""
    expires_at: datetime | None = moment(nullable=True)
    revoked_at: datetime | None = moment(nullable=True)
    use: str = "jeton"
    used_at: datetime | None = moment(nullable=True)
    attempts: int = 0
    trusted: bool = False
    pending: str = ""


TABLES: tuple[type[SQLModel], ...] = (PersonRow, StructureRow, DutyRow, TokenRow)


def person_of(session: Session, territory: str, person: str) -> PersonRow | None:
    """One person, erased or not."""
    return session.get(PersonRow, (territory, person))


def structure_of(session: Session, territory: str, structure: str) -> StructureRow | None:
    """One structure."""
    return session.get(StructureRow, (territory, structure))


def people_named(session: Session, territory: str, people: list[str]) -> dict[str, PersonRow]:
    """People by reference."""
    if not people:
        return {}
    query = select(PersonRow).where(PersonRow.territory == territory, PersonRow.person.in_(people))  # type: ignore[arg-type,attr-defined]
    return {row.person: row for row in session.execute(query).scalars()}


def people_page(session: Session, territory: str, after: str, limit: int) -> list[PersonRow]:
    """People not erased, by reference, after a cursor."""
    query = select(PersonRow).where(
        PersonRow.territory == territory,  # type: ignore[arg-type]
        PersonRow.person > after,  # type: ignore[arg-type]
        PersonRow.erased.is_(False),  # type: ignore[attr-defined]
    )
    return list(session.execute(query.order_by(PersonRow.person).limit(limit)).scalars())


def all_people(session: Session, territory: str) -> list[PersonRow]:
    """Every person not erased: a territory has a few hundred, and groups are lists inside their rows."""
    return people_page(session, territory, "", 100_000)


def structures_page(session: Session, territory: str, after: str, limit: int) -> list[StructureRow]:
    """Structures by reference, after a cursor."""
    query = select(StructureRow).where(StructureRow.territory == territory, StructureRow.structure > after)  # type: ignore[arg-type]
    return list(session.execute(query.order_by(StructureRow.structure).limit(limit)).scalars())


def duties_of(session: Session, territory: str, role: str | None = None) -> list[DutyRow]:
    """Spans of a territory, of one role or of all, oldest version first; those told as over are left out."""
    query = select(DutyRow).where(DutyRow.territory == territory, DutyRow.end_told.is_(False))  # type: ignore[arg-type,attr-defined]
    if role is not None:
        query = query.where(DutyRow.role == role)  # type: ignore[arg-type]
    return list(session.execute(query.order_by(DutyRow.role, DutyRow.version)).scalars())  # type: ignore[arg-type]


def duty_history(session: Session, territory: str, role: str | None = None) -> list[DutyRow]:
    """Every span, those that are over included."""
    query = select(DutyRow).where(DutyRow.territory == territory)  # type: ignore[arg-type]
    if role is not None:
        query = query.where(DutyRow.role == role)  # type: ignore[arg-type]
    return list(session.execute(query.order_by(DutyRow.role, DutyRow.version)).scalars())  # type: ignore[arg-type]


def duties_over(session: Session, now: datetime) -> list[DutyRow]:
    """Spans whose end has passed without having been told, in any territory."""
    query = select(DutyRow).where(DutyRow.end_told.is_(False), DutyRow.ends_at <= now)  # type: ignore[attr-defined,operator,arg-type]
    return list(session.execute(query).scalars())


def next_duty_end(session: Session) -> datetime | None:
    """The earliest end not yet told."""
    query = select(DutyRow.ends_at).where(  # type: ignore[call-overload]
        DutyRow.end_told.is_(False),  # type: ignore[attr-defined]
        DutyRow.ends_at.is_not(None),  # type: ignore[union-attr]
    )
    found: datetime | None = session.execute(query.order_by(DutyRow.ends_at).limit(1)).scalar()
    return found


def token_by_digest(session: Session, sha256: str) -> TokenRow | None:
    """A token by the SHA-256 of its secret."""
    return session.execute(select(TokenRow).where(TokenRow.sha256 == sha256)).scalar_one_or_none()  # type: ignore[arg-type]


def valid_tokens(
    session: Session, territory: str, now: datetime, cursor: str | None, limit: int, **kept: str | None
) -> list[TokenRow]:
    """Accesses of a territory that still work, newest first, after the one the cursor names.

    ``kept`` may name a ``use`` and a ``person``. Sign-in codes are not among them: they are no access.
    """
    query = select(TokenRow).where(
        col(TokenRow.territory) == territory,
        col(TokenRow.use) != SIGN_IN,
        *(getattr(TokenRow, name) == value for name, value in kept.items() if value is not None),
        col(TokenRow.revoked_at).is_(None),
        or_(col(TokenRow.expires_at).is_(None), col(TokenRow.expires_at) > now),
    )
    last = session.get(TokenRow, cursor) if cursor else None
    if last is not None:
        made, key = col(TokenRow.created_at), col(TokenRow.id)
        query = query.where(or_(made < last.created_at, and_(made == last.created_at, key < last.id)))
    query = query.order_by(col(TokenRow.created_at).desc(), col(TokenRow.id).desc()).limit(limit)
    return list(session.execute(query).scalars())


def revoke_tokens_of(session: Session, territory: str, person: str, now: datetime) -> None:
    """Every token of a person stops working."""
    session.execute(
        update(TokenRow)
        .where(
            TokenRow.territory == territory,  # type: ignore[arg-type]
            TokenRow.person == person,  # type: ignore[arg-type]
            or_(TokenRow.revoked_at.is_(None), TokenRow.revoked_at > now),  # type: ignore[union-attr,operator,arg-type]
        )
        .values(revoked_at=now)
    )
