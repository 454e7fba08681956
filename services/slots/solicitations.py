"""Places asked of professionals, and their answers: load, decide, save."""

from __future__ import annotations

from contracts.base import Created, Done, Role
from contracts.solicitations import (
    AnswerSolicitation,
    CloseSolicitation,
    SolicitationAnswer,
    SolicitationEnding,
    SolicitPlaces,
)
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.unit import Unit
from services.slots import decide, soliciting, store
from services.slots import solicitation_store as kept
from services.slots.handlers import DUTY, SERVICE

__all__ = ["SERVICE"]


def _require_desk(unit: Unit) -> None:
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY)


def _find(unit: Unit, solicitation: str) -> kept.SolicitationRow:
    row = kept.find(unit.session, unit.message.territory, solicitation)
    if row is None:
        raise NotFound("Cette sollicitation n'existe pas ; reprenez son numéro dans la liste.")
    return row


def _speaks_for(unit: Unit, person: str | None) -> str:
    """Whose answer this is: the caller's own, or someone's that the desk on duty types."""
    caller = unit.caller
    themself = caller.kind == "person" and person in {None, caller.id} and caller.has(Role.PROFESSIONAL)
    if themself or (caller.kind == "role" and caller.has(Role.PROFESSIONAL) and person):
        unit.require(Role.PROFESSIONAL)
        return person or caller.id
    if caller.has(Role.PROFESSIONAL) and not caller.has(Role.COORDINATOR, Role.REFERENT):
        raise Forbidden("Vous répondez pour vous seulement ; pour un confrère, appelez l'astreinte.")
    _require_desk(unit)
    if not person:
        raise Invalid("Dites qui répond : sa référence dans l'annuaire (professional).")
    return person


@SERVICE.does(SolicitPlaces)
def solicit(unit: Unit, command: SolicitPlaces) -> Created:
    """Ask professionals for places; who is asked is fixed from now on."""
    _require_desk(unit)
    territory = unit.message.territory
    soliciting.check(command, unit.territory, unit.now)
    crises = store.crises(unit.session, territory)
    crisis = decide.crisis_of(command.crisis, {name: row.closed_at is not None for name, row in crises.items()})
    asked = soliciting.addressees(command, kept.people(unit.session, territory))
    fact = soliciting.solicit(command, unit.new_id(), asked, crisis, unit.keep(command.text.strip()))
    kept.new_solicitation(unit.session, fact, territory, unit.caller.id, unit.now)
    unit.say(fact)
    return Created(id=fact.solicitation)


@SERVICE.does(AnswerSolicitation)
def answer(unit: Unit, command: AnswerSolicitation) -> Done:
    """What someone asked says; it replaces what they had said."""
    person = _speaks_for(unit, command.professional)
    row = _find(unit, command.solicitation)
    asked = kept.addressee(unit.session, row.id, person)
    if asked is None:
        raise Forbidden("Cette sollicitation ne s'adresse pas à cette personne ; reprenez la liste.")
    state = kept.body(row)
    soliciting.not_over(state, unit.now, closed=row.closed_at is not None)
    previous = SolicitationAnswer(asked.answer) if asked.answer else None
    entered_by = unit.caller.id if unit.caller.id != person else None
    fact = soliciting.answer(state, person, command.answer, previous, entered_by)
    if fact is not None:
        row.version = fact.version
        asked.answer, asked.answered_at, asked.entered_by = str(fact.answer), unit.now, entered_by
        unit.say(fact)
    return Done(id=row.id)


@SERVICE.does(CloseSolicitation)
def close(unit: Unit, command: CloseSolicitation) -> Done:
    """Take no more answers."""
    _require_desk(unit)
    row = _find(unit, command.solicitation)
    if row.closed_at is not None:
        raise Conflict("Cette sollicitation est déjà close.")
    end(unit, row, SolicitationEnding.CLOSE)
    return Done(id=row.id)


def end(unit: Unit, row: kept.SolicitationRow, ending: SolicitationEnding) -> None:
    """No more answers, and say so with what was answered; a period that ended did so at its hour."""
    unit.session.flush()
    answers = [
        SolicitationAnswer(asked.answer) if asked.answer else None
        for asked in kept.addressees(unit.session, [row.id])[row.id]
    ]
    fact = soliciting.close(kept.body(row), ending, answers)
    row.version, row.ending = fact.version, str(ending)
    row.closed_at = row.ends_at if ending == SolicitationEnding.PERIODE else unit.now
    unit.say(fact, territory=row.territory, at=row.closed_at)
