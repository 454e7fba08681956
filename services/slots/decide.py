"""Decisions on slots: pure functions from the state of a slot and a command to the fact that follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from contracts.slots import (
    BookSlot,
    MoveSlot,
    OfferSlot,
    SlotBody,
    SlotBooked,
    SlotMoved,
    SlotOffered,
    SlotOpened,
    SlotReleased,
    SlotState,
    SlotWithdrawn,
)
from services.platform.calendar import A_YEAR
from services.platform.errors import Conflict, Invalid
from services.platform.territory import Territory

MAX_DURATION = timedelta(hours=24)
REFERENCE = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
#: Who may be named as asking for places; anything else could be a patient.
ASKERS = frozenset(
    {"samu", "sas", "ars", "cpts", "regulation", "pdsa", "mairie", "ccas", "dac", "ehpad", "hopital", "officine"}
)
CRISIS_OVER = "fin de crise"
BY_HAND = "retrait demandé"


def offer(
    command: OfferSlot, slot: str, territory: Territory, crisis: str | None, entered_by: str | None
) -> SlotOffered:
    """A new slot; refused when it makes no sense or would name someone."""
    if not REFERENCE.match(command.professional):
        raise Invalid("Donnez la référence du professionnel dans l'annuaire (par exemple « med-1 »), pas son nom.")
    if not territory.has_commune(command.commune):
        raise Invalid(f"La commune {command.commune} n'est pas du territoire ; vérifiez le code INSEE.")
    if command.state not in {SlotState.ACTIVABLE, SlotState.OUVERT}:
        raise Invalid("Une plage proposée est « ouvert » ou « activable ».")
    fields = command.model_dump(exclude={"phone", "crisis", "offered_at"})
    return SlotOffered(slot=slot, version=1, booked=0, crisis=crisis, entered_by=entered_by, **fields)


def check_times(command: OfferSlot, now: datetime) -> None:
    """Refuse hours that make no slot: upside down, too long, over, or more than a year away."""
    if command.ends_at <= command.starts_at:
        raise Invalid("La fin de la plage précède son début ; corrigez les heures.")
    if command.ends_at - command.starts_at > MAX_DURATION:
        raise Invalid("Une plage dure au plus 24 heures ; proposez-en plusieurs.")
    if command.starts_at > now + A_YEAR:
        raise Invalid("Cette plage est à plus d'un an ; corrigez la date.")
    not_over(command.ends_at, now)


def not_over(ends_at: datetime, now: datetime) -> None:
    """Refuse what can no longer serve anyone."""
    if ends_at <= now:
        raise Conflict("Cette plage est terminée ; choisissez-en une autre.")


def crisis_of(given: str | None, closed: Mapping[str, bool]) -> str | None:
    """The crisis a slot is given to: the one named, else the only one open. ``closed`` says which are over."""
    if given is not None:
        if closed.get(given, False):
            raise Conflict("Cette crise est close ; proposez la plage sans crise, ou pour une crise en cours.")
        return given
    running = [name for name, over in closed.items() if not over]
    return running[0] if len(running) == 1 else None


def open_now(slot: SlotBody) -> SlotOpened:
    """From activable to bookable."""
    if slot.state == SlotState.RETIRE:
        raise Conflict("Cette plage a été retirée ; proposez-en une nouvelle.")
    if slot.state == SlotState.OUVERT:
        raise Conflict("Cette plage est déjà ouverte.")
    return SlotOpened(**_next(slot, state=SlotState.OUVERT))


def book(slot: SlotBody, command: BookSlot, booking: str, asked_by: str, at: datetime) -> SlotBooked:
    """Take places, never more than remain."""
    if slot.state == SlotState.ACTIVABLE:
        raise Conflict("Cette plage n'est pas encore ouverte ; demandez à la personne d'astreinte de l'ouvrir.")
    if slot.state != SlotState.OUVERT:
        raise Conflict("Cette plage a été retirée ; choisissez-en une autre.")
    not_over(slot.ends_at, at)
    free = slot.places - slot.booked
    if command.count > free:
        raise Conflict(_too_many(free), remaining=free)
    changed = _next(slot, booked=slot.booked + command.count)
    return SlotBooked(booking=booking, count=command.count, asked_by=asked_by, **changed)


def release(slot: SlotBody, booking: str, count: int, *, released: bool) -> SlotReleased:
    """Give places back; in a slot already withdrawn they vanish instead of becoming free."""
    if released:
        raise Conflict("Cette réservation a déjà été rendue.")
    places = slot.places - count if slot.state == SlotState.RETIRE else slot.places
    return SlotReleased(booking=booking, count=count, **_next(slot, booked=slot.booked - count, places=places))


def withdraw(slot: SlotBody, reason: str = BY_HAND) -> SlotWithdrawn:
    """No further booking: what is booked stands, what is not is gone."""
    if slot.state == SlotState.RETIRE:
        raise Conflict("Cette plage est déjà retirée.")
    return SlotWithdrawn(reason=reason, **_next(slot, state=SlotState.RETIRE, places=slot.booked))


def move(
    slot: SlotBody, command: MoveSlot, to_slot: str, closed: Mapping[str, bool], now: datetime
) -> tuple[SlotMoved, SlotOffered]:
    """Places not yet booked pass to another crisis: what becomes of the slot they leave, and the slot they make."""
    if slot.state == SlotState.RETIRE:
        raise Conflict("Cette plage a été retirée ; proposez-en une nouvelle pour l'autre crise.")
    not_over(slot.ends_at, now)
    if closed.get(command.crisis, True):
        raise Conflict("Cette crise n'est pas ouverte ; choisissez une crise en cours.")
    if command.crisis == slot.crisis:
        raise Conflict("Ces places sont déjà pour cette crise.")
    free_places = slot.places - slot.booked
    count = free_places if command.places is None else command.places
    if count > free_places or not count:
        raise Conflict(_too_many(free_places), remaining=free_places)
    left = slot.places - count
    state = slot.state if left > slot.booked else SlotState.RETIRE
    gone = SlotMoved(count=count, to_crisis=command.crisis, to_slot=to_slot, **_next(slot, places=left, state=state))
    made = slot.model_dump() | {"slot": to_slot, "version": 1, "booked": 0, "places": count, "crisis": command.crisis}
    return gone, SlotOffered(**made | {"moved_from": slot.slot, "from_crisis": slot.crisis})


def withdrawn_at_the_end(slots: Iterable[SlotBody]) -> list[SlotWithdrawn]:
    """What a crisis that closes takes back: its slots that still had places."""
    unused = (slot for slot in slots if slot.state != SlotState.RETIRE and slot.booked < slot.places)
    return [withdraw(slot, CRISIS_OVER) for slot in unused]


def withdrawable(slot: SlotBody, offered_at: datetime, lowered_at: datetime | None, now: datetime) -> bool:
    """Whether to suggest withdrawing: given before the level went down, still to come, nobody booked."""
    if lowered_at is None or offered_at > lowered_at or slot.state == SlotState.RETIRE:
        return False
    return slot.booked == 0 and slot.starts_at > now


def asker(given: str | None, role: str, partners: Iterable[str]) -> str:
    """Which service asks for the places, in one known word. A name is refused: a fact never carries a patient."""
    if not given:
        return role
    word = given.strip().lower().replace("é", "e").replace("ô", "o").split(" ")[0]
    if word in ASKERS or word in {partner.lower() for partner in partners} or word == role:
        return word
    raise Invalid("Dites quel service demande la place (samu, sas, mairie…) ; jamais un nom ni un patient.")


def free(slot: SlotBody) -> int:
    """Places that can be booked now."""
    return slot.places - slot.booked if slot.state == SlotState.OUVERT else 0


def _next(slot: SlotBody, **changes: object) -> dict[str, object]:
    return {name: getattr(slot, name) for name in SlotBody.model_fields} | changes | {"version": slot.version + 1}


def _too_many(free_places: int) -> str:
    if free_places == 0:
        return "Cette plage est complète ; choisissez-en une autre."
    return f"Il ne reste que {free_places} place{'s' if free_places > 1 else ''} ; réduisez la demande."
