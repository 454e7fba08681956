"""What the cell carries out for its roster and its sessions: load, decide, save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.base import Done, TextRef
from contracts.cell import (
    FUNCTIONS,
    SEATS,
    AssignFunction,
    CellConvened,
    CellDismissed,
    CellFunction,
    CellMemberArrived,
    CellMemberRelieved,
    CellWidened,
    ConveneCell,
    Convened,
    DismissCell,
    FunctionAssigned,
    NotePresence,
    RelieveMember,
)
from services.cell import decide, store
from services.cell.service import SERVICE, crises, known, require_desk, seats
from services.cell.tables import FunctionRow, MemberRow, SessionRow
from services.platform import french
from services.platform.calendar import typed_time
from services.platform.errors import Conflict, Invalid
from services.platform.unit import Unit

__all__ = ["SERVICE"]

NONE_SITS = "Aucune cellule ne siège ; convoquez-la d'abord."


def assign(unit: Unit, territory: str, function: CellFunction, holder: str | None, deputies: Iterable[str]) -> bool:
    """Write a line of the roster and say it; false when it already says so."""
    row, named = store.function_row(unit.session, territory, function), list(dict.fromkeys(deputies))
    if row is not None and (row.holder, row.deputies) == (holder, named):
        return False
    if row is None:
        row = FunctionRow(territory=territory, function=str(function), version=0)
        unit.session.add(row)
    row.version, row.holder, row.deputies = row.version + 1, holder, named
    unit.session.flush()
    fact = FunctionAssigned(function=function, version=row.version, holder=holder, deputies=tuple(named))
    unit.say(fact, territory=territory)
    return True


@SERVICE.does(AssignFunction)
def assign_function(unit: Unit, command: AssignFunction) -> Done:
    """The roster, outside crises or during one."""
    require_desk(unit)
    if command.function not in SEATS:
        raise Invalid("Cette fonction ne s'attribue pas d'avance ; notez une présence le moment venu.")
    deputies = [name for name in command.deputies if name != command.holder]
    for person in (command.holder, *deputies):
        known(unit, person)
    assign(unit, unit.message.territory, command.function, command.holder, deputies)
    return Done(id=str(command.function))


@SERVICE.does(ConveneCell)
def convene(unit: Unit, command: ConveneCell) -> Convened:
    """Call the cell, or widen the one that sits; asked twice, the second is told of the first."""
    require_desk(unit)
    wanted, functions = decide.served(command.crises, crises(unit)), decide.in_order(command.functions)
    row = store.sitting(unit.session, unit.message.territory)
    if row is None:
        return _open(unit, command, wanted, functions or SEATS)
    after = decide.widened(_state(row), wanted, functions)
    if after is None:
        return Convened(id=row.id, status="known", message=_already(unit, row), crises=tuple(row.crises))
    fresh = [name for name in _called(unit, after.functions) if name not in row.called]
    joined = tuple(name for name in after.crises if name not in row.crises)
    widen(unit, row, after.crises, joined=joined, functions=after.functions, called=fresh)
    message = "La cellule siège déjà : elle sert aussi cette crise." if joined else "La cellule appelle ces fonctions."
    return Convened(id=row.id, status="widened", message=message, crises=after.crises, called=tuple(fresh))


def _state(row: SessionRow) -> decide.Sitting:
    functions = tuple(CellFunction(name) for name in row.functions)
    return decide.Sitting(tuple(row.crises), functions, tuple(row.called))


def _called(unit: Unit, functions: Iterable[CellFunction]) -> tuple[str, ...]:
    territory = unit.message.territory
    roster = seats(store.roster(unit.session, territory))
    return decide.call_list(functions, roster, store.on_duty(unit.session, territory, unit.now))


def _already(unit: Unit, row: SessionRow) -> str:
    since = french.when(row.convened_at.astimezone(unit.territory.zone))
    return f"La cellule est déjà convoquée, depuis {since}, par {row.convened_by} ; rien n'a changé."


def _open(unit: Unit, command: ConveneCell, wanted: tuple[str, ...], functions: tuple[CellFunction, ...]) -> Convened:
    starts_at, called = decide.start(command.starts_at, unit.now), _called(unit, functions)
    place = unit.keep(command.place.strip())
    row = SessionRow(
        id=unit.new_id(), territory=unit.message.territory, crises=list(wanted), called=list(called),
        functions=[str(name) for name in functions], place=place.id if place else None, starts_at=starts_at,
        convened_by=unit.caller.id, convened_at=unit.now,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    fact = CellConvened(
        **_body(unit, row), starts_at=starts_at, place=place, functions=functions, called=called, by=row.convened_by
    )
    unit.say(fact)
    return Convened(id=row.id, status="new", message="La cellule est convoquée.", crises=wanted, called=called)


def _body(unit: Unit, row: SessionRow) -> dict[str, object]:
    names = crises(unit)
    plans = tuple(names[name].playbook for name in row.crises if name in names)
    return {"cell": row.id, "version": row.version, "crises": tuple(row.crises), "playbooks": plans}


def widen(
    unit: Unit,
    row: SessionRow,
    serving: Sequence[str],
    *,
    joined: tuple[str, ...] = (),
    left: str | None = None,
    functions: Sequence[CellFunction] = (),
    called: Sequence[str] = (),
) -> None:
    """The session under way serves other crises, or calls other functions."""
    row.version, row.crises, row.called = row.version + 1, list(serving), [*row.called, *called]
    row.functions = [str(name) for name in functions] or row.functions
    unit.session.flush()
    chairs = tuple(CellFunction(name) for name in row.functions)
    unit.say(CellWidened(**_body(unit, row), joined=joined, left=left, functions=chairs, called=tuple(called)))


def dismiss(
    unit: Unit, row: SessionRow, at: datetime, *, crisis_over: bool = False, reason: TextRef | None = None
) -> None:
    """End a session: everybody leaves with it."""
    row.version, row.dismissed_at = row.version + 1, at
    for member in store.present(unit.session, row.id):
        member.left_at = at
    unit.session.flush()
    unit.say(CellDismissed(**_body(unit, row), at=at, crisis_over=crisis_over, reason=reason), at=at)


@SERVICE.does(DismissCell)
def dismiss_cell(unit: Unit, command: DismissCell) -> Done:
    """A person ends the session."""
    require_desk(unit)
    row = _sitting(unit)
    dismiss(unit, row, unit.now, reason=unit.keep(command.reason.strip()))
    return Done(id=row.id)


def _sitting(unit: Unit) -> SessionRow:
    row = store.sitting(unit.session, unit.message.territory)
    if row is None:
        raise Conflict(NONE_SITS)
    return row


def _holding(unit: Unit, row: SessionRow, function: CellFunction, person: str | None = None) -> MemberRow | None:
    """Who sits on a chair. Several guests may be there: only the same person again is one already there."""
    there = [member for member in store.present(unit.session, row.id) if member.function == str(function)]
    if function not in SEATS:
        there = [member for member in there if person and member.person == person]
    return next(iter(there), None)


def _held(member: MemberRow) -> decide.Held:
    return decide.Held(member.arrived_at, member.person)


@SERVICE.does(NotePresence)
def note_presence(unit: Unit, command: NotePresence) -> Done:
    """Somebody is there; the person expected when nobody is named."""
    require_desk(unit)
    row, outsider = _sitting(unit), command.outsider.strip()
    person = known(unit, command.person)
    if not person and not outsider and command.function in SEATS:
        person = next(iter(_called(unit, (command.function,))), None)
    at = typed_time(command.at, unit.now)
    member = _holding(unit, row, command.function, person)
    # A cell is often convened once its first members are there: typed afterwards, they came before.
    started = min(row.convened_at, row.starts_at)
    held = _held(member) if member else None
    if decide.arrival(command.function, person, outsider, held, started, at):
        name = unit.keep(outsider)
        _seat(unit, row, command.function, person, name, at)
        body = _body(unit, row)
        unit.say(CellMemberArrived(**body, function=command.function, person=person, outsider=name, at=at), at=at)
    return Done(id=row.id)


def _seat(
    unit: Unit, row: SessionRow, function: CellFunction, person: str | None, name: TextRef | None, at: datetime
) -> None:
    row.version += 1
    unit.session.add(
        MemberRow(
            id=unit.new_id(), session=row.id, function=str(function), person=person,
            outsider=name.id if name else None, arrived_at=at,
        )
    )  # fmt: skip
    unit.session.flush()


@SERVICE.does(RelieveMember)
def relieve(unit: Unit, command: RelieveMember) -> Done:
    """A function passes on, with a word of handover."""
    require_desk(unit)
    row, outsider = _sitting(unit), command.outsider.strip()
    at, to = typed_time(command.at, unit.now), known(unit, command.to)
    member = _holding(unit, row, command.function)
    if member is None:
        label = FUNCTIONS[command.function][0]
        raise Conflict(f"Personne ne tient « {label} » : notez une présence, pas une relève.")
    decide.relief(command.function, _held(member), to, outsider, at)
    member.left_at = at
    name, handover = unit.keep(outsider), unit.keep(command.handover.strip())
    if to or name:
        _seat(unit, row, command.function, to, name, at)
    else:
        row.version += 1
        unit.session.flush()
    fact = CellMemberRelieved(
        **_body(unit, row), function=command.function, person=member.person, to=to, outsider=name,
        left_by=store.text_ref(unit.session, member.outsider), handover=handover, at=at,
    )  # fmt: skip
    unit.say(fact, at=at)
    return Done(id=row.id)
