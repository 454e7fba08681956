"""A running crisis takes another version of its plan: who may, what is refused, what waits is derived again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.alerts import AlertKind, AlertRaised, Area
from contracts.base import Role, TextRef
from contracts.levels import (
    AdoptPlan,
    AskSituation,
    ChangeLevel,
    LevelChanged,
    ListProposals,
    PlanAdopted,
    ProposalWithdrawn,
)
from services.levels import SERVICE
from services.levels.plans import library_at
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.testing import person

COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
REFERENT = person("referent", Role.REFERENT, on_duty=("referent",))
OFF_DUTY = person("coord-b", Role.COORDINATOR)
PLAN = """
playbook: crue
version: {version}
typology: T1
title: Crue
not_ours: [Se rendre sur place sans demande du SAMU]
levels:
  1:
    name: Veille
    decided_by: [{who}]
    propose:
      - {{when: {{alert: ars}}, because: "L'ARS alerte"}}
      - {{when: {{alert: samu}}, because: "Le SAMU alerte", evidence_only: true}}
    actions: [{{id: CRU-1, modality: possible, title: Prévenir, owner: coordinatrice}}]
"""
SECOND = """
  2:
    name: Renfort
    decided_by: [referent]
    propose: [{{when: {{{when}}}, because: "On appelle"}}]
    actions: [{{id: CRU-2, modality: possible, title: Renforcer, owner: coordinatrice}}]
"""
VERSIONS = {
    1: PLAN.format(version=1, who="coordinatrice") + SECOND.format(when="alert: samu"),
    2: PLAN.format(version=2, who="referent") + SECOND.format(when="alert: ars"),
    3: PLAN.format(version=3, who="coordinatrice"),
}


@pytest.fixture
def settings(settings, tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    for version, text in VERSIONS.items():
        (folder / f"crue-{version}.yaml").write_text(text, encoding="utf-8")
    return settings.model_copy(update={"playbooks_dir": folder})


def call(kind):
    return AlertRaised(
        alert=str(kind), version=1, kind=kind, source=str(kind), headline=TextRef(id="t", sha256="0" * 64),
        starts_at=datetime(2026, 6, 29, 6, tzinfo=UTC), areas=(Area(departement="91"),),
    )  # fmt: skip


async def followed(desk):
    (crisis,) = [one for one in (await desk.ask(AskSituation()))["crises"] if one["closed_at"] is None]
    return crisis


async def a_crisis(desk_for, settings, level=1):
    """The crisis follows the version 1, as if the others had been loaded since."""
    desk = await desk_for(SERVICE)
    library = library_at(settings.playbooks_dir)
    shas = {plan.version: plan.sha256 for plan in library.contents.values()}
    library.plans["crue"] = library.contents[shas[1]]
    await desk.hear(call(AlertKind.ARS))
    await desk.do(
        ChangeLevel(playbook="crue", from_level=0, level=level, reason="Crue"), caller=REFERENT if level > 1 else COORD
    )
    library.plans["crue"] = library.contents[shas[2]]
    return desk, (await followed(desk))["id"], shas


def taking(crisis, shas, before, after, **more):
    return AdoptPlan(crisis=crisis, from_sha256=shas[before], sha256=shas[after], reason="Relu cette nuit", **more)


async def test_a_version_is_taken_by_who_it_says_and_the_level_stays(desk_for, settings):
    desk, crisis, shas = await a_crisis(desk_for, settings)
    before = await followed(desk)
    assert (before["plan_version"], before["newest_version"], before["newest_sha256"]) == (1, 2, shas[2])
    for caller in (COORD, OFF_DUTY):
        with pytest.raises(Forbidden):
            await desk.do(taking(crisis, shas, 1, 2), caller=caller)
    done = await desk.do(taking(crisis, shas, 1, 2, decided_by="referent"), caller=COORD)
    assert (done["level"], done["status"]) == (1, "adopted")
    (fact,) = await desk.facts(PlanAdopted)
    assert (fact.version, fact.from_version, fact.plan_version, fact.decided_by) == (2, 1, 2, "referent")
    after = await followed(desk)
    assert (after["plan_version"], after["level"], after["since"]) == (2, 1, before["since"])
    assert "Relu" not in str([one.data for one in await desk.said()])
    await desk.do(ChangeLevel(playbook="crue", from_level=1, level=2, reason="Monte"), caller=REFERENT)
    assert [(one.version, one.plan_sha256) for one in await desk.facts(LevelChanged)][-1] == (3, shas[2])


async def test_who_comes_second_is_told_who_and_when(desk_for, settings):
    desk, crisis, shas = await a_crisis(desk_for, settings)
    with pytest.raises(Conflict, match="suit la version 1"):
        await desk.do(taking(crisis, shas, 3, 2), caller=REFERENT)
    await desk.do(taking(crisis, shas, 1, 2), caller=REFERENT)
    with pytest.raises(Conflict, match="Passage à la version 2 du plan, déjà décidé par referent à"):
        await desk.do(taking(crisis, shas, 1, 2), caller=REFERENT)
    assert len(await desk.facts(PlanAdopted)) == 1


async def test_what_cannot_be_taken_is_refused_in_words(desk_for, settings):
    desk, crisis, shas = await a_crisis(desk_for, settings, level=2)
    for command, error, words in (
        (taking("ailleurs", shas, 1, 2), NotFound, "n'existe pas"),
        (taking(crisis, shas | {9: "f" * 64}, 1, 9), NotFound, "pas connue"),
        (taking(crisis, shas, 1, 1), Invalid, "suit déjà la version 1"),
        (taking(crisis, shas, 1, 3), Invalid, "n'a pas de niveau 2"),
    ):
        with pytest.raises(error, match=words):
            await desk.do(command, caller=REFERENT)
    await desk.do(ChangeLevel(playbook="crue", from_level=2, level=0, reason="Fini"), caller=REFERENT)
    with pytest.raises(Conflict, match="fermée"):
        await desk.do(taking(crisis, shas, 1, 2), caller=REFERENT)


async def test_what_waits_is_derived_again_from_the_version_taken(desk_for, settings):
    desk, crisis, shas = await a_crisis(desk_for, settings)
    await desk.hear(call(AlertKind.SAMU))
    assert [one["because"] for one in await pending(desk)] == ["On appelle"]
    await desk.do(taking(crisis, shas, 1, 3), caller=COORD)
    assert await pending(desk) == []
    assert (await desk.facts(ProposalWithdrawn))[-1].reason == "Ce qui la motivait ne tient plus : On appelle"
    await desk.do(taking(crisis, shas, 3, 2), caller=REFERENT)  # the ARS was heard before: now it proposes level 2
    assert [one["level"] for one in await pending(desk)] == [2]


async def pending(desk):
    return (await desk.ask(ListProposals(status="pending")))["items"]
