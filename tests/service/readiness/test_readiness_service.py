"""What is kept ready, on both databases: who may, what is said once, drills attached, days that pass."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.base import Role
from contracts.directory import PersonEnrolled
from contracts.exercises import ExerciseEnded, ExerciseStatus
from contracts.readiness import (
    CheckRecord,
    GovernanceNoted,
    KeepGovernance,
    KeepPremises,
    KeepStock,
    NoteTraining,
    RecordChecked,
    RecordRemoved,
    RemoveRecord,
    StockFlagged,
    StockKept,
)
from contracts.yearly import (
    AskReadiness,
    CancelExercise,
    DutyMissed,
    ExerciseHeld,
    ExerciseMissed,
    HoldExercise,
    NoteDuty,
    PlanExercise,
)
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import HOME, person, role_token
from services.readiness import SERVICE, store

OFF_DUTY = person("coord-b", Role.COORDINATOR)
NURSE = person("idel-1", Role.PROFESSIONAL)
READER = role_token(Role.READER)
MASKS = {"item": "Gants", "quantity": 50, "unit": "boîtes", "minimum": 20}
EXERCISE = f"{HOME}~exercice"


async def state(desk, caller=OFF_DUTY, territory=HOME):
    return await desk.ask(AskReadiness(), caller=caller, territory=territory)


async def line(desk, shelf, name):
    return next((one for one in (await state(desk))[shelf] if one["id"] == name), None)


async def ended(desk, *, status=ExerciseStatus.TERMINE, run="run-1", scenario="onze-jours-de-juin", **more):
    fact = ExerciseEnded(run=run, scenario=scenario, title="Onze jours", status=status, passed=41, failed=2)
    await desk.hear(fact, territory=EXERCISE, author="coord-b", **more)


async def test_the_example_territory_starts_with_what_its_file_says(desk_for):
    desk = await desk_for(SERVICE)
    found = await state(desk)
    assert {one["id"] for one in found["stock"]} == {"stock-masques", "stock-sha", "stock-perfusion", "stock-glacieres"}
    assert (await line(desk, "stock", "stock-sha"))["flags"] == ["sous_minimum"]
    assert (await line(desk, "premises", "local-msp-viry"))["flags"] == ["a_verifier"]
    assert (await line(desk, "trainings", "form-afgsu1"))["expired"]
    said = [fact.item for fact in await desk.facts(StockFlagged)]
    assert said == ["Solution hydroalcoolique 500 mL"]


async def test_an_exercise_territory_keeps_its_own_and_owes_nothing(desk_for):
    desk = await desk_for(SERVICE)
    trainee = person("coord-b", Role.COORDINATOR, territory=EXERCISE)
    await desk.do(KeepStock(**MASKS), caller=trainee, territory=EXERCISE)
    found = await state(desk, trainee, EXERCISE)
    assert ([one["item"] for one in found["stock"]], found["duties"]) == (["Gants"], [])
    assert "Gants" not in [one["item"] for one in (await state(desk))["stock"]]


async def test_a_line_removed_does_not_come_back_at_the_next_start(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(RemoveRecord(record="stock-sha", reason="Donnée à la mairie"), caller=OFF_DUTY)
    for starter in SERVICE.starters:
        await desk.transact(starter)
    assert await line(desk, "stock", "stock-sha") is None
    assert [fact.label for fact in await desk.facts(RecordRemoved)] == ["Solution hydroalcoolique 500 mL"]
    with pytest.raises(NotFound):
        await desk.do(CheckRecord(record="stock-sha"), caller=OFF_DUTY)


async def test_stock_is_kept_changed_and_checked(desk_for):
    desk = await desk_for(SERVICE)
    name = (await desk.do(KeepStock(**MASKS, note="Armoire du fond"), caller=OFF_DUTY))["id"]
    await desk.do(KeepStock(record=name, **(MASKS | {"minimum": 60})), caller=OFF_DUTY)
    await desk.do(CheckRecord(record=name, quantity=64, on=date(2026, 6, 20)), caller=OFF_DUTY)
    found = await line(desk, "stock", name)
    assert (found["version"], found["quantity"], found["checked_on"], found["flags"]) == (3, 64, "2026-06-20", [])
    told = [fact for fact in await desk.facts(StockKept) if fact.record == name]
    assert [(fact.version, fact.minimum, fact.by) for fact in told] == [(1, 20, "coord-b"), (2, 60, "coord-b")]
    assert told[0].note is not None
    assert [(fact.quantity, fact.on) for fact in await desk.facts(RecordChecked)] == [(64, date(2026, 6, 20))]
    assert [fact.reason for fact in await desk.facts(StockFlagged) if fact.record == name] == ["sous_minimum"]


async def test_who_keeps_and_who_reads(desk_for):
    desk = await desk_for(SERVICE)
    assert (await state(desk, READER))["stock"]
    with pytest.raises(Forbidden):
        await state(desk, NURSE)
    for caller in (NURSE, READER, role_token(Role.ARS)):
        for command in (KeepStock(**MASKS), RemoveRecord(record="stock-sha"), NoteDuty(duty="annuaire")):
            with pytest.raises(Forbidden):
                await desk.do(command, caller=caller)


async def test_what_cannot_be_kept_is_refused(desk_for):
    desk = await desk_for(SERVICE)
    place = {"name": "Salle", "serves": ("T3",)}
    training = {"title": "AFGSU", "audience": "Médecins", "attended": 3}
    refused = (
        KeepPremises(commune="75056", **place), NoteTraining(held_on=date(2026, 9, 1), **training),
        KeepStock(checked_on=date(2026, 7, 1), **MASKS), CheckRecord(record="form-afgsu2"),
        CheckRecord(record="local-salle-paray", quantity=3),
        PlanExercise(playbook="canicule", planned_on=date(2026, 6, 1)),
    )  # fmt: skip
    for command in refused:
        with pytest.raises(Invalid):
            await desk.do(command, caller=OFF_DUTY)
    with pytest.raises(NotFound):
        await desk.do(KeepStock(record="form-afgsu2", **MASKS), caller=OFF_DUTY)


async def test_a_drill_played_out_becomes_the_exercise_of_the_calendar_in_the_real_territory(desk_for):
    desk = await desk_for(SERVICE)
    planned = PlanExercise(playbook="canicule", planned_on=date(2026, 7, 10), scenario="onze-jours-de-juin")
    name = (await desk.do(planned, caller=OFF_DUTY))["id"]
    await ended(desk, status=ExerciseStatus.ARRETE, run="run-0")
    assert (await line(desk, "calendar", name))["status"] == "prevu"
    await ended(desk)
    found = await line(desk, "calendar", name)
    assert (found["status"], found["run"], found["passed"], found["failed"]) == ("tenu", "run-1", 41, 2)
    told = [fact for fact in await desk.said() if fact.type == ExerciseHeld.type_name()]
    assert [(fact.territory, fact.author, fact.data["by"]) for fact in told] == [(HOME, "coord-b", "coord-b")]
    assert (await state(desk))["unplanned"] == []
    assert duty_of(await state(desk), "exercice")["status"] == "fait"


async def test_a_drill_that_no_exercise_took_is_shown_and_may_be_attached_by_hand_once(desk_for):
    desk = await desk_for(SERVICE)
    await ended(desk)
    assert [one["run"] for one in (await state(desk))["unplanned"]] == ["run-1"]
    assert duty_of(await state(desk), "exercice")["status"] == "a_faire"
    await desk.do(HoldExercise(exercise="exo-canicule", run="run-1"), caller=OFF_DUTY)
    found = await line(desk, "calendar", "exo-canicule")
    assert (found["status"], found["held_on"], found["passed"]) == ("tenu", "2026-06-29", 41)
    other = (await desk.do(PlanExercise(playbook="canicule", planned_on=date(2026, 8, 1)), caller=OFF_DUTY))["id"]
    for run, error in (("run-1", Conflict), ("run-9", NotFound)):
        with pytest.raises(error):
            await desk.do(HoldExercise(exercise=other, run=run), caller=OFF_DUTY)
    await desk.do(CancelExercise(exercise=other, reason="Remplacé"), caller=OFF_DUTY)
    with pytest.raises(Conflict, match="annulé"):
        await desk.do(HoldExercise(exercise=other), caller=OFF_DUTY)


def duty_of(found, name):
    return next(one for one in found["duties"] if one["duty"] == name)


async def test_days_pass_and_what_is_late_is_said_once(desk_for):
    desk = await desk_for(SERVICE)
    await desk.do(PlanExercise(playbook="canicule", planned_on=date(2026, 7, 10)), caller=OFF_DUTY)
    await desk.tick(at=datetime(2026, 7, 17, 21, 0, tzinfo=UTC))
    assert await desk.facts(ExerciseMissed) == []
    for hour in (21, 23):
        await desk.tick(at=datetime(2026, 7, 18, hour, 0, tzinfo=UTC))
    assert [fact.planned_on for fact in await desk.facts(ExerciseMissed)] == [date(2026, 7, 10)]
    assert await desk.facts(DutyMissed) == []
    await desk.do(NoteDuty(duty="annuaire", on=date(2026, 7, 2)), caller=OFF_DUTY)
    for day in (28, 29):
        await desk.tick(at=datetime(2026, 9, day, 6, 0, tzinfo=UTC))
    missed = {str(fact.duty) for fact in await desk.facts(DutyMissed)}
    assert missed == {"stock", "locaux"}
    assert len(await desk.facts(DutyMissed)) == 2
    await desk.tick(at=datetime(2027, 4, 1, 6, 0, tzinfo=UTC))
    flagged = [(fact.item, fact.reason) for fact in await desk.facts(StockFlagged)]
    assert flagged.count(("Nécessaires de perfusion sous-cutanée", "perime")) == 1


async def test_a_function_is_noted_by_reference_and_its_term_ends(desk_for):
    desk = await desk_for(SERVICE)
    command = KeepGovernance(
        kind="delegation", function="Signature", person="coord-b", valid_until=date(2026, 6, 28), note="Dépenses"
    )
    name = (await desk.do(command, caller=OFF_DUTY))["id"]
    found = await line(desk, "governance", name)
    assert (found["expired"], found["note"], found["person"]) == (True, "Dépenses", "coord-b")
    assert (await desk.facts(GovernanceNoted))[-1].person == "coord-b"


async def test_an_older_entry_of_the_directory_changes_nothing(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(PersonEnrolled(person="med-1", version=2))
    await desk.hear(PersonEnrolled(person="med-1", version=1))
    row = await desk.read(lambda session: store.person(session, HOME, "med-1"))
    assert row.version == 2
