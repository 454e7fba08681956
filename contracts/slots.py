"""Slots: crisis capacity offered by professionals, by day, commune and profession."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, Question, TextRef


class SlotMode(OpenEnum):
    """How the patient is seen."""

    CONSULTATION = "consultation"
    VISITE = "visite"
    TELECONSULTATION = "teleconsultation"
    AUTRE = "autre"


class SlotState(OpenEnum):
    """``activable`` may be opened when tension rises; ``ouvert`` can be booked now."""

    ACTIVABLE = "activable"
    OUVERT = "ouvert"
    RETIRE = "retire"
    AUTRE = "autre"


class SlotBody(Fact):
    """State of a slot. ``places`` offered, ``booked`` taken; the line to dial stays with the owner.

    ``crisis`` tags capacity given to one crisis; ``entered_by`` is set when someone typed it for another.
    ``moved_from`` is the slot these places were taken from, ``from_crisis`` the crisis that gave them up.
    """

    slot: str
    version: int
    professional: str
    profession: str
    commune: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    places: int
    booked: int
    mode: SlotMode
    state: SlotState
    crisis: str | None = None
    entered_by: str | None = None
    moved_from: str | None = None
    from_crisis: str | None = None


class SlotOffered(SlotBody):
    """Capacity exists from now on."""

    entity: ClassVar[str] = "slot"
    happened: ClassVar[str] = "offered"


class SlotOpened(SlotBody):
    """An activable slot may now be booked."""

    entity: ClassVar[str] = "slot"
    happened: ClassVar[str] = "opened"


class SlotBooked(SlotBody):
    """``count`` places taken in one booking, asked by a role (SAMU, SAS…), never with a patient."""

    entity: ClassVar[str] = "slot"
    happened: ClassVar[str] = "booked"

    booking: str
    count: int
    asked_by: str


class SlotReleased(SlotBody):
    """A booking was given back."""

    entity: ClassVar[str] = "slot"
    happened: ClassVar[str] = "released"

    booking: str
    count: int


class SlotWithdrawn(SlotBody):
    """No further booking; places already taken stand, so ``places`` is now what is ``booked``.

    ``reason`` is one of a few fixed wordings; what a person wrote is in ``words``.
    """

    entity: ClassVar[str] = "slot"
    happened: ClassVar[str] = "withdrawn"

    reason: str = ""
    words: TextRef | None = None


class SlotMoved(SlotBody):
    """``count`` places not yet booked pass to another crisis, as the slot ``to_slot``; what is booked stands here."""

    entity: ClassVar[str] = "slot"
    happened: ClassVar[str] = "moved"

    count: int
    to_crisis: str
    to_slot: str
    words: TextRef | None = None


class OfferSlot(Command):
    """Offer capacity; 1 to 200 places over at most 24 hours."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "offer"

    professional: str = Field(min_length=1, max_length=63)
    profession: str = Field(min_length=1, max_length=40)
    commune: str = Field(min_length=5, max_length=5)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    places: int = Field(ge=1, le=200)
    mode: SlotMode = SlotMode.CONSULTATION
    state: SlotState = SlotState.OUVERT
    phone: str | None = Field(default=None, max_length=30)
    crisis: str | None = None
    offered_at: AwareDatetime | None = Field(default=None, description="when it was offered, if typed afterwards")


class OpenSlot(Command):
    """Activate a slot."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "open"

    slot: str


class BookSlot(Command):
    """Take places; refused when fewer remain."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "book"

    slot: str
    count: int = Field(default=1, ge=1, le=50)
    asked_by: str | None = Field(default=None, max_length=60)
    booked_at: AwareDatetime | None = Field(default=None, description="when it was booked, if typed afterwards")


class Booked(Contract):
    """``id`` is the booking, to give back; ``remaining`` what is left in the slot; ``phone`` the line to dial."""

    id: str
    slot: str
    remaining: int
    phone: str | None = None


class ReleaseSlot(Command):
    """Give a booking back."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "release"

    slot: str
    booking: str


class WithdrawSlot(Command):
    """Withdraw what is not booked."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "withdraw"

    slot: str
    reason: str = Field(default="", max_length=300)


class MoveSlot(Command):
    """Give places not yet booked to another crisis; all of them without ``places``."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "move"

    slot: str
    crisis: str = Field(min_length=1, max_length=63)
    places: int | None = Field(default=None, ge=1, le=200)
    reason: str = Field(default="", max_length=300)


class ListSlots(ListQuestion):
    """Slots of a day, or from today on. Never a professional for those outside the CPTS.

    The desk receives each with its ``bookings`` still held (``id, count, asked_by, booked_at``); a professional
    their own, with what is taken. The SAMU, or whoever asks for what is ``bookable``,
    receives what can be booked now (``id, commune, profession, starts_at, ends_at, free, mode``); the ARS
    totals by day, commune and profession.
    """

    service: ClassVar[str] = "slots"
    what: ClassVar[str] = "list"

    day: str | None = None
    commune: str | None = None
    state: str | None = None
    bookable: bool = False


class AskCapacity(Question):
    """Totals by day and commune between two days, both included; a ``Page`` of ``CapacityRow``.

    With ``by_crisis``, the places of each crisis apart, those of none under an empty one.
    """

    service: ClassVar[str] = "slots"
    what: ClassVar[str] = "capacity"

    first: str
    last: str
    by_crisis: bool = False


class CapacityRow(Contract):
    """Places open, taken and free in one commune on one day; ``crisis`` when they were asked apart."""

    day: str
    commune: str
    profession: str
    places: int
    booked: int
    free: int
    crisis: str | None = None


SlotVerb = Literal["open", "book", "release", "withdraw", "move"]
