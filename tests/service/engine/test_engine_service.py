"""The engine through its real Writer: the canicule plan up and down, people, the clock, shared steps, late facts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from contracts.actions import (
    ActionClosed,
    ActionLate,
    ActionOpened,
    ActionRepeated,
    ActionShared,
    AdoptIdea,
    AskPlan,
    CountActions,
    FinishAction,
    IdeaAdopted,
    ListActions,
    SkipAction,
    TakeAction,
)
from contracts.base import Role, TextRef
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged
from services.engine import SERVICE
from services.engine.store import next_wake
from services.platform.errors import BadSettings, Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person, role_token
from services.playbook.loader import load_library

PLAN = load_library().plans["canicule"]
START = datetime(2026, 6, 29, 6, 15, tzinfo=UTC)  # Monday, 08:15 in Paris
REASON = TextRef(id="r1", sha256="0" * 64)
COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
REFERENT = person("referent", Role.REFERENT, on_duty=("referent",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)
NURSE = person("idel-1", Role.PROFESSIONAL, structure="idel-morangis")


def opened(crisis="c1", plan=PLAN, at=START):
    return CrisisOpened(
        crisis=crisis,
        playbook=plan.playbook,
        plan_version=plan.version,
        plan_sha256=plan.sha256,
        typology=plan.typology,
        orsan=plan.orsan,
        opened_at=at,
    )


def changed(version, before, after, *, crisis="c1", plan=PLAN, at=START):
    return LevelChanged(
        crisis=crisis,
        version=version,
        playbook=plan.playbook,
        plan_sha256=plan.sha256,
        from_level=before,
        level=after,
        decided_by="coord-a",
        reason=REASON,
        changed_at=at,
    )


def closed(version, crisis="c1", at=START):
    return CrisisClosed(crisis=crisis, version=version, playbook="canicule", opened_at=START, closed_at=at)


async def board(desk, **filters):
    items, cursor = [], None
    while True:
        page = await desk.ask(ListActions(cursor=cursor, limit=40, **filters), caller=COORD)
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


async def run_of(desk, action):
    return next(item for item in await board(desk) if item["action"] == action)


async def at_level(desk_for, level=1):
    desk = await desk_for(SERVICE)
    await desk.tick(at=START)
    await desk.hear(opened())
    await desk.hear(changed(1, 0, level))
    return desk


async def test_up_and_down_the_checklist_opens_each_step_once(desk_for):
    desk = await at_level(desk_for)
    first = await board(desk)
    assert len(first) == 33
    assert [item["modality"] for item in first[:17]] == ["firm"] * 17
    assert {item["modality"] for item in first[17:]} == {"possible", "optional"}
    due = [item["due_at"] for item in first[:17] if item["due_at"]]
    assert due == sorted(due)
    assert {item["plan_sha256"] for item in first} == {PLAN.sha256}

    at = START
    for version, (before, after) in enumerate([(1, 2), (2, 3), (3, 2), (2, 1), (1, 0)], start=2):
        plan = await desk.ask(AskPlan(playbook="canicule", level=after), caller=COORD)
        told = len(await desk.said())
        at += timedelta(hours=1)
        await desk.hear(changed(version, before, after, at=at))
        new = (await desk.said())[told:]
        assert plan["from_level"] == before
        for kind, key in (("action.opened", "opens"), ("action.closed", "closes")):
            assert {f.data["action"] for f in new if f.type == kind} == {item["action"] for item in plan[key]}
    await desk.hear(closed(6, at=at))

    count = Counter(fact.action for fact in await desk.facts(ActionOpened))
    checklist = [action for action in count if action.startswith("CAN-")]
    assert len(checklist) == 62
    assert set(count.values()) == {1}
    closes = await desk.facts(ActionClosed)
    assert all(fact.reason == REASON for fact in closes)
    assert Counter(fact.because for fact in closes)["passage du niveau 3 au niveau 2"] == 11
    live = [item["action"] for item in await board(desk) if item["in_force"]]
    assert set(live) == {f"FIN-0{n}" for n in range(1, 7)}


async def test_late_early_and_doubled_facts_change_nothing(desk_for):
    desk = await desk_for(SERVICE)
    await desk.tick(at=START)
    await desk.hear(changed(2, 1, 2))  # before its opening, and before version 1
    await desk.hear(opened())
    await desk.hear(changed(1, 0, 1))
    await desk.hear(opened())
    assert len(await board(desk)) == 58
    told = len(await desk.said())
    await desk.hear(changed(2, 1, 2))
    await desk.hear(closed(3))
    await desk.hear(closed(3))
    await desk.hear(changed(3, 2, 0))
    new = (await desk.said())[told:]
    assert Counter(fact.type for fact in new) == {"action.closed": 58, "action.opened": 6}
    assert not [item for item in await board(desk, status="open") if item["action"].startswith(("CAN", "ENG"))]


async def test_a_crisis_heard_closed_first_opens_nothing(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(closed(3))
    await desk.hear(opened())
    await desk.hear(changed(1, 0, 1))
    assert await desk.said() == []


async def test_a_batch_of_facts_is_unrolled_in_order(desk_for):
    desk = await desk_for(SERVICE)
    await desk.tick(at=START)
    await desk.hear_many([opened(), changed(1, 0, 1), changed(2, 1, 2), changed(3, 2, 1)])
    told = Counter(fact.type for fact in await desk.said())
    assert told == {"action.opened": 58, "action.closed": 25}
    assert await desk.ask(CountActions(), caller=COORD) == {"open": 33, "taken": 0, "late": 0}


async def test_counts_without_the_board(desk_for):
    desk = await at_level(desk_for)
    await desk.do(TakeAction(run=(await run_of(desk, "CAN-1.2-C1"))["id"]), caller=COORD)
    await desk.tick(days=4)
    items = await board(desk)
    assert await desk.ask(CountActions(), caller=COORD) == {
        "open": sum(item["status"] == "open" for item in items),
        "taken": 1,
        "late": sum(item["late"] for item in items),
    }


async def test_only_firm_steps_are_ever_late_and_once(desk_for):
    desk = await at_level(desk_for, 3)
    await desk.tick(days=5)
    await desk.tick(seconds=1)
    late = await desk.facts(ActionLate)
    assert late
    assert {fact.modality for fact in late} == {"firm"}
    assert set(Counter((fact.action, fact.occurrence) for fact in late).values()) == {1}
    assert all(item["modality"] == "firm" for item in await board(desk) if item["late"])
    assert all(item["due_at"] is None for item in await board(desk) if item["modality"] != "firm")


async def test_the_daily_cell_keeps_one_run_and_starts_the_next_day(desk_for):
    desk = await at_level(desk_for, 3)
    cell = await run_of(desk, "CAN-3.1-C1")
    assert cell["due_at"] == "2026-06-30T07:00:00+00:00"
    assert (await run_of(desk, "ENG-04"))["due_at"] == "2026-06-29T07:00:00+00:00"
    await desk.tick(at=datetime(2026, 6, 30, 7, 20, tzinfo=UTC))
    await desk.do(FinishAction(run=cell["id"], proof="Réunie, 9 présents"), caller=REFERENT)
    with pytest.raises(Conflict, match="déjà faite par referent le 30 juin à 09:20"):
        await desk.do(FinishAction(run=cell["id"]), caller=COORD)
    await desk.tick(at=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))
    again = await run_of(desk, "CAN-3.1-C1")
    assert (again["id"], again["status"], again["occurrence"]) == (cell["id"], "open", 2)
    assert again["due_at"] == "2026-07-01T07:00:00+00:00"
    turns = [fact.occurrence for fact in await desk.facts(ActionRepeated) if fact.action == "CAN-3.1-C1"]
    assert turns == [2]
    await desk.hear(changed(2, 3, 2, at=desk.clock.now()))
    assert (await run_of(desk, "CAN-3.1-C1"))["status"] == "closed"
    await desk.tick(days=2)
    assert not [f for f in await desk.facts(ActionRepeated) if f.action == "CAN-3.1-C1" and f.occurrence > 2]


async def test_the_clock_knows_when_something_is_next_due(desk_for):
    desk = await desk_for(SERVICE)
    assert await desk.read(next_wake) is None
    await desk.tick(at=START)
    await desk.hear(changed(1, 0, 1))
    first = await desk.read(next_wake)
    assert first == datetime(2026, 6, 29, 8, 0, tzinfo=UTC)  # the 09:00 point, an hour tolerated
    await desk.tick(at=first)
    assert [fact.action for fact in await desk.facts(ActionLate)] == ["ENG-04"]
    assert await desk.read(next_wake) > first


async def test_people_take_finish_skip_and_are_refused_in_words(desk_for):
    desk = await at_level(desk_for)
    run = (await run_of(desk, "CAN-1.2-C1"))["id"]
    await desk.do(TakeAction(run=run), caller=COORD)
    await desk.do(TakeAction(run=run), caller=COORD)
    with pytest.raises(Conflict, match="déjà prise par coord-a le 29 juin à 08:15"):
        await desk.do(TakeAction(run=run), caller=REFERENT)
    await desk.do(TakeAction(run=run, person="coord-b"), caller=REFERENT)
    assert (await run_of(desk, "CAN-1.2-C1"))["taken_by"] == "coord-b"
    await desk.do(SkipAction(run=run, reason="Supports déjà fournis en mai"), caller=COORD)
    with pytest.raises(Conflict, match="déjà laissée de côté par coord-a"):
        await desk.do(FinishAction(run=run), caller=COORD)
    for caller in (OFF_DUTY, NURSE, role_token(Role.ARS)):
        with pytest.raises(Forbidden):
            await desk.do(TakeAction(run=run), caller=caller)
    with pytest.raises(NotFound):
        await desk.do(TakeAction(run="ailleurs"), caller=COORD)
    text = str([fact.data for fact in await desk.said()])
    assert "Supports déjà" not in text


async def test_a_closed_run_says_who_closed_it(desk_for):
    desk = await at_level(desk_for, 2)
    run = (await run_of(desk, "CAN-2.4-C2"))["id"]
    await desk.hear(changed(2, 2, 1))
    with pytest.raises(Conflict, match="fermée par coord-a"):
        await desk.do(FinishAction(run=run), caller=COORD)


async def test_a_step_done_is_not_closed_and_comes_back_with_its_level(desk_for):
    desk = await at_level(desk_for, 2)
    run = (await run_of(desk, "CAN-2.4-C2"))["id"]
    await desk.do(FinishAction(run=run), caller=COORD)
    await desk.hear(changed(2, 2, 1))
    assert (await run_of(desk, "CAN-2.4-C2"))["status"] == "done"
    await desk.hear(changed(3, 1, 2))
    runs = [item for item in await board(desk) if item["action"] == "CAN-2.4-C2"]
    assert sorted(item["status"] for item in runs) == ["done", "open"]


async def test_a_structure_answers_an_idea_for_itself(desk_for):
    desk = await at_level(desk_for)
    idea, firm = await run_of(desk, "CAN-1.3-S1"), await run_of(desk, "CAN-1.3-C1")
    answer = {"structure": "idel-morangis", "choice": "adaptee", "note": "Le matin seulement"}
    await desk.do(AdoptIdea(run=idea["id"], **answer), caller=NURSE)
    await desk.do(AdoptIdea(run=idea["id"], **(answer | {"choice": "retenue"})), caller=NURSE)
    await desk.do(AdoptIdea(run=idea["id"], structure="msp-paray", choice="ecartee"), caller=COORD)
    assert [fact.choice for fact in await desk.facts(IdeaAdopted)] == ["adaptee", "retenue", "ecartee"]
    seen = await run_of(desk, "CAN-1.3-S1")
    assert seen["adoptions"] == {"idel-morangis": "retenue", "msp-paray": "ecartee"}
    page = await desk.ask(ListActions(side="structures", limit=100), caller=role_token(Role.ARS))
    told = next(item for item in page["items"] if item["id"] == idea["id"])
    assert told["adopted"] == {"retenue": 1, "ecartee": 1}
    assert told["adoptions"] == {}
    with pytest.raises(Forbidden):
        await desk.do(AdoptIdea(run=idea["id"], structure="msp-paray", choice="retenue"), caller=NURSE)
    with pytest.raises(Invalid):
        await desk.do(AdoptIdea(run=firm["id"], **answer), caller=NURSE)


async def test_two_crises_share_one_step_and_closing_one_leaves_it_to_the_other(desk_for, settings, tmp_path):
    other = write_plans(tmp_path)
    settings = settings.model_copy(update={"playbooks_dir": tmp_path / "plans"})
    desk = await desk_for(SERVICE)
    desk.writer.settings = settings
    await desk.transact(lambda unit: store_again(unit, settings))
    await desk.tick(at=START)
    await desk.hear(opened("c2", other))
    await desk.hear(changed(1, 0, 1, crisis="c2", plan=other))
    await desk.hear(opened())
    await desk.hear(changed(1, 0, 3))
    assert "CAN-3.1-C1" not in [fact.action for fact in await desk.facts(ActionOpened)]
    shared = await desk.facts(ActionShared)
    assert [set(fact.crises) for fact in shared] == [{"c1", "c2"}]
    for crisis in ("c1", "c2"):
        assert shared[0].run in [item["id"] for item in await board(desk, crisis=crisis)]
    await desk.hear(changed(2, 1, 0, crisis="c2", plan=other))
    cell = next(item for item in await board(desk) if item["id"] == shared[0].run)
    assert (cell["status"], cell["crises"], cell["action"]) == ("open", ["c1"], "CAN-3.1-C1")
    await desk.hear(changed(2, 3, 2))
    assert (await run_of(desk, "CAN-3.1-C1"))["status"] == "closed"


async def test_one_version_with_two_contents_is_refused_at_start(desk_for, settings, tmp_path):
    write_plans(tmp_path)
    settings = settings.model_copy(update={"playbooks_dir": tmp_path / "plans"})
    desk = await desk_for(SERVICE)
    await desk.transact(lambda unit: store_again(unit, settings))
    path = tmp_path / "plans" / "afflux.yaml"
    path.write_text(path.read_text().replace("Réunir la cellule", "Réunir la cellule vite"))
    with pytest.raises(BadSettings, match="augmentez « version »"):
        await desk.transact(lambda unit: store_again(unit, settings))


async def test_a_plan_is_shown_before_any_crisis(desk_for):
    desk = await desk_for(SERVICE)
    plan = await desk.ask(AskPlan(playbook="canicule", level=1), caller=COORD)
    assert (plan["from_level"], len(plan["opens"]), plan["keeps"], plan["closes"]) == (0, 33, [], [])
    assert [item["modality"] for item in plan["opens"][:17]] == ["firm"] * 17
    assert (await desk.ask(AskPlan(playbook="canicule", level=0), caller=COORD))["opens"] == []
    with pytest.raises(NotFound):
        await desk.ask(AskPlan(playbook="inconnu", level=1), caller=COORD)


async def test_an_exercise_never_crosses(desk_for):
    desk = await at_level(desk_for)
    page = await desk.ask(ListActions(), territory="nord-essonne~exercice")
    assert page["items"] == []


AFFLUX = """
playbook: afflux
version: 1
typology: T1
title: Afflux de victimes
not_ours: [Se rendre sur place sans demande du SAMU]
levels:
  1:
    name: Mobilisation
    decided_by: [referent]
    actions:
      - id: AFF-1-C1
        modality: firm
        title: Réunir la cellule
        owner: referent
        due: PT1H
        shared_key: cellule-de-coordination
"""


def write_plans(tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "afflux.yaml").write_text(AFFLUX, encoding="utf-8")
    return load_library(folder).plans["afflux"]


def store_again(unit, settings):
    unit.settings = settings
    for starter in SERVICE.starters:
        starter(unit)


async def test_pages_follow_each_other_when_the_cursor_came_unescaped(desk_for):
    """A client that pastes ``next`` in an address as it is sends a space where the cursor had a plus."""
    desk = await at_level(desk_for)
    seen, cursor = [], None
    while len(seen) <= len(await board(desk)):
        page = await desk.ask(ListActions(cursor=cursor and cursor.replace("+", " "), limit=7), caller=COORD)
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == [item["id"] for item in await board(desk)]
