import asyncio
from datetime import timedelta

import pytest

from contracts.alerts import ListAlerts
from contracts.base import Reply
from contracts.directory import ChangeDuty, WhoCalls
from services.platform.errors import Unavailable

EMPTY = {"items": [], "next": None}


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer   ", "Basic Y29vcmQ6", "coord", "Bearer inconnu", "Bearer coord2", "Bearer é"],
)
async def test_without_a_bearer_that_stands_it_is_401(http, header):
    headers = {"authorization": header.encode()} if header is not None else {}
    if header is None:
        del http.headers["authorization"]
    response = await http.get("/api/v1/alerts", headers=headers)
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert "jeton" in response.json()["detail"]


async def test_the_directory_is_asked_once_for_five_seconds_of_either_clock(http, bus, clock):
    bus.replies[ListAlerts] = EMPTY
    for _ in range(3):
        assert (await http.get("/api/v1/alerts")).status_code == 200
    assert len(bus.asked(WhoCalls)) == 1
    clock.advance(timedelta(seconds=5))
    await http.get("/api/v1/alerts")
    assert len(bus.asked(WhoCalls)) == 2


async def test_many_at_once_ask_once(http, bus):
    bus.replies[ListAlerts] = EMPTY
    answers = await asyncio.gather(*(http.get("/api/v1/alerts") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(bus.asked(WhoCalls)) == 1


async def test_a_change_of_duty_is_seen_by_the_next_request(http, bus):
    bus.replies[ListAlerts] = EMPTY
    bus.replies[ChangeDuty] = Reply(result={"id": "d1"}, created=True)
    await http.get("/api/v1/alerts")
    body = {"role": "coordinatrice", "person": "coord-b"}
    assert (await http.post("/api/v1/duty", json=body)).status_code == 201
    await http.get("/api/v1/alerts")
    assert len(bus.asked(WhoCalls)) == 2


async def test_a_directory_that_does_not_answer_is_503_and_is_asked_again(http, bus):
    bus.replies[WhoCalls] = Unavailable()
    response = await http.get("/api/v1/alerts")
    assert response.status_code == 503
    assert response.headers["retry-after"]
    del bus.replies[WhoCalls]
    bus.replies[ListAlerts] = EMPTY
    assert (await http.get("/api/v1/alerts")).status_code == 200


@pytest.mark.parametrize(
    ("token", "asked", "status", "sent"),
    [
        ("coord", None, 200, "nord-essonne"),
        ("coord", "nord-essonne", 200, "nord-essonne"),
        ("coord", "nord-essonne~exercice", 403, None),
        ("coord", "ailleurs", 403, None),
        ("coord", "a%00b", 422, None),
        ("twin", None, 200, "nord-essonne"),
        ("twin", "nord-essonne~exercice", 200, "nord-essonne~exercice"),
        ("both", None, 422, None),
        ("both", "nord-essonne", 200, "nord-essonne"),
        ("none", None, 403, None),
    ],
)
async def test_territory(http, bus, token, asked, status, sent):
    bus.replies[ListAlerts] = EMPTY
    query = f"?territory={asked}" if asked else ""
    response = await http.get(f"/api/v1/alerts{query}", headers={"authorization": f"Bearer {token}"})
    assert response.status_code == status
    if sent:
        assert bus.asked(ListAlerts)[0]["territory"] == sent
    elif status == 422 and not asked:
        assert "essonne-sud ou nord-essonne" in response.json()["detail"]
