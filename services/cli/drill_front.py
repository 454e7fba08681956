"""The pages of a drill: the desk behind them may be cut by the scenario and come back as another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from services.cli.drilling import application
from services.platform.runner import Tocsin

DOWN = "Le poste de l'exercice est arrêté pour le moment : panne prévue par le scénario, ou démarrage."


class Front:
    """An ASGI application in front of the desk that runs now; 503 while none does."""

    def __init__(self, opened: Callable[[], None]) -> None:
        self._opened = opened
        self._app: ASGIApp | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self.tocsin: Tocsin | None = None

    def edge(self, tocsin: Tocsin) -> httpx.AsyncBaseTransport:
        """The public interface of a desk just started, served from now on until its transport is closed."""
        self.tocsin = tocsin
        self._app = app = application(tocsin)
        self._opened()
        return _InProcess(app, self.close)

    def close(self) -> None:
        """The desk goes down: what it was answering, live feeds included, is cut."""
        self.tocsin = self._app = None
        for task in self._answering:
            task.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the desk answer."""
        if self._app is None:
            await PlainTextResponse(DOWN, 503, headers={"retry-after": "5"})(scope, receive, send)
            return
        task = asyncio.ensure_future(self._app(scope, receive, send))
        self._answering.add(task)
        try:
            await asyncio.wait({task})
        finally:
            self._answering.discard(task)
            task.cancel()
        if not task.cancelled():
            task.result()


class _InProcess(httpx.ASGITransport):
    def __init__(self, app: ASGIApp, closed: Callable[[], None]) -> None:
        super().__init__(app=app)
        self._closed = closed

    async def aclose(self) -> None:
        """The desk stops."""
        self._closed()
        await super().aclose()
