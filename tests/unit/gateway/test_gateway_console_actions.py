"""The board by moment, an action with its list to tick, a plan with its lists, sheets and validation."""

import re

import httpx
import pytest

from contracts.actions import ListActions
from contracts.plans import ListPlans, PlanVersion, ReadPlan
from services.gateway.console import actions, plan_names, plans
from services.gateway.console.seal import SESSION, Seal
from services.platform.settings import Settings
from services.playbook.loader import load_library
from services.playbook.readable import read_plan, version_of

PLANS = load_library().plans
AGENT = PLANS["agent-emergent"]
SHA = AGENT.sha256


@pytest.fixture
async def screen(app, tmp_path):
    """A browser signed in as a coordinator on duty."""
    plan_names._READ.clear()
    cookies = {SESSION: Seal.of(Settings(data_dir=tmp_path)).session("coord")}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    base = "http://desk/poste/nord-essonne"
    async with httpx.AsyncClient(transport=transport, base_url=base, cookies=cookies) as client:
        yield client


def step(action, title, phase=None, **more):
    return {
        "id": f"run-{action}", "action": action, "title": title, "side": "cpts", "modality": "firm",
        "owner": "coordinatrice", "status": "open", "due_at": "2026-06-29T07:00:00+00:00", "late": False, "level": 1,
        "crises": ["c1"], "playbook": "agent-emergent", "plan_sha256": SHA, "opened_at": "2026-06-29T05:00:00+00:00",
        "in_force": True, "taken_by": None, "taken_at": None, "settled_by": None, "settled_at": None, "occurrence": 1,
        "repeats": False, "help": "", "documents": [], "actors": "", "theme": None, "channel": "", "indicator": "",
        "phase": phase, "fiche": None, "checklist": None, "shared_key": None, "adopted": {}, "adoptions": {}, **more,
    }  # fmt: skip


def read(plan):
    return read_plan(plan, version_of(plan)).model_dump(mode="json")


def headings(html):
    return re.findall(r'<h3 class="moment">([^<]*)</h3>', html)


async def test_firm_steps_stand_under_their_moment_late_ones_first(screen, bus):
    bus.replies[ListActions] = {
        "items": [
            step("REB-1-C12", "Tenir le point", "suite", due_at="2026-06-30T07:00:00+00:00"),
            step("REB-1-C7", "Compter les protections", "jour"),
            step("REB-1-C1", "Faire isoler", "heure"),
            step("REB-1-C2", "Vérifier le 15", "heure", late=True, due_at="2026-06-29T05:10:00+00:00"),
            step("CAN-1", "Dire la chaleur"),
        ],
        "next": None,
    }
    html = (await screen.get("/actions")).text
    assert headings(html) == ["En retard", "Première heure", "Premier jour", "Jours suivants", "Sans moment précis"]
    order = ["Vérifier le 15", "Faire isoler", "Compter les protections", "Tenir le point", "Dire la chaleur"]
    assert sorted(order, key=html.index) == order
    assert "5 actions fermes" in html.replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_board_whose_plan_gives_no_moment_keeps_one_list(screen, bus):
    bus.replies[ListActions] = {
        "items": [step("CAN-1", "Dire la chaleur"), step("CAN-2", "Publier", late=True)],
        "next": None,
    }
    html = (await screen.get("/actions")).text
    assert headings(html) == []
    assert html.index("Publier") < html.index("Dire la chaleur")


def test_each_owner_has_moments_of_their_own():
    late = step("A-1", "Une", "jour", late=True)
    assert actions.by_moment([late, step("A-2", "Deux", "suite")]) == [
        ("En retard", [late]), ("Jours suivants", [step("A-2", "Deux", "suite")]),
    ]  # fmt: skip
    assert actions.by_moment([step("A-3", "Trois")]) == [("", [step("A-3", "Trois")])]


async def test_an_action_shows_the_list_of_the_version_its_crisis_follows(screen, bus):
    bus.replies[ListActions] = {
        "items": [step("REB-3-C3", "Ouvrir le centre", "jour", checklist="centre-vaccination")],
        "next": None,
    }
    bus.replies[ReadPlan] = read(AGENT)
    html = (await screen.get("/actions/run-REB-3-C3")).text
    assert bus.asked(ReadPlan)[0]["message"] == ReadPlan(playbook="agent-emergent", sha256=SHA)
    wanted = AGENT.checklists["centre-vaccination"]
    assert html.count('type="checkbox"') == sum(len(lines) for lines in wanted.parts.values())
    assert "Lieu et circuit" in html
    assert "ne sont pas gardées" in html
    assert "Premier jour" in html


async def test_an_action_without_a_list_asks_for_no_plan(screen, bus):
    bus.replies[ListActions] = {"items": [step("REB-1-C3", "Joindre l'ARS", "heure")], "next": None}
    html = (await screen.get("/actions/run-REB-1-C3")).text
    assert not bus.asked(ReadPlan)
    assert 'type="checkbox"' not in html


async def test_a_list_that_cannot_be_read_is_said_missing(screen, bus):
    bus.replies[ListActions] = {"items": [step("REB-1-C1", "Isoler", "heure", checklist="cas-possible")], "next": None}
    answer = await screen.get("/actions/run-REB-1-C1")
    assert answer.status_code == 200
    assert 'type="checkbox"' not in answer.text
    assert "indisponible" in answer.text


async def test_a_plan_shows_moments_lists_sheets_and_who_has_to_accept_it(screen, bus):
    bus.replies[ReadPlan] = read(AGENT)
    bus.replies[ListPlans] = {"items": [PlanVersion(**read(AGENT)["about"]).model_dump(mode="json")], "next": None}
    html = (await screen.get("/plans/agent-emergent")).text
    lines = sum(len(part) for one in AGENT.checklists.values() for part in one.parts.values())
    assert html.count('type="checkbox"') == lines
    assert all(f'id="liste-{key}"' in html for key in AGENT.checklists)
    assert 'href="#liste-centre-depistage"' in html
    assert '<h4 class="theme">Première heure</h4>' in html
    assert "attend la validation" in html
    assert "cas-confirme-a-juvisy" in html
    assert "Fiches qu’aucune action ne sert" not in html


async def test_a_plan_that_serves_some_sheets_names_the_others(screen, bus):
    bus.replies[ReadPlan] = read(AGENT.model_copy(update={"closing": ()}))
    bus.replies[ListPlans] = {"items": [], "next": None}
    html = (await screen.get("/plans/agent-emergent")).text
    assert "Fiches qu’aucune action ne sert" in html
    assert "levée et retour d" in html


def test_sheets_are_told_once_and_a_plan_may_tell_none():
    assert plans.served(read(AGENT))[:2] == ["gouvernance et déclencheurs", "communication interne"]
    assert len(plans.served(read(AGENT))) == 10
    silent = AGENT.model_copy(
        update={"levels": {}, "closing": (), "engagements": (AGENT.closing[0].model_copy(update={"fiche": None}),)}
    )
    assert plans.served(read(silent)) == []
