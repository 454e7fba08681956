"""Places asked over HTTP reach a professional, who answers under their personal link; the journal tells it."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import httpx
import pytest

from contracts.base import PLATFORM
from contracts.directory import IssueToken
from contracts.messages import ListMessages
from services.gateway.app import create_app
from services.messages.pages import personal_page
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.platform.worker import ServiceWorker
from services.registry import SERVICES

pytestmark = [pytest.mark.system, pytest.mark.broker]
HOME = "nord-essonne"


@pytest.fixture
async def desk(tmp_path, territories):
    async with Tocsin(list(SERVICES.values()), Settings(data_dir=tmp_path), territories) as tocsin:
        await tocsin.started()
        await tocsin.settled()
        yield tocsin


async def bearer(desk, command, field):
    reply = await desk.bus.request(command, territory=HOME, caller=PLATFORM)
    return {"authorization": f"Bearer {reply.result[field]}"}


async def test_from_the_request_to_the_answer(desk):
    app = create_app(desk.bus, desk.clock, desk.settings, desk.territories, desk.readiness, dict)
    coordinator = await bearer(desk, IssueToken(person="coord-a"), "token")
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://desk/api/v1", timeout=30)
        )
        now = desk.clock.now()
        wanted = {
            "people": ["med-1"], "starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=4)).isoformat(),
            "places": 3, "mode": "visite", "text": "Surveillance ce soir",
        }  # fmt: skip
        made = await http.post("/solicitations", json=wanted, headers=coordinator)
        assert made.status_code == 201, made.text
        path = f"/solicitations/{made.json()['id']}"

        worker = ServiceWorker(next(one.writer for one in desk.instances if one.service.name == "messages"), desk.bus)
        pages = [await personal_page(worker, HOME, "med-1") for _ in range(2)]
        assert pages[0] == pages[1], "the same link is given again"
        assert await personal_page(worker, HOME, "coord-a") is None
        professional = {"authorization": f"Bearer {pages[0].rsplit('/', 1)[1]}"}
        (seen,) = (await http.get("/solicitations", headers=professional)).json()["items"]
        assert (seen["text"], seen["answer"], "counts" in seen) == ("Surveillance ce soir", None, False)
        assert (await http.post(f"{path}/answer", json={"answer": "oui"}, headers=professional)).status_code == 200
        assert (await http.post(f"{path}/close", headers=professional)).status_code == 403
        (item,) = (await http.get("/solicitations", headers=coordinator)).json()["items"]
        assert item["counts"] == {"sollicites": 1, "oui": 1, "non": 0, "plus_tard": 0, "sans_reponse": 0}
        assert (await http.post(f"{path}/close", headers=coordinator)).status_code == 200
        await desk.settled()
        entries = (await http.get("/logbook", headers=coordinator)).text
        assert "med-1 répond oui à la sollicitation" in entries
    sent = await desk.bus.request(ListMessages(), territory=HOME, caller=PLATFORM)
    assert [message["to"] for message in sent.result["items"] if message["about"] == item["id"]] == ["med-1"]
