"""``tocsin up`` and ``tocsin run``: start the desk, serve HTTP, stop in order on Ctrl-C."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Sequence
from typing import Any

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from services.cli.ways_in import print_ways_in
from services.gateway.app import create_app
from services.platform.asyncapi import document
from services.platform.errors import BadSettings
from services.platform.runner import Tocsin
from services.platform.service import Service
from services.platform.settings import Settings
from services.platform.telemetry import configure_logging
from services.platform.territory import Territories
from services.territories import territories_of

log = structlog.get_logger()


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the desk must be stopped after it, in the same loop."""

    def install_signal_handlers(self) -> None:
        """Leave signals to ``_serve``."""

    def capture_signals(self) -> Any:
        """Leave signals to ``_serve``."""
        import contextlib

        return contextlib.nullcontext()


def up(settings: Settings, services: Sequence[Service], *, http: bool = True) -> None:
    """Run until Ctrl-C or SIGTERM."""
    os.umask(0o077)  # databases, secrets and logs are the operator's alone
    configure_logging(settings.log_level, as_json=settings.log_json)
    territories = territories_of(settings)
    listener = _listen(settings) if http else None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, territories, services, listener))


def _listen(settings: Settings) -> socket.socket:
    """Take the port first, so that a busy one is said before anything starts."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.http_host, settings.http_port))
    except OSError as error:
        raise BadSettings(
            f"Le port {settings.http_port} est déjà pris sur {settings.http_host} : "
            "arrêtez l'autre programme ou réglez TOCSIN_HTTP_PORT."
        ) from error
    return listener


async def _serve(
    settings: Settings, territories: Territories, services: Sequence[Service], listener: socket.socket | None
) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with Tocsin(services, settings, territories) as tocsin:
        if listener is None:
            log.info("running", services=[service.name for service in services])
            await stopping.wait()
            return
        server = serve_http(tocsin, services)
        _calm_the_collector()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        print(f"Tocsin est prêt : {settings.base_url}/docs   (Ctrl-C pour arrêter)", flush=True)
        greeting = asyncio.create_task(print_ways_in(tocsin)) if _keeps_directory(services) else None
        await asyncio.wait({serving, asyncio.create_task(stopping.wait())}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
        if greeting:
            greeting.cancel()


def _keeps_directory(services: Sequence[Service]) -> bool:
    return any(service.name == "directory" for service in services)


def _calm_the_collector() -> None:
    """Leave what started out of garbage collection and collect less often: it took a quarter of the time under load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def serve_http(tocsin: Tocsin, services: Sequence[Service]) -> _Server:
    """The HTTP edge of a running desk."""
    return http_server(
        create_app(
            tocsin.bus, tocsin.clock, tocsin.settings, tocsin.territories, tocsin.readiness, lambda: document(services)
        )
    )


def http_server(app: ASGIApp) -> _Server:
    """uvicorn in front of an application, on sockets handed to it."""
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            backlog=512,
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
