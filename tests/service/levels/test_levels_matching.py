"""Alerts find their plan, requests that name nothing wait for a person, quiet proposes to go down."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.alerts import AlertKind, AlertLifted, AlertRaised, Area, Phenomenon
from contracts.base import Role, TextRef
from contracts.levels import AskSituation, ChangeLevel, DecideProposal, ListProposals, ProposalWithdrawn
from services.levels import SERVICE
from services.platform.testing import person

START = datetime(2026, 1, 12, 8, 0, tzinfo=UTC)
COORD = person("coord-a", Role.COORDINATOR, on_duty=("coordinatrice",))
PLAN = """
playbook: {name}
version: 1
typology: T2
orsan: {volet}
title: Plan {name}
phenomena: [{subject}]
not_ours: [Rien]
levels:
  1:
    name: Appui
    decided_by: [coordinatrice]
    propose:
      - {{when: {{request: autorite, level: 1}}, because: "{{source}} demande le niveau 1"}}
    actions: [{{id: X-1, modality: possible, title: Un pas, owner: coordinatrice}}]
  2:
    name: Renfort
    decided_by: [coordinatrice]
    propose:
      - {{when: {{request: autorite, level: 2}}, because: "{{source}} demande le niveau 2"}}
    actions: [{{id: X-2, modality: possible, title: Un pas, owner: coordinatrice}}]
lowering: {{quiet: true, tail_hours: 24, because: "{{hours}} h sans rien de nouveau"}}
"""


@pytest.fixture
def settings(settings, tmp_path):
    folder = tmp_path / "plans"
    folder.mkdir()
    for name, volet, subject in (
        ("froid", "EPI-CLIM", "grand_froid"),
        ("epidemie", "EPI-CLIM", "epidemie_saisonniere"),
        ("afflux", "AMAVI", "afflux_de_blesses"),
    ):
        (folder / f"{name}.yaml").write_text(PLAN.format(name=name, volet=volet, subject=subject), encoding="utf-8")
    return settings.model_copy(update={"playbooks_dir": folder})


def ask(name="demande", level=1, fact=AlertRaised, version=1, **more):
    return fact(
        alert=name, version=version, kind=AlertKind.ARS, source="ars-idf", headline=TextRef(id=name, sha256="0" * 64),
        starts_at=START, areas=(Area(departement="91"),), requests_level=level, **more,
    )  # fmt: skip


async def waiting(desk):
    items = (await desk.ask(ListProposals(status="pending")))["items"]
    return {item["playbook"]: item["level"] for item in items}


async def unassigned(desk):
    return [(one["alert"], one["level"], one["about"]) for one in (await desk.ask(AskSituation()))["unassigned"]]


async def change(desk, playbook, before, after):
    command = ChangeLevel(playbook=playbook, from_level=before, level=after, reason="Décidé")
    return await desk.do(command, caller=COORD)


async def test_a_request_that_names_nothing_waits_for_a_person_to_choose(desk_for):
    desk = await desk_for(SERVICE, start=START)
    await desk.hear(ask(level=2))
    assert (await waiting(desk), await unassigned(desk)) == ({}, [("demande", 2, None)])
    await change(desk, "afflux", 0, 1)
    assert await unassigned(desk) == []
    await desk.tick(minutes=5)
    await change(desk, "afflux", 1, 0)
    assert (await waiting(desk), await unassigned(desk)) == ({}, []), "the crisis it met answered it"
    await desk.tick(minutes=5)
    await desk.hear(ask("autre", level=1))
    assert await unassigned(desk) == [("autre", 1, None)]
    await desk.hear(ask("autre", level=1, fact=AlertLifted, version=2))
    assert await unassigned(desk) == []


async def test_a_request_for_what_no_plan_is_about_is_not_lost(desk_for):
    desk = await desk_for(SERVICE, start=START)
    await change(desk, "afflux", 0, 1)
    await desk.hear(ask(level=2, phenomenon=Phenomenon.PENURIE))
    assert (await waiting(desk), await unassigned(desk)) == ({}, [("demande", 2, "Pénurie")])


async def test_a_request_proposes_the_plan_it_names_whatever_is_open(desk_for):
    desk = await desk_for(SERVICE, start=START)
    await change(desk, "froid", 0, 1)
    await desk.hear(ask(level=2, phenomenon=Phenomenon.AFFLUX_DE_BLESSES))
    assert await waiting(desk) == {"afflux": 2}
    await desk.hear(ask("volet", level=2, volet="EPI-CLIM"))
    assert await waiting(desk) == {"afflux": 2, "froid": 2}


async def test_opening_one_plan_of_a_volet_takes_the_others_back(desk_for):
    desk = await desk_for(SERVICE, start=START)
    await desk.hear(ask(volet="EPI-CLIM"))
    assert await waiting(desk) == {"froid": 1, "epidemie": 1}
    items = (await desk.ask(ListProposals(status="pending")))["items"]
    cold = next(item for item in items if item["playbook"] == "froid")
    await desk.do(DecideProposal(proposal=cold["id"], decision="accept", reason="Oui"), caller=COORD)
    assert await waiting(desk) == {}
    (taken_back,) = await desk.facts(ProposalWithdrawn)
    assert taken_back.playbook == "epidemie"
    await desk.tick(minutes=5)
    await change(desk, "froid", 1, 0)
    assert await waiting(desk) == {}, "closing the crisis it met proposes no other"


async def test_quiet_proposes_to_go_down_one_level_at_a_time(desk_for):
    desk = await desk_for(SERVICE, start=START)
    await change(desk, "froid", 0, 2)
    await desk.hear(ask(volet="EPI-CLIM"))
    await desk.tick(at=START + timedelta(hours=40))
    assert await waiting(desk) == {}, "a request in force keeps the crisis open"
    await desk.hear(ask(volet="EPI-CLIM", fact=AlertLifted, version=2))
    assert await desk.read(SERVICE.next_due) == START + timedelta(hours=64)
    await desk.tick(at=START + timedelta(hours=63, minutes=59))
    assert await waiting(desk) == {}
    await desk.tick(at=START + timedelta(hours=64))
    assert await waiting(desk) == {"froid": 1}
    (item,) = (await desk.ask(ListProposals(status="pending")))["items"]
    assert (item["because"], item["evidence"][0]["kind"]) == ("24 h sans rien de nouveau", "calme")
    await desk.do(DecideProposal(proposal=item["id"], decision="accept", reason="Oui"), caller=COORD)
    (item,) = (await desk.ask(ListProposals(status="pending")))["items"]
    assert (item["from_level"], item["level"]) == (1, 0)
    await desk.do(DecideProposal(proposal=item["id"], decision="decline", reason="Pas encore"), caller=COORD)
    await desk.tick(at=START + timedelta(hours=200))
    assert await waiting(desk) == {}
    await desk.hear(ask("encore", level=1, volet="EPI-CLIM"))
    await desk.hear(ask("encore", level=1, volet="EPI-CLIM", fact=AlertLifted, version=2))
    await desk.tick(at=START + timedelta(hours=224))
    assert await waiting(desk) == {"froid": 0}
