import base64

import pytest

from contracts.alerts import ReportAlert
from contracts.base import Reply
from services.platform.errors import Invalid


def receipt(status):
    return Reply(result={"id": "a1", "status": status, "alerts": [], "reason": None}, created=status == "new")


@pytest.mark.parametrize(
    ("status", "code"),
    [("new", 201), ("updated", 200), ("lifted", 200), ("known", 200), ("test", 200), ("quarantined", 202)],
)
async def test_the_receipt_gives_the_status(http, bus, status, code):
    bus.replies[ReportAlert] = receipt(status)
    response = await http.post("/api/v1/alerts", json={"source": "ars-idf"})
    assert (response.status_code, response.json()["status"]) == (code, status)


@pytest.mark.parametrize(
    ("path", "sent", "forwarded"),
    [
        ("alerts", "application/json", "application/json"),
        ("alerts", "application/json; charset=utf-8", "application/json"),
        ("alerts", "application/cap+xml", "application/cap+xml"),
        ("alerts", "text/xml", "application/cap+xml"),
        ("alerts", "Application/XML", "application/cap+xml"),
        ("alerts", "application/vnd.meteofrance.vigilance+json", "application/vnd.meteofrance.vigilance+json"),
        ("alerts", "text/plain", None),
        ("alerts", "", None),
        ("vigilance", "application/json", "application/vnd.meteofrance.vigilance+json"),
        ("vigilance", "application/cap+xml", None),
    ],
)
async def test_media_types(http, bus, path, sent, forwarded):
    bus.replies[ReportAlert] = receipt("new")
    raw = b"<alert>\xe9\x00</alert>"
    response = await http.post(f"/api/v1/{path}", content=raw, headers={"content-type": sent})
    if forwarded is None:
        assert response.status_code == 415
        return
    assert response.status_code == 201
    message = bus.asked(ReportAlert)[0]["message"]
    assert (message.media_type, base64.b64decode(message.body)) == (forwarded, raw)


async def test_the_reason_of_the_owner_comes_back(http, bus):
    bus.replies[ReportAlert] = Invalid("« starts_at » : champ obligatoire absent", errors=[{"field": "starts_at"}])
    response = await http.post("/api/v1/alerts", json={})
    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": "starts_at"}]


LIMIT = 512 * 1024


async def test_the_limit_itself_passes(http, bus):
    bus.replies[ReportAlert] = receipt("new")
    headers = {"content-type": "application/json"}
    assert (await http.post("/api/v1/alerts", content=b" " * LIMIT, headers=headers)).status_code == 201
    assert (await http.post("/api/v1/alerts", content=b" " * (LIMIT + 1), headers=headers)).status_code == 413


@pytest.mark.parametrize("path", ["/api/v1/alerts", "/api/v1/logbook"])
async def test_a_chunked_body_is_cut_at_the_limit_without_reading_the_rest(app, path):
    pulled = 0
    sent = []

    async def receive():
        nonlocal pulled
        pulled += 1
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def send(message):
        sent.append(message)

    headers = [(b"authorization", b"Bearer coord"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "server": ("desk", 80), "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    assert sent[0]["status"] == 413
    assert (b"connection", b"close") in sent[0]["headers"]
    assert pulled == 9


async def test_an_announced_size_is_refused_before_reading(http):
    headers = {"content-type": "application/json", "content-length": "99999999999999999999999"}
    response = await http.post("/api/v1/alerts", content=b"{}", headers=headers)
    assert response.status_code == 413
