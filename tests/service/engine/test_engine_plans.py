"""Plans as the engine answers for them: versions, words, differences, a file checked and not kept."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from contracts.base import Role
from contracts.levels import CrisisOpened
from contracts.plans import CheckPlan, ComparePlans, ListPlans, ReadPlan
from services.engine import SERVICE, store
from services.engine.tables import PlanRow
from services.platform.errors import Forbidden, Invalid, NotFound
from services.platform.testing import HOME, START, person, role_token
from services.playbook.loader import PACKAGED, load_library, parse_plan

TEXT = (PACKAGED / "canicule.yaml").read_text(encoding="utf-8")
PLAN = load_library().plans["canicule"]
SECOND = (
    TEXT.replace("version: 1", "version: 2")
    .replace("title: Canicule et", "title: Canicule ou")
    .replace("title: Fixer et tenir", "title: Fixer puis tenir")
)
COORD = person("coord-a", Role.COORDINATOR)


async def load(desk, text):
    """Another version, as a later start would find it in the folder."""
    plan = parse_plan(text, "plan.yaml")
    await desk.transact(lambda unit: store.keep_plan(unit.session, plan, unit.now))
    return plan


async def test_versions_are_listed_newest_first_with_the_one_a_crisis_follows(desk_for):
    desk = await desk_for(SERVICE)
    await desk.hear(
        CrisisOpened(
            crisis="c1", playbook="canicule", plan_version=1, plan_sha256=PLAN.sha256,
            typology="T2", opened_at=START,
        )
    )  # fmt: skip
    second = await load(desk, SECOND)
    other = await load(desk, TEXT.replace("playbook: canicule", "playbook: zone-inondee"))
    every = (await desk.ask(ListPlans(), caller=COORD))["items"]
    items = [item for item in every if item["playbook"] in ("canicule", "zone-inondee")]
    assert [(item["playbook"], item["version"]) for item in items] == [
        ("canicule", 2), ("canicule", 1), ("zone-inondee", 1),
    ]  # fmt: skip
    assert [item["in_use"] for item in items] == [False, True, False]
    assert [item["newest"] for item in items] == [True, False, True]
    assert items[0]["sha256"] == second.sha256
    assert items[0]["status_words"] == "modèle à valider"
    assert items[2]["sha256"] == other.sha256
    assert items[2]["first_loaded_at"]
    found, cursor = [], None
    while True:
        page = await desk.ask(ListPlans(limit=1, cursor=cursor), caller=COORD)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == every
    assert len((await desk.ask(ListPlans(playbook="canicule"), caller=COORD))["items"]) == 2
    with pytest.raises(Invalid):
        await desk.ask(ListPlans(cursor="canicule~x"), caller=COORD)


async def test_a_plan_is_read_in_words_by_content_or_newest(desk_for):
    desk = await desk_for(SERVICE)
    second = await load(desk, SECOND)
    newest = await desk.ask(ReadPlan(playbook="canicule"), caller=COORD)
    assert (newest["about"]["version"], newest["about"]["newest"]) == (2, True)
    first = await desk.ask(ReadPlan(playbook="canicule", sha256=PLAN.sha256), caller=COORD)
    assert first["about"]["title"] == PLAN.title
    assert [len(level["firm"]) > 0 for level in first["levels"]] == [True, True, True]
    assert second.sha256 == newest["about"]["sha256"]
    with pytest.raises(NotFound, match="Aucun plan"):
        await desk.ask(ReadPlan(playbook="inconnu"), caller=COORD)
    with pytest.raises(NotFound, match="version du plan"):
        await desk.ask(ReadPlan(playbook="canicule", sha256="0" * 64), caller=COORD)


async def test_two_versions_are_compared_the_last_two_without_a_choice(desk_for):
    desk = await desk_for(SERVICE)
    with pytest.raises(NotFound, match="n'a pas de version avant"):
        await desk.ask(ComparePlans(playbook="canicule"), caller=COORD)
    second = await load(desk, SECOND)
    found = await desk.ask(ComparePlans(playbook="canicule"), caller=COORD)
    assert (found["older"]["version"], found["newer"]["version"]) == (1, 2)
    assert [change["name"] for change in found["plan"]] == ["titre"]
    assert [step["id"] for step in found["changed"]] == ["FIN-06"]
    asked = ComparePlans(playbook="canicule", older=second.sha256, newer=PLAN.sha256)
    back = await desk.ask(asked, caller=COORD)
    assert back["plan"][0]["after"] == [PLAN.title]


async def test_a_file_is_checked_and_nothing_is_kept(desk_for):
    desk = await desk_for(SERVICE)
    found = await desk.ask(CheckPlan(text=SECOND), caller=COORD)
    assert found["ok"]
    assert found["differences"]["older"]["version"] == 1
    assert [step["id"] for step in found["differences"]["changed"]] == ["FIN-06"]
    same = await desk.ask(CheckPlan(text=TEXT), caller=COORD)
    assert same["differences"]["same"]
    assert "déjà chargée" in same["notes"][0]
    new = await desk.ask(CheckPlan(text=TEXT.replace("playbook: canicule", "playbook: autre")), caller=COORD)
    assert new["ok"]
    assert new["differences"] is None
    kept = await desk.read(lambda session: session.execute(select(func.count()).select_from(PlanRow)).scalar())
    assert kept == len(load_library().plans)


async def test_a_version_that_served_with_another_content_is_refused_as_at_start(desk_for):
    desk = await desk_for(SERVICE)
    found = await desk.ask(CheckPlan(text=SECOND.replace("version: 2", "version: 1")), caller=COORD)
    assert not found["ok"]
    (problem,) = found["problems"]
    assert problem["line"] == 5
    assert "a déjà servi" in problem["message"]
    assert "version: 2" in problem["remedy"].replace("\u00a0", " ")


async def test_an_older_version_than_the_newest_is_good_and_says_that_it_would_not_serve(desk_for):
    desk = await desk_for(SERVICE)
    await load(desk, SECOND.replace("version: 2", "version: 7"))
    found = await desk.ask(CheckPlan(text=SECOND.replace("version: 2", "version: 3")), caller=COORD)
    assert found["ok"]
    assert "version 7" in found["notes"][0]


async def test_a_plan_of_thousands_of_steps_is_told_without_its_steps(desk_for):
    steps = "".join(f"\n      - {{id: A-{number}, modality: possible, title: abc, owner: x}}" for number in range(2600))
    text = (
        "playbook: long\nversion: 1\ntypology: T1\ntitle: Long\nnot_ours: [Rien]\n"
        f"levels:\n  1:\n    name: Seul\n    decided_by: [referent]\n    actions:{steps}\n"
    )
    desk = await desk_for(SERVICE)
    found = await desk.ask(CheckPlan(text=text), caller=COORD)
    assert found["ok"]
    assert found["plan"] is None
    assert "trop long" in found["notes"][-1]


async def test_who_reads_and_who_checks(desk_for):
    desk = await desk_for(SERVICE)
    for role in (Role.COORDINATOR, Role.REFERENT, Role.PROFESSIONAL, Role.READER, Role.ARS, Role.SAMU):
        assert (await desk.ask(ListPlans(), caller=role_token(role)))["items"]
        assert (await desk.ask(ReadPlan(playbook="canicule"), caller=role_token(role)))["levels"]
    for role in (Role.ARS, Role.SAMU, Role.METEO):
        with pytest.raises(Forbidden):
            await desk.ask(CheckPlan(text=TEXT), caller=role_token(role))
    with pytest.raises(Forbidden):
        await desk.ask(ListPlans(), caller=role_token(Role.METEO))
    with pytest.raises(Forbidden):
        await desk.ask(ListPlans(), caller=role_token(Role.READER, "ailleurs"), territory=HOME)
