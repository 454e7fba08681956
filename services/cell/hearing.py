"""What the cell hears: crises, people and duty; and the roster of the territory file, at first start."""

from __future__ import annotations

from pydantic import ValidationError

from contracts.cell import SEATS, AssignFunction, CellFunction
from contracts.directory import DutyGiven, DutyTaken, PersonEnrolled, PersonErased
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged
from services.cell import decide, store
from services.cell.handlers import assign, dismiss, widen
from services.cell.recording import SERVICE, end_need
from services.cell.tables import CrisisRow, DutyRow, PersonRow
from services.platform.errors import BadSettings
from services.platform.territory import Territory
from services.platform.unit import Unit

__all__ = ["SERVICE"]


@SERVICE.starts
def seed_roster(unit: Unit) -> None:
    """Take the roster of each territory file, once a function: afterwards it lives on the desk."""
    for territory in unit.territories.values():
        for line in _lines(territory):
            if store.function_row(unit.session, territory.territory, line.function) is None:
                assign(unit, territory.territory, line.function, line.holder, line.deputies)


def _lines(territory: Territory) -> list[AssignFunction]:
    """The roster of a file; raises ``BadSettings``, naming the line."""
    found = []
    for entry in territory.seed.get("cell", ()):
        where = f"Territoire {territory.territory}, « seed », « cell » : {entry}"
        try:
            line = AssignFunction.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            raise BadSettings(f"{where} : {' › '.join(map(str, first['loc']))} {first['msg']}") from error
        if line.function not in SEATS:
            raise BadSettings(f"{where} : cette fonction n'existe pas ; prenez l'une de {', '.join(SEATS)}")
        found.append(line)
    return found


@SERVICE.on(CrisisOpened)
def crisis_opened(unit: Unit, fact: CrisisOpened) -> None:
    """The cell may be called for it. A session under way is not widened by itself: a person does that."""
    if unit.session.get(CrisisRow, fact.crisis) is None:
        fields = fact.model_dump(include={"playbook", "opened_at"})
        unit.session.add(CrisisRow(id=fact.crisis, territory=unit.message.territory, **fields))
        unit.session.flush()


@SERVICE.on(LevelChanged)
def level_changed(unit: Unit, fact: LevelChanged) -> None:
    """The page of means says the level beside the means."""
    row = unit.session.get(CrisisRow, fact.crisis)
    if row is not None and row.version < fact.version:
        row.level, row.version = fact.level, fact.version
        unit.session.flush()


@SERVICE.on(CrisisClosed)
def crisis_closed(unit: Unit, fact: CrisisClosed) -> None:
    """Its needs end with it; the session stays for the other crises, or is dismissed with its last."""
    territory = unit.message.territory
    row = unit.session.get(CrisisRow, fact.crisis)
    if row is not None and row.closed_at is not None:
        return
    fields = fact.model_dump(include={"playbook", "version", "opened_at", "closed_at"})
    unit.session.merge(CrisisRow(id=fact.crisis, territory=territory, level=0, **fields))
    unit.session.flush()
    for need in store.open_needs(unit.session, territory, fact.crisis):
        met = decide.missing(need.asked, need.available) == 0
        end_need(unit, need, "met" if met else "dropped", unit.keep("La crise est close."))
    cell = store.sitting(unit.session, territory)
    if cell is None or fact.crisis not in cell.crises:
        return
    remaining = [name for name in cell.crises if name != fact.crisis]
    if remaining:
        widen(unit, cell, remaining, left=fact.crisis)
    else:
        dismiss(unit, cell, fact.closed_at, crisis_over=True)


@SERVICE.on(PersonEnrolled)
def person_enrolled(unit: Unit, fact: PersonEnrolled) -> None:
    """A reference the roster and the presences may name."""
    unit.session.merge(PersonRow(territory=unit.message.territory, person=fact.person))
    unit.session.flush()


@SERVICE.on(PersonErased)
def person_erased(unit: Unit, fact: PersonErased) -> None:
    """The roster calls the next deputy instead; what was noted keeps the reference."""
    territory = unit.message.territory
    row = unit.session.get(PersonRow, (territory, fact.person))
    if row is not None:
        unit.session.delete(row)
        unit.session.flush()
    for line in store.roster(unit.session, territory).values():
        people = [name for name in (line.holder, *line.deputies) if name and name != fact.person]
        assign(unit, territory, CellFunction(line.function), next(iter(people), None), people[1:])


@SERVICE.on(DutyTaken)
def duty_taken(unit: Unit, fact: DutyTaken) -> None:
    """Who decides today takes the chair of the pilot or of the coordination."""
    territory = unit.message.territory
    row = unit.session.get(DutyRow, (territory, fact.role))
    if row is None or row.version < fact.version:
        fields = fact.model_dump(include={"role", "version", "person", "starts_at", "ends_at"})
        unit.session.merge(DutyRow(territory=territory, **fields))
        unit.session.flush()


@SERVICE.on(DutyGiven)
def duty_given(unit: Unit, fact: DutyGiven) -> None:
    """It is over: whoever comes next has it, or nobody."""
    row = unit.session.get(DutyRow, (unit.message.territory, fact.role))
    if row is None or row.person != fact.person or row.version > fact.version:
        return
    if fact.to:
        row.person, row.ends_at = fact.to, None
    else:
        row.ends_at = fact.until or unit.now
    unit.session.flush()
