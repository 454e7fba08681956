"""What the slots service carries out: load, decide, save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Created, Done, Envelope, Role
from contracts.slots import (
    Booked,
    BookSlot,
    MoveSlot,
    OfferSlot,
    OpenSlot,
    ReleaseSlot,
    SlotBooked,
    SlotMoved,
    SlotOffered,
    SlotOpened,
    SlotReleased,
    SlotWithdrawn,
    WithdrawSlot,
)
from contracts.solicitations import PlacesSolicited, SolicitationAnswered, SolicitationClosed
from services.platform.calendar import typed_time
from services.platform.errors import Forbidden, NotFound
from services.platform.service import Service
from services.platform.unit import Unit
from services.slots import decide, solicitation_store, store

DUTY = ("coordinatrice", "referent")
SERVICE = Service(
    name="slots",
    purpose="Capacity offered by professionals during a crisis, by day, commune and profession",
    says=(
        SlotOffered, SlotOpened, SlotBooked, SlotReleased, SlotWithdrawn, SlotMoved,
        PlacesSolicited, SolicitationAnswered, SolicitationClosed,
    ),
    owns=(store.SlotRow, store.BookingRow, store.CrisisRow, *solicitation_store.TABLES),
    projections=(store.CrisisRow, solicitation_store.PersonRow),
)  # fmt: skip


def _preload(session: Session, messages: Sequence[tuple[Envelope, Any]]) -> None:
    models = [model for _, model in messages]
    on_a_slot = OpenSlot | BookSlot | ReleaseSlot | WithdrawSlot | MoveSlot
    slots = [model.slot for model in models if isinstance(model, on_a_slot)]
    store.hold(session, slots, [model.booking for model in models if isinstance(model, ReleaseSlot)])


SERVICE.preload = _preload


def _require_holder(unit: Unit, professional: str) -> None:
    """A professional for themself; the desk on duty, or a token made for the role, for anyone."""
    caller = unit.caller
    if caller.has(Role.PROFESSIONAL) and (caller.kind == "role" or caller.id == professional):
        unit.require(Role.PROFESSIONAL)
        return
    _require_desk(unit, "Vous ne pouvez agir que sur vos propres plages ; pour un confrère, appelez l'astreinte.")


def _require_desk(unit: Unit, otherwise: str) -> None:
    """Refuse, in words that help, who is neither coordinator nor référent; then who is off duty."""
    if unit.caller.kind != "platform" and not unit.caller.has(Role.COORDINATOR, Role.REFERENT):
        raise Forbidden(otherwise)
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY)


def _require_booker(unit: Unit) -> None:
    if unit.caller.has(Role.SAMU, Role.PROFESSIONAL):
        unit.require(Role.SAMU, Role.PROFESSIONAL)
    else:
        unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY)


def _slot(unit: Unit, slot: str) -> store.SlotRow:
    row = store.find_slot(unit.session, unit.message.territory, slot)
    if row is None:
        raise NotFound("Cette plage n'existe pas ; reprenez son numéro dans la liste des places.")
    return row


@SERVICE.does(OfferSlot)
def offer(unit: Unit, command: OfferSlot) -> Created:
    """Capacity exists; tagged with the only crisis open unless told otherwise."""
    _require_holder(unit, command.professional)
    crisis = decide.crisis_of(command.crisis, _closed(unit))
    entered_by = unit.caller.id if unit.caller.id != command.professional else None
    at = typed_time(command.offered_at, unit.now)
    decide.check_times(command, at)
    fact = decide.offer(command, unit.new_id(), unit.territory, crisis, entered_by)
    unit.session.add(store.new_slot(fact, unit.message.territory, command.phone, at))
    unit.say(fact, at=at)
    return Created(id=fact.slot)


@SERVICE.does(OpenSlot)
def open_slot(unit: Unit, command: OpenSlot) -> Done:
    """An activable slot may be booked from now on."""
    row = _slot(unit, command.slot)
    _require_holder(unit, row.professional)
    decide.not_over(row.ends_at, unit.now)
    fact = decide.open_now(store.body(row))
    store.apply(row, fact)
    unit.say(fact)
    return Done(id=row.id)


@SERVICE.does(BookSlot)
def book(unit: Unit, command: BookSlot) -> Booked:
    """Take places; the line to dial is in the answer, nowhere else."""
    _require_booker(unit)
    row = _slot(unit, command.slot)
    at = typed_time(command.booked_at, unit.now)
    asked_by = decide.asker(command.asked_by, _role(unit), unit.territory.partners)
    fact = decide.book(store.body(row), command, unit.new_id(), asked_by, at)
    store.apply(row, fact)
    unit.session.add(
        store.BookingRow(
            id=fact.booking,
            territory=unit.message.territory,
            slot=row.id,
            count=command.count,
            asked_by=asked_by,
            by=unit.caller.id,
            booked_at=at,
        )
    )
    unit.say(fact, at=at)
    return Booked(id=fact.booking, slot=row.id, remaining=fact.places - fact.booked, phone=row.phone)


@SERVICE.does(ReleaseSlot)
def release(unit: Unit, command: ReleaseSlot) -> Done:
    """Give a booking back: who took it, or the desk on duty."""
    _require_booker(unit)
    row = _slot(unit, command.slot)
    booking = store.find_booking(unit.session, command.booking)
    if booking is None or booking.slot != row.id:
        raise NotFound("Cette réservation n'existe pas pour cette plage ; reprenez le numéro donné à la réservation.")
    if booking.by != unit.caller.id:
        _require_desk(unit, "Quelqu'un d'autre a pris cette réservation ; demandez à l'astreinte de la rendre.")
    fact = decide.release(store.body(row), booking.id, booking.count, released=booking.released_at is not None)
    store.apply(row, fact)
    booking.released_at = unit.now
    unit.say(fact)
    return Done(id=booking.id)


@SERVICE.does(WithdrawSlot)
def withdraw(unit: Unit, command: WithdrawSlot) -> Done:
    """Take back what is not booked."""
    row = _slot(unit, command.slot)
    _require_holder(unit, row.professional)
    fact = decide.withdraw(store.body(row))
    store.apply(row, fact)
    unit.say(fact.model_copy(update={"words": unit.keep(command.reason)}))
    return Done(id=row.id)


@SERVICE.does(MoveSlot)
def move(unit: Unit, command: MoveSlot) -> Created:
    """Places one crisis gives up for another: the slot they leave says so, the new one says where from."""
    _require_desk(unit, "La répartition entre deux crises revient à l'astreinte ; appelez-la.")
    row = _slot(unit, command.slot)
    gone, made = decide.move(store.body(row), command, unit.new_id(), _closed(unit), unit.now)
    store.apply(row, gone)
    unit.session.add(store.new_slot(made, unit.message.territory, row.phone, unit.now))
    unit.say(gone.model_copy(update={"words": unit.keep(command.reason)}))
    unit.say(made)
    return Created(id=made.slot)


def _closed(unit: Unit) -> dict[str, bool]:
    """Crises of the territory, and whether each is over."""
    rows = store.crises(unit.session, unit.message.territory)
    return {name: row.closed_at is not None for name, row in rows.items()}


def _role(unit: Unit) -> str:
    """The caller's role in a word, for who asked."""
    return str(unit.caller.roles[0]) if unit.caller.roles else "cpts"
