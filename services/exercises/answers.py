"""What the exercises service answers: scenarios, drills and their scores, where the gateway finds their pages."""

from __future__ import annotations

from contracts.base import Envelope, Page, Role
from contracts.exercises import (
    AskExercise,
    AskExercisePort,
    Entered,
    EnterExercise,
    ExerciseItem,
    ExercisePort,
    ListExercises,
    ListScenarios,
)
from services.exercises import decide, scenarios, store, supervising
from services.exercises.handlers import LEADERS, SERVICE
from services.exercises.noting import standing
from services.platform.errors import Forbidden, Invalid, NotFound
from services.platform.paging import cursor_after, read_cursor
from services.platform.settings import Settings
from services.platform.unit import View, Worker

READERS = (*LEADERS, Role.READER)
UNKNOWN = "Cet exercice n'existe pas ; reprenez son numéro dans la liste des exercices."


@SERVICE.answers(ListScenarios)
def list_scenarios(view: View, question: ListScenarios) -> Page:
    """Every scenario by name; a handful, so that one page holds them unless asked for less."""
    view.require(*READERS)
    cursor = question.cursor or "0"
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 6):
        raise Invalid("Ce curseur n'est pas lisible ; reprenez la liste du début.")
    first, found = int(cursor), scenarios.listed(view.settings)
    last = first + question.limit
    items = tuple(item.model_dump(mode="json") for item in found[first:last])
    return Page(items=items, next=str(last) if len(found) > last else None)


@SERVICE.answers(ListExercises)
def list_exercises(view: View, question: ListExercises) -> Page:
    """Drills newest first, their score lines left out."""
    view.require(*READERS)
    home = decide.home_of(view.message.territory)
    found = store.listed(view.session, home, read_cursor(question.cursor), question.limit)
    rows = found[: question.limit]
    items = tuple(_item(row, view.settings).model_dump(mode="json", exclude={"score"}) for row in rows)
    more = cursor_after(rows[-1].started_at, rows[-1].id) if len(found) > question.limit else None
    return Page(items=items, next=more)


@SERVICE.answers(AskExercise)
def ask_exercise(view: View, question: AskExercise) -> ExerciseItem:
    """One drill with its whole score."""
    view.require(*READERS)
    row = store.find(view.session, decide.home_of(view.message.territory), question.run)
    if row is None:
        raise NotFound(UNKNOWN)
    return _item(row, view.settings)


@SERVICE.answers(AskExercisePort)
def ask_port(view: View, question: AskExercisePort) -> ExercisePort:
    """Where its pages are served; the gateway asks for anyone, since those pages check who comes."""
    row = store.run_named(view.session, question.run)
    return ExercisePort(port=row.port if row else 0)


@SERVICE.answers(EnterExercise)
async def enter(worker: Worker, envelope: Envelope, question: EnterExercise) -> Entered:
    """A way in, drawn by the desk of the drill for who asks; on duty or not."""
    caller = envelope.caller
    if caller is None or (caller.kind != "platform" and not caller.has(*LEADERS)):
        raise Forbidden()
    if caller.kind != "platform" and envelope.territory not in caller.territories:
        raise Forbidden(f"Votre accès ne couvre pas le territoire « {envelope.territory} ».")
    home = decide.home_of(envelope.territory)
    row = await worker.read(lambda session: store.find(session, home, question.run))
    if row is None:
        raise NotFound(UNKNOWN)
    decide.check_enter(standing(row))
    asked = question.person or (caller.id if caller.kind == "person" else "")
    return await supervising.enter(worker, row.id, asked, named=question.person is not None)


def _item(row: store.RunRow, settings: Settings) -> ExerciseItem:
    fields = row.model_dump(include=set(ExerciseItem.model_fields))
    more = {
        "status": decide.shown_status(row.status, paused=row.paused),
        "base_path": decide.base_path(settings.root_path, row.id),
    }
    return ExerciseItem.model_validate(fields | more)
