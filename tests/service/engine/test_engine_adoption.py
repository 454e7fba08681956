"""Two crises that share the cell; one takes a newer plan, then closes: the other is whole, whatever the order told."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from contracts.actions import ActionClosed, ActionOpened, ActionRevised, FinishAction, ListActions
from contracts.adoptions import AskAdoption, PlanApplied
from contracts.base import Role, TextRef
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged, PlanAdopted
from services.engine import SERVICE
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.testing import person
from services.playbook.loader import load_library

START = datetime(2026, 6, 29, 6, 15, tzinfo=UTC)
REASON = TextRef(id="r1", sha256="0" * 64)
COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
HEAD = "typology: T1\nnot_ours: [Se rendre sur place sans demande du SAMU]\n"
CRUE = """
playbook: crue
version: 1
title: Crue
levels:
  1:
    name: Mobilisation
    decided_by: [referent]
    actions:
      - {id: CRU-1, modality: firm, title: Réunir la cellule, owner: referent, due: PT1H, shared_key: cellule-de-crise}
      - {id: CRU-2, modality: firm, title: Compter les présents, owner: referent, due: PT4H}
"""
PANNE = """
playbook: coupure
version: 1
title: Coupure
levels:
  1:
    name: Mobilisation
    decided_by: [referent]
    actions:
      - {id: PAN-1, modality: firm, title: Réunir, owner: coordinatrice, due: PT1H, shared_key: cellule-de-crise}
      - {id: PAN-2, modality: possible, title: Prévenir les officines, owner: coordinatrice}
      - {id: PAN-3, modality: firm, title: Appeler le fournisseur, owner: coordinatrice, due: PT2H}
      - {id: PAN-4, modality: firm, title: Noter les stocks, owner: coordinatrice, due: PT2H}
"""
NEWER = (
    PANNE.replace("version: 1", "version: 2")
    .replace("modality: possible, title: Prévenir les officines, owner: coordinatrice",
             "modality: firm, title: Prévenir les officines, owner: referent, due: PT4H")
    .replace("{id: PAN-3, modality: firm, title: Appeler le fournisseur",
             "{id: PAN-5, modality: firm, title: Appeler l’ARS")
    .replace("Noter les stocks", "Noter les stocks restants")
)  # fmt: skip


@pytest.fixture
def plans(tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    for name, text in (("crue", CRUE), ("coupure-1", PANNE), ("coupure-2", NEWER)):
        (folder / f"{name}.yaml").write_text(HEAD + text, encoding="utf-8")
    found = load_library(folder)
    return folder, {(plan.playbook, plan.version): plan for plan in found.contents.values()}


async def a_desk(desk_for, plans):
    desk = await desk_for(SERVICE)
    desk.writer.settings = desk.settings = desk.settings.model_copy(update={"playbooks_dir": plans[0]})

    def start(unit):
        unit.settings = desk.settings
        for starter in SERVICE.starters:
            starter(unit)

    await desk.transact(start)
    await desk.tick(at=START)
    return desk


def facts_of(crisis, plan):
    return (
        CrisisOpened(
            crisis=crisis, playbook=plan.playbook, plan_version=plan.version, plan_sha256=plan.sha256,
            typology=plan.typology, opened_at=START,
        ),
        moved(crisis, plan, 1, 0, 1),
    )  # fmt: skip


def moved(crisis, plan, version, before, after, at=START):
    return LevelChanged(
        crisis=crisis, version=version, playbook=plan.playbook, plan_sha256=plan.sha256, from_level=before,
        level=after, decided_by="referent", reason=REASON, changed_at=at,
    )  # fmt: skip


def adopted(crisis, older, newer, version, at):
    return PlanAdopted(
        crisis=crisis, version=version, playbook=newer.playbook, level=1, from_sha256=older.sha256,
        plan_sha256=newer.sha256, from_version=older.version, plan_version=newer.version, decided_by="referent",
        reason=REASON, adopted_at=at,
    )  # fmt: skip


def closed(crisis, playbook, version, at):
    return CrisisClosed(crisis=crisis, version=version, playbook=playbook, opened_at=START, closed_at=at)


async def board(desk, **filters):
    return (await desk.ask(ListActions(limit=100, **filters), caller=COORD))["items"]


async def in_force(desk, crisis):
    return {one["action"]: one for one in await board(desk, crisis=crisis) if one["in_force"]}


async def both_open(desk_for, plans):
    desk, known = await a_desk(desk_for, plans), plans[1]
    for crisis, plan in (("c1", known["coupure", 1]), ("c2", known["crue", 1])):
        for fact in facts_of(crisis, plan):
            await desk.hear(fact)
    return desk, known["coupure", 1], known["coupure", 2], known["crue", 1]


async def test_a_newer_plan_is_shown_then_taken_then_its_crisis_closes_and_the_other_is_whole(desk_for, plans):
    desk, older, newer, _ = await both_open(desk_for, plans)
    stocks = (await in_force(desk, "c1"))["PAN-4"]
    await desk.do(FinishAction(run=stocks["id"], proof="Comptés"), caller=COORD)
    await desk.tick(hours=3)
    now = desk.clock.now()
    found = await desk.ask(AskAdoption(crisis="c1"), caller=COORD)
    assert (found["older"]["version"], found["newer"]["version"], found["decided_by"]) == (1, 2, ["referent"])
    assert [one["action"] for one in found["opens"]] == ["PAN-5"]
    assert [one["action"] for one in found["closes"]] == ["PAN-3"]
    assert {one["action"]: one["shared_with"] for one in found["keeps"]} == {"PAN-1": ["crue"], "PAN-4": []}
    (changed,) = found["changed"]
    assert (changed["action"], [one["name"] for one in changed["changes"]]) == (
        "PAN-2", ["caractère", "responsable", "échéance"],
    )  # fmt: skip
    told = len(await desk.said())

    await desk.hear(adopted("c1", older, newer, 2, now))
    (revised,) = await desk.facts(ActionRevised)
    assert (revised.action, revised.owner, revised.due_at) == ("PAN-2", "referent", now + timedelta(hours=4))
    assert revised.changes == tuple(one["field"] for one in changed["changes"])
    (gone,) = await desk.facts(ActionClosed)
    assert (gone.action, gone.because, gone.reason) == ("PAN-3", "le plan version 2 ne la demande plus", REASON)
    assert [one.action for one in await desk.facts(ActionOpened)][-1] == "PAN-5"
    (applied,) = await desk.facts(PlanApplied)
    assert (applied.opened, applied.closed, applied.changed, applied.kept) == (1, 1, 1, 2)
    assert len(await desk.said()) == told + 4
    done = (await in_force(desk, "c1"))["PAN-4"]
    assert (done["status"], done["title"]) == ("done", "Noter les stocks")

    await desk.hear(moved("c1", newer, 3, 1, 0, now))
    await desk.hear(closed("c1", "coupure", 3, now))
    whole = await in_force(desk, "c2")
    assert set(whole) == {"CRU-1", "CRU-2"}
    cell = whole["CRU-1"]
    assert (cell["title"], cell["owner"], cell["crises"], cell["status"]) == (
        "Réunir la cellule", "referent", ["c2"], "open",
    )  # fmt: skip
    assert await in_force(desk, "c1") == {}


@pytest.mark.parametrize("order", [order for order in itertools.permutations(range(4)) if order != (0, 1, 2, 3)][:8])
async def test_facts_told_out_of_order_or_twice_end_in_the_same_place(desk_for, plans, order):
    desk, known = await a_desk(desk_for, plans), plans[1]
    older, newer = known["coupure", 1], known["coupure", 2]
    story = [*facts_of("c1", older), adopted("c1", older, newer, 2, START), moved("c1", newer, 3, 1, 1)]
    for number in order:
        await desk.hear(story[number])
    told = len(await desk.said())
    for fact in story:
        await desk.hear(fact)
    assert len(await desk.said()) == told
    assert set(await in_force(desk, "c1")) == {"PAN-1", "PAN-2", "PAN-4", "PAN-5"}
    with pytest.raises(Invalid, match="suit déjà la version 2"):
        await desk.ask(AskAdoption(crisis="c1"), caller=COORD)


async def test_what_cannot_be_taken_is_refused_in_words(desk_for, plans):
    desk, _, newer, crue = await both_open(desk_for, plans)
    for question, error, words in (
        (AskAdoption(crisis="c1", sha256=crue.sha256), Invalid, "ne peut pas reprendre « crue »"),
        (AskAdoption(crisis="c1", sha256="f" * 64), NotFound, "pas connue de ce poste"),
        (AskAdoption(crisis="ailleurs"), NotFound, "n'existe pas"),
        (AskAdoption(crisis="c2"), Invalid, "suit déjà la version 1"),
    ):
        with pytest.raises(error, match=words):
            await desk.ask(question, caller=COORD)
    await desk.hear(closed("c2", "crue", 2, START))
    with pytest.raises(Conflict, match="fermée"):
        await desk.ask(AskAdoption(crisis="c2"), caller=COORD)
    told = len(await desk.said())
    await desk.hear(adopted("c2", crue, newer, 3, START))
    assert len(await desk.said()) == told
