"""Records kept: functions and agreements, stock, premises, trainings. Load, decide, save."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from contracts.base import Created, Done
from contracts.readiness import (
    CheckRecord,
    GovernanceEntry,
    GovernanceNoted,
    KeepGovernance,
    KeepPremises,
    KeepStock,
    NoteTraining,
    PremisesEntry,
    PremisesKept,
    RecordBody,
    RecordChecked,
    RecordRemoved,
    RemoveRecord,
    Shelf,
    StockEntry,
    StockFlagged,
    StockKept,
    TrainingEntry,
    TrainingNoted,
)
from services.platform.calendar import local_day
from services.platform.errors import Invalid, NotFound
from services.platform.unit import Unit
from services.readiness import decide, store
from services.readiness.service import KEEPERS, SERVICE

Keep = KeepGovernance | KeepStock | KeepPremises | NoteTraining
AUTHOR = "tocsin"


class Kind(NamedTuple):
    """A shelf: what stands on it, what its fact is, and the field that names a record."""

    shelf: Shelf
    entry: type[Any]
    fact: type[RecordBody]
    label: str


KINDS: dict[type[Any], Kind] = {
    KeepGovernance: Kind(Shelf.GOUVERNANCE, GovernanceEntry, GovernanceNoted, "function"),
    KeepStock: Kind(Shelf.STOCK, StockEntry, StockKept, "item"),
    KeepPremises: Kind(Shelf.LOCAUX, PremisesEntry, PremisesKept, "name"),
    NoteTraining: Kind(Shelf.FORMATION, TrainingEntry, TrainingNoted, "title"),
}
LABELS = {str(kind.shelf): kind.label for kind in KINDS.values()}


def today(unit: Unit) -> date:
    """The local day."""
    return local_day(unit.now, unit.territory.zone)


def _known(unit: Unit, name: str) -> store.RecordRow:
    row = store.record(unit.session, unit.message.territory, name)
    if row is None or row.removed:
        raise NotFound("Cette ligne n'est plus tenue ; reprenez-la dans la page Préparation.")
    return row


def _keep(unit: Unit, command: Keep) -> Created | Done:
    unit.require(*KEEPERS)
    kind = KINDS[type(command)]
    decide.plausible(*(value for value in dict(command).values() if isinstance(value, date)))
    checked = getattr(command, "checked_on", None)
    row = _known(unit, command.record) if command.record else None
    if row is not None and row.shelf != kind.shelf:
        raise NotFound("Cette ligne est d'une autre liste ; reprenez-la dans la page Préparation.")
    day = decide.past_day(checked, today(unit)) if checked else None
    saved = write_record(unit, command, row.id if row else unit.new_id(), row, day)
    return Done(id=saved.id) if row else Created(id=saved.id)


def write_record(
    unit: Unit, command: Keep, name: str, row: store.RecordRow | None, checked_on: date | None
) -> store.RecordRow:
    """Keep it, say it, and say what is wrong with it."""
    kind = KINDS[type(command)]
    entry = kind.entry.model_validate(command.model_dump())
    note = unit.keep(command.note)
    if row is None:
        row = store.RecordRow(territory=unit.message.territory, id=name, shelf=str(kind.shelf), version=0)
        unit.session.add(row)
    row.version += 1
    row.content, row.note = entry.model_dump(mode="json"), note.id if note else None
    row.checked_on = checked_on or row.checked_on
    fact = kind.fact.model_validate(
        entry.model_dump() | {"record": name, "version": row.version, "by": _author(unit), "note": note}
    )
    unit.say(fact)
    tell_flags(unit, row)
    unit.session.flush()
    return row


def tell_flags(unit: Unit, row: store.RecordRow) -> None:
    """Say what is out of date or short, once for each time it becomes so."""
    if row.shelf != Shelf.STOCK:
        return
    entry = StockEntry.model_validate(row.content)
    day = local_day(unit.now, unit.territory_named(row.territory).zone)
    new, row.told = decide.to_tell(decide.stock_flags(entry, row.checked_on, day), row.told)
    for reason in new:
        fact = StockFlagged.model_validate({"record": row.id, "reason": reason, **entry.model_dump(exclude={"place"})})
        unit.say(fact, territory=row.territory)


def _author(unit: Unit) -> str:
    return unit.caller.id if unit.caller.kind != "platform" else AUTHOR


@SERVICE.does(KeepGovernance)
def keep_governance(unit: Unit, command: KeepGovernance) -> Created | Done:
    """A function, a delegation or an agreement."""
    return _keep(unit, command)


@SERVICE.does(KeepStock)
def keep_stock(unit: Unit, command: KeepStock) -> Created | Done:
    """A line of stock."""
    return _keep(unit, command)


@SERVICE.does(KeepPremises)
def keep_premises(unit: Unit, command: KeepPremises) -> Created | Done:
    """A place, in a commune of the territory."""
    if not unit.territory.has_commune(command.commune):
        raise Invalid(f"La commune {command.commune} n'est pas du territoire ; vérifiez le code INSEE.")
    return _keep(unit, command)


@SERVICE.does(NoteTraining)
def note_training(unit: Unit, command: NoteTraining) -> Created | Done:
    """A training that was held."""
    decide.plausible(command.held_on)
    if command.held_on > today(unit):
        raise Invalid("Cette formation est à venir ; notez-la une fois tenue.")
    return _keep(unit, command)


@SERVICE.does(CheckRecord)
def check_record(unit: Unit, command: CheckRecord) -> Done:
    """Somebody went and looked."""
    unit.require(*KEEPERS)
    row = _known(unit, command.record)
    if row.shelf not in (Shelf.STOCK, Shelf.LOCAUX):
        raise Invalid("Seuls le stock et les locaux se vérifient ; modifiez plutôt cette ligne.")
    if command.quantity is not None and row.shelf != Shelf.STOCK:
        raise Invalid("Un local n'a pas de quantité ; retirez-la.")
    on = decide.past_day(command.on, today(unit))
    row.version += 1
    row.checked_on = max(on, row.checked_on or on)
    if command.quantity is not None:
        row.content = row.content | {"quantity": command.quantity}
    unit.say(
        RecordChecked(
            record=row.id, version=row.version, shelf=Shelf(row.shelf), label=row.content[LABELS[row.shelf]], on=on,
            by=_author(unit), quantity=row.content.get("quantity") if row.shelf == Shelf.STOCK else None,
        )
    )  # fmt: skip
    tell_flags(unit, row)
    unit.session.flush()
    return Done(id=row.id)


@SERVICE.does(RemoveRecord)
def remove_record(unit: Unit, command: RemoveRecord) -> Done:
    """It is no longer kept; what was said of it stays in the journal."""
    unit.require(*KEEPERS)
    row = _known(unit, command.record)
    row.version += 1
    row.removed = True
    unit.say(
        RecordRemoved(
            record=row.id, version=row.version, shelf=Shelf(row.shelf), label=row.content[LABELS[row.shelf]],
            by=_author(unit), reason=unit.keep(command.reason),
        )
    )  # fmt: skip
    unit.session.flush()
    return Done(id=row.id)
