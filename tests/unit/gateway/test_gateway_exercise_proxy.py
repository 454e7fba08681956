"""The pages of a drill through the gateway: streamed as they come, under their prefix, and nothing else reached."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, StreamingResponse
from starlette.routing import Route

from contracts.exercises import AskExercisePort
from services.gateway.exercise_proxy import first_of_each

RUN = "0123456789abcdef0123456789abcdef"


class Child:
    """What stands behind: it says what it was asked, and speaks when it is let."""

    def __init__(self):
        self.speak = asyncio.Event()
        self.left = asyncio.Event()
        routes = [
            Route("/stream", self.stream),
            Route("/redirect", self.redirect),
            Route("/{path:path}", self.echo, methods=["GET", "POST"]),
        ]
        self.app = Starlette(routes=routes)

    async def echo(self, request: Request):
        answer = JSONResponse(
            {
                "path": request.scope["raw_path"].decode(),
                "query": request.url.query,
                "method": request.method,
                "body": (await request.body()).decode(),
                "headers": dict(request.headers),
            }
        )
        answer.set_cookie("seance", "exercice", path=f"/exercice/{RUN}/")
        answer.set_cookie("sceau", "deux", path=f"/exercice/{RUN}/")
        return answer

    async def redirect(self, request: Request):
        return RedirectResponse(f"/exercice/{RUN}/ailleurs", 303)

    async def stream(self, request: Request):
        async def said():
            try:
                yield b"id: 1\n\n"
                await self.speak.wait()
                yield b"id: 2\n\n"
                await asyncio.sleep(60)
            finally:
                self.left.set()

        return StreamingResponse(said(), media_type="text/event-stream")


class Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


@pytest.fixture
async def child(bus):
    found = Child()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(found.app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = Quiet(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    port = listener.getsockname()[1]
    bus.replies[AskExercisePort] = lambda asked: {"port": port if asked.run == RUN else 0}
    yield found
    found.speak.set()
    server.should_exit = True
    await serving


@pytest.fixture
async def http(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://poste") as client:
        yield client


async def test_a_request_reaches_the_drill_without_its_prefix(child, http):
    answer = await http.post(f"/exercice/{RUN}/niveaux/a%2Fb?x=1&y=%20", content=b"corps")
    found = answer.json()
    assert (found["path"], found["query"], found["method"]) == ("/niveaux/a%2Fb", "x=1&y=%20", "POST")
    assert found["body"] == "corps"
    assert found["headers"]["host"] == "poste"
    assert answer.headers.get_list("set-cookie") == [
        f"seance=exercice; Path=/exercice/{RUN}/; SameSite=lax",
        f"sceau=deux; Path=/exercice/{RUN}/; SameSite=lax",
    ]


async def test_headers_of_the_connection_and_forged_ones_stay_outside(child, http):
    headers = {"connection": "x-secret, keep-alive", "x-secret": "1", "x-forwarded-for": "10.0.0.1", "te": "trailers"}
    found = (await http.get(f"/exercice/{RUN}", headers=headers)).json()
    assert found["path"] == "/"
    assert not {"x-secret", "te"} & set(found["headers"])
    assert found["headers"]["x-forwarded-for"] == "127.0.0.1"


async def test_redirections_are_the_browser_s_to_follow(child, http):
    answer = await http.get(f"/exercice/{RUN}/redirect")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/exercice/{RUN}/ailleurs")


def test_the_cookie_of_the_narrower_path_comes_first_and_stays():
    assert first_of_each(b"seance=exercice; autre=1; seance=poste") == b"seance=exercice; autre=1"


@pytest.mark.parametrize("run", ["f" * 32, "x", "..%2f..%2fapi"])
async def test_only_a_known_drill_is_reached(child, http, run):
    answer = await http.get(f"/exercice/{run}/health/live")
    assert answer.status_code == 404
    assert "exercice" in answer.json()["detail"] or "adresse" in answer.json()["detail"]


async def test_a_drill_that_does_not_answer_is_said_so(bus, http):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        bus.replies[AskExercisePort] = {"port": unused.getsockname()[1]}
        answer = await http.get(f"/exercice/{RUN}/")
    assert answer.status_code == 503
    assert "ne répond pas" in answer.json()["detail"]


async def test_a_body_too_large_goes_no_further(child, http):
    answer = await http.post(f"/exercice/{RUN}/", content=b"x" * (512 * 1024 + 1))
    assert answer.status_code == 413


async def test_a_port_is_asked_once_a_second_at_most(child, bus, http):
    for _ in range(3):
        await http.get(f"/exercice/{RUN}/")
    assert len([sent for sent in bus.sent if isinstance(sent["message"], AskExercisePort)]) == 1


async def test_a_live_feed_comes_as_it_is_said_and_ends_with_its_reader(child, app):
    chunks: asyncio.Queue[bytes] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive():
        if gone.is_set():
            return {"type": "http.disconnect"}
        await gone.wait()
        return {"type": "http.disconnect"}

    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def first_receive():
        return requests.pop() if requests else await receive()

    async def send(message):
        if message.get("body"):
            chunks.put_nowait(message["body"])

    path = f"/exercice/{RUN}/stream"
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "method": "GET", "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"poste")], "scheme": "http",
        "http_version": "1.1", "server": ("poste", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    streaming = asyncio.create_task(app(scope, first_receive, send))
    assert await asyncio.wait_for(chunks.get(), 5) == b"id: 1\n\n"
    assert chunks.empty()  # the second was not said yet: nothing waited for it
    child.speak.set()
    assert await asyncio.wait_for(chunks.get(), 5) == b"id: 2\n\n"
    gone.set()
    await asyncio.wait_for(streaming, 5)
    await asyncio.wait_for(child.left.wait(), 5)
