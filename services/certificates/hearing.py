"""What the certificates service hears, and what the clock makes it do."""

from __future__ import annotations

from contracts.directory import PersonEnrolled, PersonErased
from contracts.levels import CrisisClosed
from services.certificates import decide, sealing, store
from services.certificates.handlers import SERVICE
from services.platform.unit import Unit

__all__ = ["SERVICE"]

SERVICE.next_due = store.next_moment


@SERVICE.on(PersonEnrolled)
def person_enrolled(unit: Unit, fact: PersonEnrolled) -> None:
    """Know who certifies, where and when."""
    store.enrol(unit.session, unit.message.territory, fact)


@SERVICE.on(PersonErased)
def person_erased(unit: Unit, fact: PersonErased) -> None:
    """Nobody will be asked under this reference again."""
    store.strike_off(unit.session, unit.message.territory, fact.person)


@SERVICE.on(CrisisClosed)
def crisis_closed(unit: Unit, fact: CrisisClosed) -> None:
    """Erase what is sealed: now for what is over, as soon as it ends for what still waits."""
    unit.session.flush()
    for row in store.sealed_in(unit.session, unit.message.territory):
        if row.ended_at is not None:
            sealing.erase(unit, row)
        else:
            row.erase_when_ended = True


@SERVICE.ticks
def escalate_what_waits(unit: Unit) -> None:
    """A request nobody took in time goes to the person on duty, once."""
    unit.session.flush()
    for row in store.to_escalate(unit.session, unit.now):
        state = store.body(unit.session, row)
        fact = decide.escalate(state, unit.territory_named(row.territory), unit.now)
        store.apply(row, fact)
        row.escalated_at, row.escalate_at = unit.now, None
        unit.say(fact, territory=row.territory)


@SERVICE.ticks
def erase_what_is_over(unit: Unit) -> None:
    """Sealed data do not outlive their use."""
    unit.session.flush()
    for row in store.to_erase(unit.session, unit.now):
        sealing.erase(unit, row)
