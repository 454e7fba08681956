"""The service object, and what every part of the cell does first."""

from __future__ import annotations

from contracts import cell
from contracts.base import Role
from services.cell import decide, store, tables
from services.platform.errors import NotFound
from services.platform.service import Service
from services.platform.unit import Unit

DUTY = ("coordinatrice", "referent")
DESK = (Role.COORDINATOR, Role.REFERENT, Role.READER)
SERVICE = Service(
    name="cell",
    purpose="The crisis cell: functions and who holds them, sessions, contacts with partners, needs against means",
    says=(
        cell.FunctionAssigned, cell.CellConvened, cell.CellWidened, cell.CellMemberArrived, cell.CellMemberRelieved,
        cell.CellDismissed, cell.PartnerContacted, cell.NeedStated, cell.NeedUpdated, cell.NeedClosed,
        cell.GravityJudged,
    ),
    owns=tables.TABLES,
    projections=tables.PROJECTIONS,
)  # fmt: skip


def require_desk(unit: Unit) -> None:
    """Whoever holds the desk on duty writes; the others read."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY)


def known(unit: Unit, person: str | None) -> str | None:
    """A reference of the directory; refused when nobody has it."""
    if person and not store.knows(unit.session, unit.message.territory, person):
        raise NotFound(f"« {person} » n'est pas à l'annuaire ; choisissez une personne, ou écrivez un nom.")
    return person


def crises(unit: Unit) -> dict[str, decide.Crisis]:
    """Crises of the territory as decisions see them, in order of opening."""
    rows = store.crises(unit.session, unit.message.territory)
    return {row.id: decide.Crisis(row.id, row.playbook, row.closed_at is not None) for row in rows.values()}


def seats(rows: dict[str, tables.FunctionRow]) -> dict[str, decide.Seat]:
    """The roster as decisions see it."""
    return {name: decide.Seat(row.holder, tuple(row.deputies)) for name, row in rows.items()}


def numbers(row: tables.NeedRow) -> decide.Need:
    """A need as decisions see it."""
    return decide.Need(row.kind, row.unit, row.asked, row.available)
