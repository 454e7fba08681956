"""The pages of a drill, streamed from the desk that plays it: another process, on loopback, under its own prefix."""

from __future__ import annotations

import asyncio
import re
import ssl
import time as monotonic
from collections.abc import AsyncIterator, Iterable
from functools import cache

import httpx
from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from contracts.base import PLATFORM
from contracts.exercises import AskExercisePort, ExercisePort
from services.gateway import problems
from services.gateway.edge import Call, Edge
from services.gateway.limits import read_body
from services.platform.errors import NotFound, Refused, Unavailable

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
#: They speak of one connection, not of what it carries (RFC 9110, 7.6.1); the length is written again.
HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip
#: What an outside caller must not say for us.
FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix"})
KEPT_SECONDS, MAX_KEPT = 1.0, 200
RUN = re.compile(r"[0-9a-f]{32}")
TIMEOUT = httpx.Timeout(10.0, connect=2.0, read=90.0)  # a live feed pings well within the reading limit
GONE = "Aucun exercice n'est ouvert à cette adresse ; revenez à la page des exercices."
SILENT = "Le poste de l'exercice ne répond pas ; attendez quelques secondes, puis rechargez la page."


class ExerciseProxy:
    """Finds the port of a drill, asked of its owner and kept a second, and streams what stands behind."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._ports: dict[str, tuple[float, int]] = {}

    async def answer(self, request: Request) -> Response:
        """The child's answer, or a problem in French."""
        try:
            return await self._stream(request, await self._port(request.path_params["run"]))
        except Refused as error:
            return problems.refused(request, error)

    async def _port(self, run: str) -> int:
        if not RUN.fullmatch(run):
            raise NotFound(GONE)
        asked, port = self._ports.get(run, (0.0, 0))
        now = monotonic.monotonic()
        if not port or now - asked > KEPT_SECONDS:
            found = await self._edge.ask(AskExercisePort(run=run), Call(PLATFORM, self._edge.home))
            port = ExercisePort.model_validate(found).port
            if len(self._ports) >= MAX_KEPT:
                self._ports.clear()
            self._ports[run] = (now, port)
        if not port:
            raise NotFound(GONE)
        return port

    async def _stream(self, request: Request, port: int) -> Response:
        body = await read_body(request)
        client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=_context()), timeout=TIMEOUT, trust_env=False
        )
        sent = client.build_request(
            request.method, httpx.URL(f"http://127.0.0.1:{port}", raw_path=_target(request)), content=body or None,
            headers=list(request_headers(request)),
        )  # fmt: skip
        try:
            answer = await client.send(sent, stream=True)
        except httpx.HTTPError:
            await client.aclose()
            raise Unavailable(SILENT) from None
        except BaseException:
            await client.aclose()
            raise
        response = StreamingResponse(
            _chunks(answer, client), answer.status_code, background=BackgroundTask(_close, answer, client)
        )
        response.raw_headers = list(response_headers(answer))
        return response


def _target(request: Request) -> bytes:
    """Path and query as they came, without the prefix of the drill."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    prefix = f"/exercice/{request.path_params['run']}".encode()
    _, _, rest = raw.partition(b"?")[0].partition(prefix)
    query: bytes = request.scope["query_string"]
    return (rest or b"/") + (b"?" + query if query else b"")


def request_headers(request: Request) -> Iterable[tuple[bytes, bytes]]:
    """Headers for the child: its own cookies before those of the desk, and who really calls."""
    named = connection_names(request.headers.get("connection", ""))
    for name, value in request.scope["headers"]:
        text = name.decode("latin-1")
        if text in HOP_BY_HOP or text in FORWARDED or text in named or text == "content-length":
            continue
        yield name, first_of_each(value) if text == "cookie" else value
    if request.client:
        yield b"x-forwarded-for", request.client.host.encode()
    yield b"x-forwarded-proto", request.url.scheme.encode()


def first_of_each(cookies: bytes) -> bytes:
    """Cookies without the second of a name: a browser sends the one of the narrower path first, ours of ``/`` after."""
    kept: dict[bytes, bytes] = {}
    for pair in cookies.split(b";"):
        kept.setdefault(pair.partition(b"=")[0].strip(), pair.strip())
    return b"; ".join(kept.values())


def response_headers(answer: httpx.Response) -> Iterable[tuple[bytes, bytes]]:
    """Headers for the browser, each cookie on its line."""
    named = connection_names(answer.headers.get("connection", ""))
    for name, value in answer.headers.raw:
        text = name.decode("latin-1").lower()
        if text not in HOP_BY_HOP and text not in named:
            yield text.encode("latin-1"), value


def connection_names(value: str) -> set[str]:
    """Headers that this connection declares its own."""
    return {name.strip().lower() for name in value.split(",") if name.strip()}


async def _chunks(answer: httpx.Response, client: httpx.AsyncClient) -> AsyncIterator[bytes]:
    """What the child says, as it says it; its end in the middle of a feed is the end of the feed."""
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    except httpx.HTTPError:
        return
    finally:
        await asyncio.shield(_close(answer, client))


async def _close(answer: httpx.Response, client: httpx.AsyncClient) -> None:
    await answer.aclose()
    await client.aclose()


@cache
def _context() -> ssl.SSLContext:
    """Made once: never used on loopback, but a client wants one, and it takes milliseconds."""
    return ssl.create_default_context()


def add(app: FastAPI, edge: Edge) -> None:
    """Serve every drill under ``/exercice/<run>``."""
    proxy = ExerciseProxy(edge)
    for path in ("/exercice/{run}", "/exercice/{run}/{path:path}"):
        app.router.add_route(path, proxy.answer, methods=METHODS, include_in_schema=False)
