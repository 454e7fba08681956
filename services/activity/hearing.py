"""What the activity service hears: structures with their cadence, and when crises ran."""

from __future__ import annotations

from contracts.directory import StructureEnrolled
from contracts.levels import CrisisClosed, CrisisOpened
from services.activity import store
from services.activity.handlers import SERVICE
from services.platform.unit import Unit

__all__ = ["SERVICE"]


@SERVICE.on(StructureEnrolled)
def structure_enrolled(unit: Unit, fact: StructureEnrolled) -> None:
    """Know the structure, its cadence and its closures."""
    territory = unit.message.territory
    row = store.find_structure(unit.session, territory, fact.structure)
    if row is not None and row.version > fact.version:
        return
    fields = fact.model_dump(mode="json", include={"version", "name", "commune", "reporting", "closures"})
    unit.session.merge(store.StructureRow(territory=territory, structure=fact.structure, **fields))
    unit.session.flush()


@SERVICE.on(CrisisOpened)
def crisis_opened(unit: Unit, fact: CrisisOpened) -> None:
    """Its days are days whose figures will be settled."""
    if unit.session.get(store.CrisisRow, fact.crisis) is None:
        unit.session.add(store.CrisisRow(id=fact.crisis, territory=unit.message.territory, opened_at=fact.opened_at))
        unit.session.flush()


@SERVICE.on(CrisisClosed)
def crisis_closed(unit: Unit, fact: CrisisClosed) -> None:
    """From here its late reports are counted in days."""
    unit.session.merge(
        store.CrisisRow(
            id=fact.crisis, territory=unit.message.territory, opened_at=fact.opened_at, closed_at=fact.closed_at
        )
    )
    unit.session.flush()
