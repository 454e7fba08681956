"""Queries on sign-in codes, sessions and personal links, and the table of second factors."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from services.directory.store import TokenRow
from services.platform.signing import SESSION, SIGN_IN
from services.platform.tables import moment

#: Letters of an id: none that a shell, an SMS or an address would read otherwise.
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_LENGTH = 12


class FactorRow(SQLModel, table=True):
    """The second factor of a person, sealed. ``last_step`` is the last one accepted: it never serves twice."""

    __tablename__ = "directory_factors"

    territory: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    sealed: str
    last_step: int
    enrolled_at: datetime = moment()


def short_id() -> str:
    """An id that keeps a link short: 62 random bits. It is no secret: the signature beside it is."""
    return "".join(secrets.choice(LETTERS) for _ in range(ID_LENGTH))


def factor_of(session: Session, territory: str, person: str) -> FactorRow | None:
    """The second factor of a person."""
    return session.get(FactorRow, (territory, person))


def forget_factor(session: Session, territory: str, person: str) -> None:
    """The person has no second factor any more."""
    where = (col(FactorRow.territory) == territory, col(FactorRow.person) == person)
    session.execute(delete(FactorRow).where(*where))


def links_asked(session: Session, territory: str, person: str, since: datetime) -> int:
    """Sign-in links this person asked for since a moment; those an operator made are not counted."""
    query = select(func.count()).select_from(TokenRow).where(*_codes_of(territory, person, since))
    return int(session.execute(query.where(col(TokenRow.trusted).is_(False))).scalar_one())


def wrong_digits(session: Session, territory: str, person: str, since: datetime) -> int:
    """Wrong digits given with the sign-in links made since a moment."""
    query = select(func.coalesce(func.sum(col(TokenRow.attempts)), 0)).where(*_codes_of(territory, person, since))
    return int(session.execute(query).scalar_one())


def _codes_of(territory: str, person: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(TokenRow.person) == person,
        col(TokenRow.territory) == territory,
        col(TokenRow.use) == SIGN_IN,
        col(TokenRow.created_at) > since,
    )


def end_sessions(session: Session, territory: str, person: str, now: datetime) -> None:
    """Every session of a person stops working; their sign-in codes are erased, wrong digits with them."""
    session.flush()
    theirs = (col(TokenRow.person) == person, col(TokenRow.territory) == territory)
    session.execute(delete(TokenRow).where(*theirs, col(TokenRow.use) == SIGN_IN))
    running = (*theirs, col(TokenRow.use) == SESSION, col(TokenRow.revoked_at).is_(None))
    session.execute(update(TokenRow).where(*running).values(revoked_at=now))


def erase_old(session: Session, territory: str, person: str, before: datetime) -> None:
    """Erase the sessions and codes of a person that were over by then: their number stays flat."""
    where = (
        col(TokenRow.person) == person,
        col(TokenRow.territory) == territory,
        col(TokenRow.use).in_((SESSION, SIGN_IN)),
        col(TokenRow.expires_at) < before,
    )
    session.execute(delete(TokenRow).where(*where))
