"""What the slots service hears, and what the clock makes it do."""

from __future__ import annotations

from contracts.directory import PersonEnrolled, PersonErased
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged
from contracts.solicitations import SolicitationEnding
from services.platform.unit import Unit
from services.slots import decide, store
from services.slots import solicitation_store as kept
from services.slots.solicitations import SERVICE, end

__all__ = ["SERVICE"]

SERVICE.next_due = kept.next_end


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
    """Its slots that still had places are withdrawn; patients already booked keep theirs. Its solicitations end."""
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
    for row_open in kept.open_for(unit.session, row.territory, fact.crisis):
        end(unit, row_open, SolicitationEnding.CRISE)


@SERVICE.on(PersonEnrolled)
def person_enrolled(unit: Unit, fact: PersonEnrolled) -> None:
    """Know who can be asked for places, in which groups and where."""
    kept.enrol(unit.session, unit.message.territory, fact)


@SERVICE.on(PersonErased)
def person_erased(unit: Unit, fact: PersonErased) -> None:
    """Their line goes with their name, and nobody asks them for places any more."""
    store.forget_phone(unit.session, unit.message.territory, fact.person)
    kept.strike_off(unit.session, unit.message.territory, fact.person)


@SERVICE.ticks
def close_what_is_over(unit: Unit) -> None:
    """A period that has ended waits for no answer."""
    unit.session.flush()
    for row in kept.over(unit.session, unit.now):
        end(unit, row, SolicitationEnding.PERIODE)
