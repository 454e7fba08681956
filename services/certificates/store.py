"""Tables of the certificates and every query on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, and_, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from contracts.base import Reply
from contracts.certificates import CertificateBody, Unsealed
from contracts.directory import PersonEnrolled, TimeBand
from services.certificates.census import Certifier
from services.platform.tables import OutcomeRow, moment

#: Order of the list: what waits first, what is over last.
RANKS = {"open": 0, "accepted": 1, "signed": 2, "closed": 2}


class CertificateRow(SQLModel, table=True):
    """A request. Never a cause, never a name; ``ciphertext`` holds what is sealed under ``key_name``.

    ``readings`` are the commands that unsealed it, whose stored outcomes go with the key.
    ``escalate_at`` and ``erase_at`` are what the clock still has to do about it.
    """

    __tablename__ = "certificates_requests"
    __table_args__ = (Index("certificates_in_order", "territory", "rank", "requested_at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    version: int = 1
    commune: str
    place: str
    requester: str
    nurse_route: bool
    why_doctor: str | None = None
    treating_doctor_called: bool
    hole: bool = False
    sealed: bool = False
    requested_at: datetime = moment()
    status: str = "open"
    rank: int = 0
    accepted_by: str | None = Field(default=None, index=True)
    outside: bool = False
    profession: str = ""
    accepted_at: datetime | None = moment(nullable=True)
    expected_at: datetime | None = moment(nullable=True)
    escalated_at: datetime | None = moment(nullable=True)
    escalate_at: datetime | None = moment(nullable=True, index=True)
    advised_at: datetime | None = moment(nullable=True)
    called_back_at: datetime | None = moment(nullable=True)
    signed_at: datetime | None = moment(nullable=True)
    minutes: int | None = None
    treating_doctor_informed: bool = False
    ending: str | None = None
    ended_at: datetime | None = moment(nullable=True)
    reason: str | None = Field(default=None, description="id of the text")
    key_name: str = Field(default="", index=True)
    ciphertext: str = ""
    readings: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    erase_at: datetime | None = moment(nullable=True, index=True)
    erase_when_ended: bool = False


class AskedRow(SQLModel, table=True):
    """Someone solicited for a request, in order, and whether they said no."""

    __tablename__ = "certificates_asked"

    certificate: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)
    position: int
    declined_at: datetime | None = moment(nullable=True)


class CertifierRow(SQLModel, table=True):
    """Someone of the directory: their profession, and where and when they certify if they do."""

    __tablename__ = "certificates_people"

    territory: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    version: int
    profession: str
    certifies: bool
    communes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    bands: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


def find(session: Session, territory: str, certificate: str) -> CertificateRow | None:
    """A request of this territory."""
    row = session.get(CertificateRow, certificate)
    return row if row and row.territory == territory else None


def body(session: Session, row: CertificateRow) -> CertificateBody:
    """The state of a request, frozen, as decisions read it."""
    fields = row.model_dump(include=set(CertificateBody.model_fields))
    people = tuple(asked.person for asked in asked_for(session, row.id))
    return CertificateBody(certificate=row.id, asked=people, **fields)


def new_request(
    session: Session, needed: CertificateBody, territory: str, escalate_at: datetime | None, sealed: tuple[str, str]
) -> CertificateRow:
    """The rows of a request just made; ``sealed`` is the name of its key and the ciphertext, both empty for none."""
    row = CertificateRow(
        id=needed.certificate,
        territory=territory,
        requester=str(needed.requester),
        escalate_at=escalate_at,
        key_name=sealed[0],
        ciphertext=sealed[1],
        **needed.model_dump(include=set(CertificateBody.model_fields) - {"certificate", "asked", "requester"}),
    )
    session.add(row)
    for position, who in enumerate(needed.asked):
        session.add(AskedRow(certificate=row.id, person=who, position=position))
    return row


def apply(row: CertificateRow, state: CertificateBody) -> None:
    """Write what a decision changed."""
    row.version, row.status, row.rank = state.version, state.status, RANKS[state.status]
    row.accepted_by, row.outside, row.sealed = state.accepted_by, state.outside, state.sealed


def asked_for(session: Session, certificate: str) -> Sequence[AskedRow]:
    """Who was solicited, in order."""
    query = select(AskedRow).where(col(AskedRow.certificate) == certificate).order_by(col(AskedRow.position))
    return session.execute(query).scalars().all()


def asked_for_each(session: Session, certificates: Sequence[str]) -> dict[str, list[AskedRow]]:
    """Who was solicited for each of these requests."""
    found: dict[str, list[AskedRow]] = defaultdict(list)
    query = select(AskedRow).where(col(AskedRow.certificate).in_(certificates)).order_by(col(AskedRow.position))
    for row in session.execute(query).scalars():
        found[row.certificate].append(row)
    return found


def forget_readings(session: Session, row: CertificateRow) -> None:
    """Empty the outcomes of the commands that unsealed a request: they were kept to answer a retry."""
    if row.readings:
        nothing = Reply(result=Unsealed(id=row.id).model_dump(mode="json")).model_dump_json()
        known = col(OutcomeRow.id).in_(row.readings)
        session.execute(update(OutcomeRow).where(known).values(reply=nothing))
        row.readings = []


def to_escalate(session: Session, now: datetime) -> Sequence[CertificateRow]:
    """Requests nobody took in time."""
    query = select(CertificateRow).where(col(CertificateRow.escalate_at) <= now)
    return session.execute(query.order_by(col(CertificateRow.escalate_at)).limit(100)).scalars().all()


def to_erase(session: Session, now: datetime) -> Sequence[CertificateRow]:
    """Requests whose sealed data have lived long enough."""
    query = select(CertificateRow).where(col(CertificateRow.erase_at) <= now)
    return session.execute(query.order_by(col(CertificateRow.erase_at)).limit(100)).scalars().all()


def sealed_in(session: Session, territory: str) -> Sequence[CertificateRow]:
    """Requests of a territory that still hold sealed data."""
    query = select(CertificateRow).where(col(CertificateRow.territory) == territory, col(CertificateRow.key_name) != "")
    return session.execute(query.order_by(col(CertificateRow.requested_at))).scalars().all()


def next_moment(session: Session) -> datetime | None:
    """The next moment the clock has something to do here."""
    query = select(func.min(col(CertificateRow.escalate_at)), func.min(col(CertificateRow.erase_at)))
    moments = [found for found in session.execute(query).one() if found is not None]
    return min(moments, default=None)


def page(
    session: Session,
    territory: str,
    *,
    open_only: bool,
    concerning: str | None,
    after: tuple[int, datetime, str] | None,
    limit: int,
) -> Sequence[CertificateRow]:
    """Requests, what waits first then the latest; ``concerning`` keeps those someone was asked or took."""
    query = select(CertificateRow).where(col(CertificateRow.territory) == territory)
    if open_only:
        query = query.where(col(CertificateRow.rank) < RANKS["signed"])
    if concerning is not None:
        theirs = select(col(AskedRow.certificate)).where(col(AskedRow.person) == concerning)
        query = query.where(or_(col(CertificateRow.accepted_by) == concerning, col(CertificateRow.id).in_(theirs)))
    if after is not None:
        rank, requested, last = after
        same_time = and_(col(CertificateRow.requested_at) == requested, col(CertificateRow.id) > last)
        later = or_(col(CertificateRow.requested_at) < requested, same_time)
        same_rank = and_(col(CertificateRow.rank) == rank, later)
        query = query.where(or_(col(CertificateRow.rank) > rank, same_rank))
    order = (col(CertificateRow.rank), col(CertificateRow.requested_at).desc(), col(CertificateRow.id))
    return session.execute(query.order_by(*order).limit(limit + 1)).scalars().all()


def certifiers(session: Session, territory: str) -> list[Certifier]:
    """Everyone known in a territory, listed or not: a few hundred at most."""
    query = select(CertifierRow).where(col(CertifierRow.territory) == territory).order_by(col(CertifierRow.person))
    return [_certifier(row) for row in session.execute(query).scalars()]


def certifier(session: Session, territory: str, person: str) -> Certifier | None:
    """One person of the directory."""
    row = session.get(CertifierRow, (territory, person))
    return _certifier(row) if row else None


def _certifier(row: CertifierRow) -> Certifier:
    bands = tuple(TimeBand.model_validate(band) for band in row.bands)
    return Certifier(row.person, row.profession, row.certifies, tuple(row.communes), bands)


def enrol(session: Session, territory: str, fact: PersonEnrolled) -> None:
    """Know a person as last told; an older fact changes nothing."""
    row = session.get(CertifierRow, (territory, fact.person))
    if row is not None and row.version > fact.version:
        return
    fields = fact.model_dump(mode="json", include={"person", "version", "profession", "certifies", "communes", "bands"})
    session.merge(CertifierRow(territory=territory, **fields))
    session.flush()


def strike_off(session: Session, territory: str, person: str) -> None:
    """Take someone who left the directory off the census; their references in past requests stay."""
    row = session.get(CertifierRow, (territory, person))
    if row is not None:
        row.certifies, row.communes, row.bands = False, [], []
