"""Crises as the digests follow them: they decide whether a point is due at all."""

from __future__ import annotations

from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged, PlanAdopted
from services.digests import known
from services.digests.decide import first_step
from services.digests.hear import WATCHED, proposal, told
from services.digests.projection import Watch, keep
from services.digests.service import SERVICE
from services.digests.store import CalendarRow
from services.platform.unit import Unit

CRISIS = Watch("crisis", lambda f: f.crisis, told, lambda data: not data.get("closed_at"), merge=True)
LEVEL = Watch("level", lambda f: f"{f.crisis}:{f.version}", told)
ACCEPTED = proposal("accepted")
WATCHED.update({CrisisOpened: CRISIS, LevelChanged: CRISIS, PlanAdopted: CRISIS, CrisisClosed: CRISIS})


@SERVICE.on(CrisisOpened)
def crisis_opened(unit: Unit, fact: CrisisOpened) -> None:
    """From now on a point is due each day."""
    keep(unit, fact, CRISIS)
    if unit.session.get(CalendarRow, unit.message.territory) is None:
        step = first_step(unit.territory, fact.opened_at)
        row = CalendarRow(territory=unit.message.territory, what=step.what, due_at=step.due_at)
        unit.session.add(row)
        unit.session.flush()


@SERVICE.on(LevelChanged)
def level_changed(unit: Unit, fact: LevelChanged) -> None:
    """The crisis moves; the change itself is kept; the proposal behind it no longer waits."""
    keep(unit, fact, CRISIS)
    keep(unit, fact, LEVEL)
    if fact.proposal:
        keep(unit, fact, ACCEPTED)


@SERVICE.on(PlanAdopted)
def plan_adopted(unit: Unit, fact: PlanAdopted) -> None:
    """The crisis follows another version of its plan; its level stays."""
    keep(unit, fact, CRISIS)


@SERVICE.on(CrisisClosed)
def crisis_closed(unit: Unit, fact: CrisisClosed) -> None:
    """The last crisis closed: nothing more is due."""
    keep(unit, fact, CRISIS)
    unit.session.flush()
    row = unit.session.get(CalendarRow, unit.message.territory)
    if row is not None and not known.any_crisis_open(unit.session, unit.message.territory):
        unit.session.delete(row)
        unit.session.flush()
