"""What is kept, read as it stands: the items of each shelf, the calendar, the duties of the year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from contracts.readiness import GovernanceItem, PremisesItem, Shelf, StockItem, TrainingItem
from contracts.yearly import DrillPlayed, Duty, DutyState, ExerciseEntry, ReadinessFound
from services.platform.calendar import A_YEAR
from services.platform.territory import Territory
from services.readiness import annual, decide, store
from services.readiness.exercising import PLANNED
from services.readiness.store import DrillRow, ExerciseRow, RecordRow

#: Two years of exercises say what was kept and what was not.
SHOWN = 2 * A_YEAR
EXERCISE = (*PLANNED, "id", "version", "status", "held_on", "run", "title", "passed", "failed")


def readiness(session: Session, territory: Territory, today: date) -> ReadinessFound:
    """All that is kept ready in a territory."""
    name = territory.territory
    rows = store.records(session, name)
    calendar = store.exercises(session, name, today - SHOWN)
    notes = store.texts(session, [note for note in _notes(rows, calendar) if note])
    shelves: dict[str, list[dict[str, Any]]] = {str(shelf): [] for shelf in Shelf}
    for row in rows:
        shelves[row.shelf].append(_fields(row, notes, today))
    return ReadinessFound(
        governance=tuple(GovernanceItem(**one) for one in shelves["gouvernance"]),
        stock=tuple(sorted((StockItem(**one) for one in shelves["stock"]), key=lambda item: item.item)),
        premises=tuple(sorted((PremisesItem(**one) for one in shelves["locaux"]), key=lambda item: item.name)),
        trainings=tuple(
            sorted((TrainingItem(**one) for one in shelves["formation"]), key=lambda item: item.held_on, reverse=True)
        ),
        calendar=tuple(_exercise(row, notes) for row in calendar),
        unplanned=tuple(_drill(row) for row in store.unplanned_drills(session, name, today - timedelta(days=365))),
        duties=duty_states(session, territory, today),
    )


def _notes(rows: Iterable[RecordRow], calendar: Iterable[ExerciseRow]) -> list[str | None]:
    return [*(row.note for row in rows), *(row.note for row in calendar)]


def _fields(row: RecordRow, notes: dict[str, str], today: date) -> dict[str, Any]:
    found = row.content | {"id": row.id, "version": row.version, "note": notes.get(row.note or "", "")}
    if row.shelf == Shelf.STOCK:
        entry = StockItem(**found)
        return found | {"checked_on": row.checked_on, "flags": decide.stock_flags(entry, row.checked_on, today)}
    if row.shelf == Shelf.LOCAUX:
        place = PremisesItem(**found)
        return found | {"checked_on": row.checked_on, "flags": decide.premises_flags(place, row.checked_on, today)}
    until = found.get("valid_until")
    return found | {"expired": decide.over(date.fromisoformat(until) if until else None, today)}


def _exercise(row: ExerciseRow, notes: dict[str, str]) -> ExerciseEntry:
    fields = {name: getattr(row, name) for name in EXERCISE}
    return ExerciseEntry.model_validate(fields | {"note": notes.get(row.note or "", "")})


def _drill(row: DrillRow) -> DrillPlayed:
    return DrillPlayed.model_validate({name: getattr(row, name) for name in DrillPlayed.model_fields})


def duty_states(session: Session, territory: Territory, today: date) -> tuple[DutyState, ...]:
    """The duties of the year; an exercise territory owes none."""
    day = store.day(session, territory.territory)
    if territory.exercise or day is None:
        return ()
    return annual.annual_duty(today, day.since, territory.yearly, _kept(session, territory.territory, today))


def _kept(session: Session, territory: str, today: date) -> annual.Kept:
    """What shows that a duty was done: checks, exercises held, sendings, and what people noted."""
    noted = store.duties(session, territory)
    rows = store.records(session, territory)
    held = [row.held_on for row in store.exercises(session, territory, today - SHOWN) if row.held_on]
    sent = [(card["on"], card["recipients"]) for card in store.deliveries(session, territory, None, 50)]
    return annual.Kept(
        {
            Duty.ANNUAIRE: _days(row.on for row in noted if row.duty == Duty.ANNUAIRE),
            Duty.REVUE_ARS: _days(row.on for row in noted if row.duty == Duty.REVUE_ARS),
            Duty.STOCK: annual.whole_check(row.checked_on for row in rows if row.shelf == Shelf.STOCK),
            Duty.LOCAUX: annual.whole_check(row.checked_on for row in rows if row.shelf == Shelf.LOCAUX),
            Duty.EXERCICE: _days(held),
            Duty.TRANSMISSION: annual.both_sent(sent),
        }
    )


def _days(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(sorted(days))
