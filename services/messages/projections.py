"""Who holds duty, kept from what the directory tells."""

from __future__ import annotations

from contracts.directory import DutyGiven, DutyTaken
from services.messages import duty, store
from services.messages.store import DutyRow
from services.platform.unit import Unit


def duty_taken(unit: Unit, fact: DutyTaken) -> None:
    """One row for each taking of a role; the calls that found nobody are made to the new holder."""
    territory = unit.territory.territory
    key = f"{territory}|{fact.role}|{fact.version}"
    row = unit.session.get(DutyRow, key) or DutyRow(
        id=key, territory=territory, role=fact.role, version=fact.version, person=fact.person
    )
    row.person, row.deputies = fact.person, list(fact.deputies)
    row.starts_at, row.ends_at = fact.starts_at, fact.ends_at
    unit.session.add(row)
    unit.session.flush()
    duty.duty_taken(unit, fact.role, fact.starts_at)


def duty_given(unit: Unit, fact: DutyGiven) -> None:
    """The person no longer holds the role, as of this version of the duty; a later taking is untouched."""
    if fact.to == fact.person:
        return
    until = fact.until or unit.message.time
    for row in store.duty_rows(unit.session, unit.territory.territory, fact.role):
        theirs = row.person == fact.person and row.version <= fact.version
        if theirs and (row.ends_at is None or row.ends_at > until):
            row.ends_at = until
    unit.session.flush()
