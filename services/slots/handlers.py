"""What the slots service carries out and hears: load, decide, save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Created, Done, Envelope, Role
from contracts.directory import PersonErased
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged
from contracts.slots import (
    Booked,
    BookSlot,
    OfferSlot,
    OpenSlot,
    ReleaseSlot,
    SlotBooked,
    SlotOffered,
    SlotOpened,
    SlotReleased,
    SlotWithdrawn,
    WithdrawSlot,
)
from services.platform.calendar import typed_time
from services.platform.errors import Forbidden, NotFound
from services.platform.service import Service
from services.platform.unit import Unit
from services.slots import decide, store

DUTY = ("coordinatrice", "referent")
SERVICE = Service(
    name="slots",
    purpose="Capacity offered by professionals during a crisis, by day, commune and profession",
    says=(SlotOffered, SlotOpened, SlotBooked, SlotReleased, SlotWithdrawn),
    owns=(store.SlotRow, store.BookingRow, store.CrisisRow),
    projections=(store.CrisisRow,),
)


def _preload(session: Session, messages: Sequence[tuple[Envelope, Any]]) -> None:
    models = [model for _, model in messages]
    slots = [model.slot for model in models if isinstance(model, OpenSlot | BookSlot | ReleaseSlot | WithdrawSlot)]
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
    crises = store.crises(unit.session, unit.message.territory)
    crisis = decide.crisis_of(command.crisis, {name: row.closed_at is not None for name, row in crises.items()})
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


@SERVICE.on(CrisisOpened)
def crisis_opened(unit: Unit, fact: CrisisOpened) -> None:
    """From now on, slots offered without a crisis are for this one, if it is alone."""
    store.crisis(unit.session, unit.message.territory, fact.crisis)


@SERVICE.on(LevelChanged)
def level_changed(unit: Unit, fact: LevelChanged) -> None:
    """A level that goes down suggests withdrawing what nobody used; one that goes up needs it again."""
    row = store.crisis(unit.session, unit.message.territory, fact.crisis)
    if fact.version <= row.version:
        return
    row.version = fact.version
    row.lowered_at = fact.changed_at if fact.level < fact.from_level else None


@SERVICE.on(CrisisClosed)
def crisis_closed(unit: Unit, fact: CrisisClosed) -> None:
    """Its slots that still had places are withdrawn; patients already booked keep theirs."""
    row = store.crisis(unit.session, unit.message.territory, fact.crisis)
    if row.closed_at is not None:
        return
    row.closed_at = fact.closed_at
    unit.session.flush()
    slots = store.slots_of_crisis(unit.session, row.territory, fact.crisis, unit.now)
    by_id = {slot.id: slot for slot in slots}
    for withdrawn in decide.withdrawn_at_the_end(store.body(slot) for slot in slots):
        store.apply(by_id[withdrawn.slot], withdrawn)
        unit.say(withdrawn)


@SERVICE.on(PersonErased)
def person_erased(unit: Unit, fact: PersonErased) -> None:
    """Their line goes with their name."""
    store.forget_phone(unit.session, unit.message.territory, fact.person)


def _role(unit: Unit) -> str:
    """The caller's role in a word, for who asked."""
    return str(unit.caller.roles[0]) if unit.caller.roles else "cpts"
