"""The desk behind a proxy that serves it under a path: whoever reads the request knows the prefix."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Prefixed:
    """Says the prefix (``root_path`` of ASGI) of requests that come already without it."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] in ("http", "websocket"):
            scope = {**scope, "root_path": self._prefix}
        await self._app(scope, receive, send)
