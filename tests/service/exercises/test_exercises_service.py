"""Drills asked of the service, on both databases: who may, one at a time, what a restart says."""

from __future__ import annotations

import pytest

from contracts.base import Role
from contracts.exercises import (
    AskExercise,
    AskExercisePort,
    EnterExercise,
    ExerciseEnded,
    ExerciseStarted,
    ListExercises,
    ListScenarios,
    PaceExercise,
    StartExercise,
    StopExercise,
)
from services.exercises import SERVICE, noting
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from services.platform.testing import HOME, person
from services.playbook.loader import load_library

OFF_DUTY = person("coord-b", Role.COORDINATOR)
NURSE = person("idel-1", Role.PROFESSIONAL)
SCORE = {
    "status": "termine", "passed": 5, "failed": 1, "verdict": "5 sur 6", "missed": ["NON  à la fin"],
    "lines": ["EXERCICE", "NON"], "fingerprint": "f" * 64,
}  # fmt: skip
PROGRESS = {"played_at": "2026-07-08T05:00:00+00:00", "step": 2, "steps": 3, "passed": 4, "failed": 1}


async def started(desk, **changes) -> str:
    answer = await desk.do(StartExercise(**({"scenario": "pont-du-14-juillet"} | changes)), caller=OFF_DUTY)
    return answer["id"]


async def one(desk, run):
    return await desk.ask(AskExercise(run=run), caller=OFF_DUTY)


async def test_scenarios_are_described(desk_for):
    desk = await desk_for(SERVICE)
    items = {item["name"]: item for item in (await desk.ask(ListScenarios(), caller=OFF_DUTY))["items"]}
    walked = {plan.scenario for plan in load_library().plans.values() if plan.scenario}
    assert set(items) == walked | {"onze-jours-de-juin", "pont-du-14-juillet"}
    assert all(item["title"] and item["about"] and not item["problem"] for item in items.values())
    assert min(item["steps"] for item in items.values()) > 20
    assert items["onze-jours-de-juin"]["days"] == 11


async def test_off_duty_a_coordinator_trains_and_a_professional_does_not(desk_for):
    desk = await desk_for(SERVICE)
    run = await started(desk)
    item = await one(desk, run)
    assert (item["status"], item["speed"], item["by"], item["open"]) == ("en_cours", 60, "coord-b", True)
    assert item["base_path"] == f"/exercice/{run}"
    for asked in (StartExercise(scenario="pont-du-14-juillet"), StopExercise(run=run)):
        with pytest.raises(Forbidden):
            await desk.do(asked, caller=NURSE)
    with pytest.raises(Forbidden):
        await desk.ask(EnterExercise(run=run), caller=NURSE)


async def test_a_drill_is_told_in_the_exercise_territory_alone(desk_for):
    desk = await desk_for(SERVICE)
    run = await started(desk)
    await desk.transact(lambda unit: noting.scored(unit, run, SCORE, ["score.txt"]))
    said = await desk.said()
    assert [fact.type for fact in said] == [ExerciseStarted.type_name(), ExerciseEnded.type_name()]
    assert {fact.territory for fact in said} == {f"{HOME}~exercice"}
    assert {fact.author for fact in said} == {"coord-b"}


async def test_one_drill_at_a_time_and_none_within_an_exercise(desk_for):
    desk = await desk_for(SERVICE)
    run = await started(desk)
    with pytest.raises(Conflict, match="déjà en cours"):
        await started(desk)
    await desk.transact(lambda unit: noting.scored(unit, run, SCORE, []))
    assert await started(desk) != run
    with pytest.raises(Invalid, match="poste réel"):
        await desk.do(StartExercise(scenario="pont-du-14-juillet"), territory=f"{HOME}~exercice")


@pytest.mark.parametrize("name", ["inconnu", "../canicule", "/etc/passwd"])
async def test_only_a_known_scenario_is_played(desk_for, name):
    desk = await desk_for(SERVICE)
    with pytest.raises(NotFound, match="onze-jours-de-juin"):
        await started(desk, scenario=name)


async def test_progress_pace_and_score(desk_for):
    desk = await desk_for(SERVICE)
    run = await started(desk)
    await desk.do(PaceExercise(run=run, speed=None, paused=True), caller=OFF_DUTY)
    await desk.transact(lambda unit: noting.ready(unit, run, 40123))
    await desk.transact(lambda unit: noting.advanced(unit, run, PROGRESS))
    item = await one(desk, run)
    assert (item["status"], item["speed"], item["step"], item["failed"]) == ("en_pause", None, 2, 1)
    assert (await desk.ask(AskExercisePort(run=run)))["port"] == 40123
    await desk.transact(lambda unit: noting.scored(unit, run, SCORE, ["score.txt"]))
    item = await one(desk, run)
    assert (item["status"], item["passed"], item["score"], item["documents"]) == (
        "termine", 5, SCORE["lines"], ["score.txt"],
    )  # fmt: skip
    assert item["open"]
    with pytest.raises(Conflict):
        await desk.do(PaceExercise(run=run, speed=60), caller=OFF_DUTY)
    listed = (await desk.ask(ListExercises(), caller=OFF_DUTY))["items"]
    assert [(found["id"], found["missed"], "score" in found) for found in listed] == [(run, SCORE["missed"], False)]


async def test_a_child_that_ends_without_a_score_is_a_failure(desk_for):
    desk = await desk_for(SERVICE)
    run = await started(desk)
    await desk.transact(lambda unit: noting.closed(unit, run, "Plus de place sur le disque."))
    item = await one(desk, run)
    assert (item["status"], item["reason"], item["open"]) == ("echec", "Plus de place sur le disque.", False)
    with pytest.raises(Conflict):
        await desk.do(StopExercise(run=run), caller=OFF_DUTY)


async def test_a_restart_says_that_a_drill_was_lost_and_closes_what_was_shown(desk_for):
    desk = await desk_for(SERVICE)
    run = await started(desk)
    await desk.transact(desk.service.starters[0])
    item = await one(desk, run)
    assert (item["status"], item["open"]) == ("echec", False)
    assert "s'est arrêté pendant l'exercice" in item["reason"]
    assert [fact.status for fact in await desk.facts(ExerciseEnded)] == ["echec"]
    await started(desk)  # nothing stands in the way of another


async def test_nobody_enters_a_drill_that_no_one_leads(desk_for):
    desk = await desk_for(SERVICE)
    run = await started(desk)
    with pytest.raises(Unavailable):
        await desk.ask(EnterExercise(run=run), caller=OFF_DUTY)
    with pytest.raises(NotFound):
        await desk.ask(EnterExercise(run="f" * 32), caller=OFF_DUTY)
