"""Tables of the solicitations and every query on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, Column, Index, and_, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from contracts.base import Role
from contracts.directory import PersonEnrolled
from contracts.slots import SlotMode
from contracts.solicitations import PlacesSolicited, SolicitationBody
from services.platform.tables import TextRow, moment
from services.slots.soliciting import Known


class SolicitationRow(SQLModel, table=True):
    """Places asked for. ``text`` is the id of the coordinator's words; ``ending`` says why no answer is awaited."""

    __tablename__ = "slots_solicitations"
    __table_args__ = (Index("slots_solicitations_in_order", "territory", "asked_at", "id"),)

    id: str = Field(primary_key=True)
    territory: str
    version: int = 1
    groups: list[str] = Field(sa_column=Column(JSON, nullable=False))
    communes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    places: int
    mode: str
    crisis: str | None = None
    text: str | None = None
    asked_by: str
    asked_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)
    ending: str = ""


class AddresseeRow(SQLModel, table=True):
    """Someone asked, in order, and what they last said."""

    __tablename__ = "slots_addressees"

    solicitation: str = Field(primary_key=True)
    person: str = Field(primary_key=True, index=True)
    position: int
    answer: str | None = None
    answered_at: datetime | None = moment(nullable=True)
    entered_by: str | None = None


class PersonRow(SQLModel, table=True):
    """Someone of the directory, as last told: who may be asked, in which groups, where they work."""

    __tablename__ = "slots_people"

    territory: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    version: int
    professional: bool
    groups: list[str] = Field(sa_column=Column(JSON, nullable=False))
    communes: list[str] = Field(sa_column=Column(JSON, nullable=False))


TABLES = (SolicitationRow, AddresseeRow, PersonRow)


def body(row: SolicitationRow) -> SolicitationBody:
    """The state of a solicitation, frozen, as decisions read it."""
    fields = row.model_dump(include=set(SolicitationBody.model_fields) - {"mode"})
    return SolicitationBody(solicitation=row.id, mode=SlotMode(row.mode), **fields)


def new_solicitation(
    session: Session, asked: PlacesSolicited, territory: str, asked_by: str, now: datetime
) -> SolicitationRow:
    """The rows of places just asked for."""
    row = SolicitationRow(
        id=asked.solicitation,
        territory=territory,
        groups=list(asked.groups),
        communes=list(asked.communes),
        mode=str(asked.mode),
        text=asked.text.id if asked.text else None,
        asked_by=asked_by,
        asked_at=now,
        **asked.model_dump(include={"version", "starts_at", "ends_at", "places", "crisis"}),
    )
    session.add(row)
    for position, person in enumerate(asked.addressees):
        session.add(AddresseeRow(solicitation=row.id, person=person, position=position))
    return row


def find(session: Session, territory: str, solicitation: str) -> SolicitationRow | None:
    """A solicitation of this territory."""
    row = session.get(SolicitationRow, solicitation)
    return row if row and row.territory == territory else None


def addressee(session: Session, solicitation: str, person: str) -> AddresseeRow | None:
    """Someone asked by a solicitation."""
    return session.get(AddresseeRow, (solicitation, person))


def addressees(session: Session, solicitations: Sequence[str]) -> dict[str, list[AddresseeRow]]:
    """Who was asked by each of these solicitations, in order."""
    found: dict[str, list[AddresseeRow]] = defaultdict(list)
    query = select(AddresseeRow).where(col(AddresseeRow.solicitation).in_(solicitations))
    for row in session.execute(query.order_by(col(AddresseeRow.position))).scalars():
        found[row.solicitation].append(row)
    return found


def over(session: Session, now: datetime) -> Sequence[SolicitationRow]:
    """Those whose period has ended without anyone saying so, in any territory."""
    query = select(SolicitationRow).where(col(SolicitationRow.closed_at).is_(None), col(SolicitationRow.ends_at) <= now)
    return session.execute(query.order_by(col(SolicitationRow.ends_at)).limit(100)).scalars().all()


def open_for(session: Session, territory: str, crisis: str) -> Sequence[SolicitationRow]:
    """Those of a crisis that still wait for answers."""
    query = select(SolicitationRow).where(
        col(SolicitationRow.territory) == territory,
        col(SolicitationRow.crisis) == crisis,
        col(SolicitationRow.closed_at).is_(None),
    )
    return session.execute(query.order_by(col(SolicitationRow.asked_at), col(SolicitationRow.id))).scalars().all()


def next_end(session: Session) -> datetime | None:
    """When the next period ends."""
    query = select(func.min(col(SolicitationRow.ends_at))).where(col(SolicitationRow.closed_at).is_(None))
    return session.execute(query).scalar()


def page(
    session: Session,
    territory: str,
    *,
    open_at: datetime | None,
    asked: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[SolicitationRow]:
    """Newest first, one more than ``limit`` when others follow.

    ``open_at`` keeps those that wait for answers at that moment, ``asked`` those addressed to someone.
    """
    query = select(SolicitationRow).where(col(SolicitationRow.territory) == territory)
    if open_at is not None:
        query = query.where(col(SolicitationRow.closed_at).is_(None), col(SolicitationRow.ends_at) > open_at)
    if asked is not None:
        theirs = select(col(AddresseeRow.solicitation)).where(col(AddresseeRow.person) == asked)
        query = query.where(col(SolicitationRow.id).in_(theirs))
    if after is not None:
        same = and_(col(SolicitationRow.asked_at) == after[0], col(SolicitationRow.id) > after[1])
        query = query.where(or_(col(SolicitationRow.asked_at) < after[0], same))
    order = (col(SolicitationRow.asked_at).desc(), col(SolicitationRow.id))
    return session.execute(query.order_by(*order).limit(limit + 1)).scalars().all()


def texts(session: Session, ids: Sequence[str | None]) -> dict[str, str]:
    """Words by id; an erased text is absent."""
    wanted = [text_id for text_id in ids if text_id]
    found = session.execute(select(TextRow).where(col(TextRow.id).in_(wanted))).scalars() if wanted else ()
    return {row.id: row.text for row in found}


def people(session: Session, territory: str) -> list[Known]:
    """Everyone known in a territory: a few hundred at most."""
    query = select(PersonRow).where(col(PersonRow.territory) == territory).order_by(col(PersonRow.person))
    rows = session.execute(query).scalars()
    return [Known(row.person, row.professional, tuple(row.groups), tuple(row.communes)) for row in rows]


def enrol(session: Session, territory: str, fact: PersonEnrolled) -> None:
    """Know a person as last told; an older fact changes nothing."""
    row = session.get(PersonRow, (territory, fact.person))
    if row is not None and row.version > fact.version:
        return
    fields = fact.model_dump(mode="json", include={"person", "version", "groups", "communes"})
    session.merge(PersonRow(territory=territory, professional=Role.PROFESSIONAL in fact.roles, **fields))
    session.flush()


def strike_off(session: Session, territory: str, person: str) -> None:
    """Ask nothing more of someone who left the directory; their past answers stay under their reference."""
    row = session.get(PersonRow, (territory, person))
    if row is not None:
        row.professional, row.groups, row.communes = False, [], []
