"""First enrolment: structures, people and duty of the territory file, real and exercise apart, once."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from contracts.base import is_exercise
from contracts.directory import ChangeDuty, EnrollPerson, EnrollStructure
from services.directory import store
from services.directory.decide import digest_of
from services.directory.enrolment import write_duty, write_person, write_structure
from services.platform.errors import BadSettings
from services.platform.territory import Territory
from services.platform.unit import Unit

M = TypeVar("M", bound=BaseModel)

#: A number reserved to fiction: in an exercise nobody's telephone rings.
EXERCISE_PHONE = "+33639980000"


def enrol_territory(unit: Unit, territory: Territory) -> None:
    """Enrol what the file says and this directory does not know yet, or knows otherwise.

    An entry changed in the file since the last start is written again with a new version; an erased
    person never comes back. Duty is only written when the role was never held. Raises ``BadSettings``.
    """
    name = territory.territory
    for entry in territory.seed.get("structures", ()):
        structure = _parse(EnrollStructure, entry, name)
        known = store.structure_of(unit.session, name, structure.structure)
        if known is None or known.seed_digest != digest_of(entry):
            write_structure(unit, name, structure, digest_of(entry))
    for entry in territory.seed.get("people", ()):
        person = _parse(EnrollPerson, entry, name)
        found = store.person_of(unit.session, name, person.person)
        if found is None or (not found.erased and found.seed_digest != digest_of(entry)):
            write_person(unit, name, contacts_for(person, name), digest_of(entry))
    for entry in territory.seed.get("duty", ()):
        duty = _parse(ChangeDuty, entry, name)
        if not store.duty_history(unit.session, name, duty.role):
            write_duty(unit, name, duty)


def contacts_for(person: EnrollPerson, territory: str) -> EnrollPerson:
    """The same person; in an exercise, with contacts that reach nobody."""
    if not is_exercise(territory):
        return person
    return person.model_copy(
        update={
            "email": f"{person.person}@exercice.invalid" if person.email else None,
            "phone": EXERCISE_PHONE if person.phone else None,
            "channels": (),
        }
    )


def _parse(model: type[M], entry: dict[str, Any], territory: str) -> M:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = " › ".join(str(part) for part in first["loc"])
        raise BadSettings(f"Territoire {territory}, « seed » : {entry} : {where} {first['msg']}") from error
