"""Writing people, structures and duty: shared by the commands and by the first enrolment from the territory file."""

from __future__ import annotations

from contracts.directory import ChangeDuty, EnrollPerson, EnrollStructure, PersonEnrolled, StructureEnrolled
from services.directory import store
from services.directory.decide import Span, change_duty
from services.platform.errors import NotFound
from services.platform.unit import Unit

PERSON_FIELDS = ("name", "function", "profession", "structure", "certifies", "email", "phone")
PERSON_LISTS = ("roles", "communes", "groups", "channels")


def write_person(unit: Unit, territory: str, entry: EnrollPerson, seed_digest: str | None = None) -> bool:
    """Add or change a person and say so; returns whether they are new. Contacts stay out of the fact."""
    row = store.person_of(unit.session, territory, entry.person)
    new = row is None
    row = row or store.PersonRow(territory=territory, person=entry.person, version=0)
    row.version += 1
    for field in PERSON_FIELDS:
        setattr(row, field, getattr(entry, field))
    for field in PERSON_LISTS:
        setattr(row, field, [str(value) for value in getattr(entry, field)])
    row.bands = [band.model_dump(mode="json") for band in entry.bands]
    if seed_digest is not None:
        row.seed_digest = seed_digest
    unit.session.add(row)
    unit.session.flush()
    shared = {name: getattr(entry, name) for name in PersonEnrolled.model_fields if name != "version"}
    unit.say(PersonEnrolled(version=row.version, **shared), territory=territory)
    return new


def write_structure(unit: Unit, territory: str, entry: EnrollStructure, seed_digest: str | None = None) -> bool:
    """Add or change a structure and say so; returns whether it is new."""
    row = store.structure_of(unit.session, territory, entry.structure)
    new = row is None
    row = row or store.StructureRow(
        territory=territory, structure=entry.structure, version=0, kind="", name="", commune=""
    )
    row.version += 1
    row.kind, row.name, row.commune = entry.kind, entry.name, entry.commune
    row.professions = list(entry.professions)
    row.reporting = entry.reporting.model_dump(mode="json")
    row.closures = [closure.model_dump(mode="json") for closure in entry.closures]
    if seed_digest is not None:
        row.seed_digest = seed_digest
    unit.session.add(row)
    unit.session.flush()
    shared = {name: getattr(entry, name) for name in StructureEnrolled.model_fields if name != "version"}
    unit.say(StructureEnrolled(version=row.version, **shared), territory=territory)
    return new


def known_person(unit: Unit, territory: str, ref: str) -> store.PersonRow:
    """A person of the directory. Raises ``NotFound`` when unknown or erased."""
    row = store.person_of(unit.session, territory, ref)
    if row is None or row.erased:
        raise NotFound(f"« {ref} » n'est pas dans l'annuaire de ce territoire.")
    return row


def spans_of(rows: list[store.DutyRow]) -> list[Span]:
    """Rows as the rules read them."""
    return [Span(row.role, row.person, tuple(row.deputies), row.starts_at, row.ends_at, row.version) for row in rows]


def write_duty(unit: Unit, territory: str, duty: ChangeDuty) -> int:
    """Give a duty role to a person and say so; returns the version. Raises as ``decide.change_duty``."""
    rows = store.duty_history(unit.session, territory, duty.role)
    starts_at = duty.starts_at or unit.now
    wanted = Span(
        role=duty.role,
        person=duty.person,
        deputies=tuple(ref for ref in dict.fromkeys(duty.deputies) if ref != duty.person),
        starts_at=starts_at,
        ends_at=duty.ends_at,
        version=max((row.version for row in rows), default=0) + 1,
    )
    taken, given, cut = change_duty(spans_of(rows), wanted, unit.now)
    for row in rows:
        if cut is not None and row.version == cut.version:
            row.ends_at = starts_at
            row.end_told = starts_at <= unit.now or given is not None  # the clock has nothing left to tell
    unit.session.add(_duty_row(territory, wanted))
    unit.session.flush()
    if given is not None:
        unit.say(given, territory=territory)
    unit.say(taken, territory=territory)
    return wanted.version


def _duty_row(territory: str, span: Span) -> store.DutyRow:
    return store.DutyRow(
        territory=territory,
        role=span.role,
        version=span.version,
        person=span.person,
        deputies=list(span.deputies),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
    )
