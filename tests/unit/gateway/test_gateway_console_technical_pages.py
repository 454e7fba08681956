"""Forms of the plans, of the technical journal and of drills: what they send, what they refuse, what they show."""

import base64

import httpx
import pytest

from contracts.alerts import ListQuarantine
from contracts.exercises import AskExercise, EnterExercise, PaceExercise, StartExercise
from contracts.plans import CheckPlan
from services.gateway.console.seal import SESSION, Seal
from services.gateway.console.viewpoint import Viewpoint
from services.platform.parking import SettleParked
from services.platform.settings import Settings

RUN = "a" * 32
DRILL = {
    "id": RUN, "scenario": "s", "title": "S", "status": "en_cours", "speed": 60.0, "paused": False, "open": True,
    "started_at": "2026-06-29T05:00:00Z", "by": "coord-a", "base_path": f"/exercice/{RUN}", "ended_at": None,
    "played_at": None, "step": 0, "steps": 3, "passed": 0, "failed": 0, "verdict": "", "missed": [], "score": [],
    "fingerprint": "", "reason": "", "documents": [],
}  # fmt: skip


@pytest.fixture
async def screen(app, tmp_path):
    """A browser signed in as a coordinator on duty."""
    cookies = {SESSION: Seal.of(Settings(data_dir=tmp_path)).session("coord")}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://desk/poste/nord-essonne",
        cookies=cookies,
        headers={"origin": "http://desk"},
    ) as client:
        yield client


async def test_a_message_put_aside_is_settled_by_the_service_that_holds_it(screen, bus):
    bus.replies[SettleParked] = {"id": "p1"}
    answer = await screen.post("/technique/engine/p1/regler", data={"geste": "ecarter", "motif": "déjà su"})
    assert answer.status_code == 303
    (sent,) = bus.asked(SettleParked)
    assert (sent["service"], sent["message"].replay, sent["message"].reason) == ("engine", False, "déjà su")


@pytest.mark.parametrize(
    ("service", "form", "status"),
    [("engine", {"geste": "ecarter"}, 422), ("nowhere", {"geste": "rejouer"}, 404)],
)
async def test_what_cannot_be_settled_sends_nothing(screen, bus, service, form, status):
    answer = await screen.post(f"/technique/{service}/p1/regler", data=form)
    assert answer.status_code == status
    assert not bus.asked(SettleParked)


async def test_a_quarantined_document_is_given_as_it_came_and_never_run(screen, bus):
    raw = b"<script>alert(1)</script>\xff"
    item = {
        "id": "q1", "reason": "xml illisible", "received_at": "2026-06-29T05:00:00Z", "media_type": "text/html",
        "caller": "ars-idf", "sha256": "c" * 64, "body": base64.b64encode(raw).decode(),
    }  # fmt: skip
    bus.replies[ListQuarantine] = {"items": [item], "next": None}
    answer = await screen.get("/technique/quarantaine/q1")
    assert answer.content == raw
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    page = (await screen.get("/technique")).text
    assert "Reçu de l’ARS" in page
    assert "Xml illisible" in page
    assert "<script>alert" not in page
    assert (await screen.get("/technique/quarantaine/other")).status_code == 404


async def test_a_pause_keeps_the_speed_and_full_speed_is_none(screen, bus):
    bus.replies.update({AskExercise: DRILL, PaceExercise: {"id": RUN}})
    await screen.post(f"/exercices/{RUN}/allure", data={"geste": "pause", "vitesse": "1"})
    await screen.post(f"/exercices/{RUN}/allure", data={"geste": "vitesse", "vitesse": "plein"})
    held, full = (sent["message"] for sent in bus.asked(PaceExercise))
    assert (held.speed, held.paused) == (60, True)
    assert (full.speed, full.paused) == (None, False)


async def test_a_drill_starts_at_the_speed_chosen(screen, bus):
    bus.replies[StartExercise] = {"id": RUN}
    answer = await screen.post("/exercices", data={"scenario": "onze-jours-de-juin", "vitesse": "plein"})
    assert answer.headers["location"] == f"/poste/nord-essonne/exercices/{RUN}"
    assert bus.asked(StartExercise)[0]["message"].speed is None
    assert (await screen.post("/exercices", data={"scenario": "s", "vitesse": "7"})).status_code == 422


async def test_a_drill_is_entered_at_its_own_address_only(screen, bus):
    bus.replies[AskExercise] = DRILL
    bus.replies[EnterExercise] = {"path": f"/exercice/{RUN}/connexion/x", "person": "coord-a", "code": "x"}
    answer = await screen.post(f"/exercices/{RUN}/entrer", data={"cle": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/exercice/{RUN}/connexion/x")
    bus.replies[EnterExercise] = {"path": "//evil.example/x", "person": "coord-a", "code": "x"}
    assert (await screen.post(f"/exercices/{RUN}/entrer", data={"cle": "1"})).status_code == 503


async def test_a_plan_refused_shows_its_line(screen, bus):
    problem = {"line": 2, "column": None, "where": "levels", "message": "ne convient pas", "remedy": "il faut un texte"}
    bus.replies[CheckPlan] = {
        "ok": False, "problems": [problem], "left_out": 0, "notes": [], "plan": None, "differences": None,
    }  # fmt: skip
    answer = await screen.post("/plans/verifier", data={"texte": "a: 1\nb: <i>2</i>"})
    assert answer.status_code == 200
    assert "Ligne 2" in answer.text
    assert "b: &lt;i&gt;2&lt;/i&gt;</pre>" in answer.text
    assert (await screen.post("/plans/verifier", data={"texte": ""})).status_code == 422


def test_the_desk_of_a_drill_knows_the_page_that_leads_it():
    class Held:
        territory = type("T", (), {"territory": "nord-essonne~exercice"})()
        root = f"/tocsin/exercice/{RUN}"

    assert Viewpoint.drill_page.fget(Held) == f"/tocsin/poste/nord-essonne/exercices/{RUN}"
    Held.root = "/tocsin"
    assert Viewpoint.drill_page.fget(Held) == ""
