"""The page where a newer plan is taken: what it shows, what it sends, what it keeps when it is refused."""

import httpx
import pytest

from contracts.adoptions import AskAdoption
from contracts.levels import AdoptPlan, AskSituation
from contracts.plans import ListPlans
from services.gateway.console.seal import SESSION, Seal
from services.platform.errors import Conflict
from services.platform.settings import Settings

OLD, NEW = "1" * 64, "2" * 64
CRISIS = {
    "id": "c1", "playbook": "canicule", "plan_sha256": OLD, "plan_version": 1, "newest_version": 2,
    "newest_sha256": NEW, "typology": "T2", "level": 1, "since": "2026-06-29T05:00:00Z",
    "opened_at": "2026-06-29T05:00:00Z", "closed_at": None, "decided_by": "coord-a", "version": 1,
}  # fmt: skip
STEP = {"action": "A-1", "side": "cpts", "modality": "firm", "owner": "coordinatrice", "level": 1}
VERSION = {"playbook": "canicule", "title": "Canicule", "typology": "T2"}
LISTED = VERSION | {
    "version": 2, "sha256": NEW, "status_words": "modèle", "orsan": None, "first_loaded_at": None, "in_use": False,
    "newest": True,
}  # fmt: skip
FOUND = {
    "crisis": "c1", "playbook": "canicule", "level": 1, "decided_by": ["coordinatrice"],
    "older": VERSION | {"version": 1, "sha256": OLD}, "newer": VERSION | {"version": 2, "sha256": NEW},
    "opens": [STEP | {"title": "Appeler les mairies"}],
    "closes": [STEP | {"title": "Tenir la liste"}],
    "keeps": [STEP | {"title": "Réunir la cellule", "shared": True, "shared_with": ["afflux"]}],
    "changed": [
        STEP
        | {"title": "Compter", "changes": [{"field": "due", "name": "échéance", "before": ["4 h"], "after": ["2 h"]}]}
    ],
}  # fmt: skip
FORM = {"crise": "c1", "depuis": OLD, "version": NEW, "motif": "Relu cette nuit", "decide_par": "coord-a"}


@pytest.fixture
async def screen(app, tmp_path, bus):
    bus.replies[AskSituation] = situation()
    bus.replies[AskAdoption] = FOUND
    bus.replies[ListPlans] = {"items": [LISTED], "next": None}
    cookies = {SESSION: Seal.of(Settings(data_dir=tmp_path)).session("coord")}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://desk/poste/nord-essonne", cookies=cookies,
        headers={"origin": "http://desk"},
    ) as client:  # fmt: skip
        yield client


def situation(**changes):
    return {
        "territory": "nord-essonne", "exercise": False, "at": "2026-06-29T06:00:00Z", "axes": [], "proposals": [],
        "crises": [CRISIS | changes],
    }  # fmt: skip


def plain(answer):
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_what_opens_closes_and_changes_is_read_before_deciding(screen, bus):
    page = plain(await screen.get("/niveau/canicule/plan"))
    for words in ("Appeler les mairies", "Tenir la liste", "partagée avec la crise afflux", "4 h", "2 h"):
        assert words in page
    assert "Reprendre la version 2" in page
    assert bus.asked(AskAdoption)[0]["message"] == AskAdoption(crisis="c1", sha256=NEW)
    assert not bus.asked(AdoptPlan)


async def test_a_reason_is_asked_then_the_decision_leaves_with_what_was_on_screen(screen, bus):
    bus.replies[AdoptPlan] = {"id": "c1", "crisis": "c1", "level": 1, "status": "adopted"}
    refused = await screen.post("/niveau/canicule/plan", data=FORM | {"motif": ""})
    assert refused.status_code == 422
    assert not bus.asked(AdoptPlan)
    answer = await screen.post("/niveau/canicule/plan", data=FORM)
    assert answer.status_code == 303
    (sent,) = bus.asked(AdoptPlan)
    assert sent["message"] == AdoptPlan(crisis="c1", from_sha256=OLD, sha256=NEW, reason="Relu cette nuit")


@pytest.mark.parametrize("crises", [{"plan_version": 2, "plan_sha256": NEW}, {"level": 0}])
async def test_a_stale_screen_is_refused_and_the_reason_is_kept(screen, bus, crises):
    def taken(command):
        bus.replies[AskSituation] = situation(**crises)
        raise Conflict("Passage à la version 2 du plan, déjà décidé par referent à 9 h 02.")

    bus.replies[AdoptPlan] = taken
    answer = await screen.post("/niveau/canicule/plan", data=FORM)
    assert answer.status_code == 409
    assert "Relu cette nuit" in answer.text
    assert "referent" in answer.text


async def test_the_situation_and_the_level_page_say_that_a_newer_version_waits(screen, bus):
    words = "La version 2 du plan canicule est disponible ; la crise suit la version 1"
    assert words in plain(await screen.get("/situation"))
    assert words in plain(await screen.get("/plans"))
    bus.replies[AskSituation] = situation(plan_version=2)
    assert words not in plain(await screen.get("/situation"))
