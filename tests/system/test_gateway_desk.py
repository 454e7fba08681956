"""The public interface in front of a whole desk: an alert comes in, a person decides, the journal tells it."""

from __future__ import annotations

import contextlib
import json

import httpx
import pytest

from contracts.base import PLATFORM
from contracts.directory import IssueToken
from services.gateway.app import create_app
from services.platform.runner import Tocsin
from services.platform.settings import Settings
from services.registry import SERVICES

pytestmark = [pytest.mark.system, pytest.mark.broker]
HOME = "nord-essonne"


@pytest.fixture
async def desk(tmp_path, territories):
    settings = Settings(data_dir=tmp_path)
    async with Tocsin(list(SERVICES.values()), settings, territories) as tocsin:
        await tocsin.started()
        yield tocsin


@pytest.fixture
async def client(desk):
    app = create_app(desk.bus, desk.clock, desk.settings, desk.territories, desk.readiness, dict)
    async with contextlib.AsyncExitStack() as stack:

        async def as_person(person):
            reply = await desk.bus.request(IssueToken(person=person), territory=HOME, caller=PLATFORM)
            made = httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),
                base_url="http://desk/api/v1",
                headers={"authorization": f"Bearer {reply.result['token']}"},
                timeout=30,
            )
            return await stack.enter_async_context(made)

        yield as_person


async def test_from_an_alert_to_the_journal(desk, client):
    http = await client("coord-a")
    now = desk.clock.now().isoformat()
    alert = {
        "source": "ars-idf",
        "external_id": "2026-1",
        "kind": "ars",
        "phenomenon": "canicule",
        "areas": [{"departement": "91"}],
        "headline": "L'ARS demande le niveau 1",
        "starts_at": now,
        "requests_level": 1,
    }
    assert [(await http.post("/alerts", json=alert)).status_code for _ in range(2)] == [201, 200]
    await desk.settled()

    (proposal,) = (await http.get("/proposals?status=pending")).json()["items"]
    decision = {"decision": "accept", "reason": "Demande de l'ARS"}
    headers = {"idempotency-key": "k1"}
    address = f"/proposals/{proposal['id']}/decision"
    answers = [await http.post(address, json=decision, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    other = await http.post(address, json=decision | {"reason": "Autre"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (422, "urn:tocsin:probleme:mismatch")
    stale = await http.post("/levels", json={"playbook": "canicule", "from_level": 0, "level": 2, "reason": "x"})
    assert stale.status_code == 409
    await desk.settled()

    found = (await http.get("/situation")).json()
    assert found["missing"] == {}
    assert [crisis["level"] for crisis in found["crises"]] == [1]
    assert found["counts"]["actions_open"] > 0
    lines = [json.loads(line) for line in (await http.get("/logbook/export")).text.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert any(line["kind"] == "alerte" and "ARS demande le niveau 1" in line["text"] for line in lines)
    assert (await http.get("/logbook/head")).json()["hash"] == lines[-1]["hash"]


async def test_duty_given_takes_effect_at_once_and_a_revoked_token_stops(desk, client):
    http = await client("coord-a")
    change = {"playbook": "canicule", "from_level": 0, "level": 1, "reason": "x"}
    given = await http.post("/duty", json={"role": "coordinatrice", "person": "coord-b"})
    assert given.status_code in (200, 201)
    refused = await http.post("/levels", json=change)
    assert refused.status_code == 403
    holder = await client("coord-b")
    issued = (await holder.post("/tokens", json={"role": "samu"})).json()
    samu = {"authorization": f"Bearer {issued['token']}"}
    assert (await http.get("/alerts", headers=samu)).status_code == 200
    assert (await holder.delete(f"/tokens/{issued['id']}")).status_code == 200
    assert (await http.get("/alerts", headers=samu)).status_code == 401
