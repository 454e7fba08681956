"""Tables of the slots and every query on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, and_, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from contracts.slots import SlotBody, SlotMode, SlotState
from services.platform.tables import moment


class SlotRow(SQLModel, table=True):
    """A slot as it stands. ``phone`` is the line to dial: given to who books, never told."""

    __tablename__ = "slots_slots"
    __table_args__ = (
        CheckConstraint("booked >= 0 AND booked <= places", name="slots_never_overbooked"),
        Index("slots_by_start", "territory", "starts_at", "id"),
    )

    id: str = Field(primary_key=True)
    territory: str
    version: int = 1
    professional: str = Field(index=True)
    profession: str
    commune: str
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    places: int
    booked: int = 0
    mode: str
    state: str
    crisis: str | None = Field(default=None, index=True)
    entered_by: str | None = None
    moved_from: str | None = None
    from_crisis: str | None = None
    phone: str | None = None
    offered_at: datetime = moment()


class BookingRow(SQLModel, table=True):
    """Places taken at once. ``by`` is who called, the only one with the desk who may give them back."""

    __tablename__ = "slots_bookings"

    id: str = Field(primary_key=True)
    territory: str
    slot: str = Field(index=True)
    count: int
    asked_by: str
    by: str
    booked_at: datetime = moment()
    released_at: datetime | None = moment(nullable=True)


class CrisisRow(SQLModel, table=True):
    """A crisis as told by the levels. ``lowered_at``: since when its unused slots may be withdrawn."""

    __tablename__ = "slots_crises"

    id: str = Field(primary_key=True)
    territory: str = Field(index=True)
    version: int = 0
    lowered_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)


def body(row: SlotRow) -> SlotBody:
    """The state of a slot, frozen, as decisions read it."""
    return SlotBody(
        slot=row.id,
        version=row.version,
        professional=row.professional,
        profession=row.profession,
        commune=row.commune,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        places=row.places,
        booked=row.booked,
        mode=SlotMode(row.mode),
        state=SlotState(row.state),
        crisis=row.crisis,
        entered_by=row.entered_by,
        moved_from=row.moved_from,
        from_crisis=row.from_crisis,
    )


def new_slot(slot: SlotBody, territory: str, phone: str | None, offered_at: datetime) -> SlotRow:
    """The row of a slot just offered."""
    fields = slot.model_dump(include=set(SlotBody.model_fields) - {"slot", "mode", "state"})
    return SlotRow(
        id=slot.slot,
        territory=territory,
        mode=str(slot.mode),
        state=str(slot.state),
        phone=phone,
        offered_at=offered_at,
        **fields,
    )


def apply(row: SlotRow, slot: SlotBody) -> None:
    """Write what a decision changed."""
    row.version, row.booked, row.places, row.state = slot.version, slot.booked, slot.places, str(slot.state)


def hold(session: Session, slots: Iterable[str], bookings: Iterable[str]) -> None:
    """Read what a batch needs at once. Kept on the session: its identity map alone would let clean rows go."""
    held: list[SQLModel] = []
    if wanted := sorted(set(slots)):
        held.extend(session.execute(select(SlotRow).where(col(SlotRow.id).in_(wanted))).scalars())
    if wanted := sorted(set(bookings)):
        held.extend(session.execute(select(BookingRow).where(col(BookingRow.id).in_(wanted))).scalars())
    session.info["slots_held"] = held


def find_slot(session: Session, territory: str, slot: str) -> SlotRow | None:
    """A slot of this territory."""
    row = session.get(SlotRow, slot)
    return row if row and row.territory == territory else None


def find_booking(session: Session, booking: str) -> BookingRow | None:
    """A booking by id."""
    return session.get(BookingRow, booking)


def bookings_of(session: Session, slots: Sequence[str]) -> dict[str, list[BookingRow]]:
    """Bookings of these slots that were not given back, in the order they were made."""
    found: dict[str, list[BookingRow]] = {slot: [] for slot in slots}
    query = select(BookingRow).where(col(BookingRow.slot).in_(slots), col(BookingRow.released_at).is_(None))
    for row in session.execute(query.order_by(col(BookingRow.booked_at), col(BookingRow.id))).scalars():
        found[row.slot].append(row)
    return found


def crises(session: Session, territory: str) -> dict[str, CrisisRow]:
    """Crises of a territory, open and closed: a handful a year."""
    rows = session.execute(select(CrisisRow).where(col(CrisisRow.territory) == territory)).scalars()
    return {row.id: row for row in rows}


def crisis(session: Session, territory: str, name: str) -> CrisisRow:
    """One crisis, made when a fact about it comes first."""
    row = session.get(CrisisRow, name)
    if row is None:
        row = CrisisRow(id=name, territory=territory)
        session.add(row)
        session.flush()
    return row


def slots_of_crisis(session: Session, territory: str, name: str, now: datetime) -> Sequence[SlotRow]:
    """Slots given to a crisis that are not over."""
    query = select(SlotRow).where(
        col(SlotRow.territory) == territory, col(SlotRow.crisis) == name, col(SlotRow.ends_at) > now
    )
    return session.execute(query.order_by(col(SlotRow.starts_at), col(SlotRow.id))).scalars().all()


def forget_phone(session: Session, territory: str, professional: str) -> None:
    """Erase the line of someone who left the directory."""
    session.execute(
        update(SlotRow)
        .where(col(SlotRow.territory) == territory, col(SlotRow.professional) == professional)
        .values(phone=None)
    )


def slots_between(session: Session, territory: str, start: datetime, end: datetime | None) -> Sequence[SlotRow]:
    """Slots that start in a period, for totals; the period bounds the cost."""
    query = select(SlotRow).where(col(SlotRow.territory) == territory, col(SlotRow.starts_at) >= start)
    if end is not None:
        query = query.where(col(SlotRow.starts_at) < end)
    return session.execute(query.order_by(col(SlotRow.starts_at), col(SlotRow.id))).scalars().all()


def slot_page(
    session: Session,
    territory: str,
    *,
    start: datetime,
    end: datetime | None,
    commune: str | None,
    state: str | None,
    professional: str | None,
    ending_after: datetime | None,
    bookable: bool,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[SlotRow]:
    """Slots by start, one more than ``limit`` when others follow; ``bookable`` keeps those with a place left."""
    query = select(SlotRow).where(col(SlotRow.territory) == territory, col(SlotRow.starts_at) >= start)
    if end is not None:
        query = query.where(col(SlotRow.starts_at) < end)
    if commune:
        query = query.where(col(SlotRow.commune) == commune)
    if state:
        query = query.where(col(SlotRow.state) == state)
    if professional:
        query = query.where(col(SlotRow.professional) == professional)
    if ending_after is not None:
        query = query.where(col(SlotRow.ends_at) > ending_after)
    if bookable:
        query = query.where(col(SlotRow.state) == str(SlotState.OUVERT), col(SlotRow.booked) < col(SlotRow.places))
    if after is not None:
        same = and_(col(SlotRow.starts_at) == after[0], col(SlotRow.id) > after[1])
        query = query.where(or_(col(SlotRow.starts_at) > after[0], same))
    ordered = query.order_by(col(SlotRow.starts_at), col(SlotRow.id)).limit(limit + 1)
    return session.execute(ordered).scalars().all()
