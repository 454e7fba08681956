"""The gateway, put together: one FastAPI application from the declared operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway import (
    acknowledgement,
    docs_page,
    exercise_proxy,
    openapi,
    problems,
    routes_alerts,
    routes_cell,
    routes_decisions,
    routes_digests,
    routes_directory,
    routes_exercises,
    routes_field,
    routes_logbook,
    routes_meetings,
    routes_operation,
    routes_plans,
    routes_readiness,
    routes_reviews,
)
from services.gateway.auth import Authenticator
from services.gateway.bus import BusClient
from services.gateway.console import screens
from services.gateway.console.seal import Seal
from services.gateway.edge import KNOWN_PARAMETERS, Edge
from services.gateway.feed import Feed
from services.gateway.operations import API, Operation
from services.gateway.prefix import Prefixed
from services.platform.clock import Clock
from services.platform.errors import Refused
from services.platform.settings import Settings
from services.platform.territory import Territories

log = structlog.get_logger()
REQUESTS = Counter("tocsin_http_requests_total", "HTTP requests by operation", ["method", "path", "status"])
#: The hot path first: the router tries routes in order.
OPERATIONS: tuple[Operation, ...] = (
    *routes_alerts.OPERATIONS,
    *routes_decisions.OPERATIONS,
    *routes_field.OPERATIONS,
    *routes_logbook.OPERATIONS,
    *routes_digests.OPERATIONS,
    *routes_meetings.OPERATIONS,
    *routes_cell.OPERATIONS,
    *routes_directory.OPERATIONS,
    *routes_exercises.OPERATIONS,
    *routes_plans.OPERATIONS,
    *routes_reviews.OPERATIONS,
    *routes_readiness.OPERATIONS,
    *routes_operation.OPERATIONS,
    *acknowledgement.OPERATIONS,
)


def create_app(
    bus: BusClient,
    clock: Clock,
    settings: Settings,
    territories: Territories,
    readiness: Callable[[], dict[str, str]],
    asyncapi: Callable[[], dict[str, Any]],
) -> FastAPI:
    """The application. ``readiness`` gives the state of each part, ``asyncapi`` the document of the bus."""
    auth = Authenticator(bus, clock, settings.territory_names[0])
    edge = Edge(
        bus, clock, settings, territories, readiness, asyncapi, auth, Feed(bus), screens.Screens(Seal.of(settings))
    )
    app = FastAPI(
        title="Tocsin",
        version="1",
        description="Le poste de crise d'une CPTS : alertes, niveaux, actions, capacité, journal de bord, points.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        exception_handlers={HTTPException: problems.http_exception},
        redirect_slashes=False,
    )
    for operation in OPERATIONS:
        _add(app, edge, operation)
    screens.install(app, edge)
    exercise_proxy.add(app, edge)
    if settings.root_path:
        app.add_middleware(Prefixed, prefix=settings.root_path)
    _add_docs(app)
    openapi.install(app, OPERATIONS)
    return app


def _add(app: FastAPI, edge: Edge, operation: Operation) -> None:
    paths = [operation.path, API + operation.path] if operation.root else [operation.path]
    for path in paths:
        route = APIRoute(
            path,
            _documented,
            methods=[operation.method],
            name=operation.summary,
            summary=operation.summary,
            tags=[operation.theme],
            operation_id=_operation_id(operation),
            responses=openapi.responses(operation),
            status_code=next(iter(operation.answers)),
            response_class=Response,
            response_model=None,
            include_in_schema=operation.shown and path == operation.path,
            openapi_extra=openapi.details(operation),
        )
        route.app = serve(edge, operation)
        app.router.routes.append(route)


async def _documented(request: Request) -> Response:
    """Stand for the handler in the OpenAPI document; ``serve`` answers."""
    raise NotImplementedError


def _operation_id(operation: Operation) -> str:
    words = operation.path.removeprefix(API).translate(str.maketrans("/.-", "___", "{}"))
    return f"{operation.method.lower()}{words}"


def serve(edge: Edge, operation: Operation) -> ASGIApp:
    """The handler as a bare ASGI application: no dependency to solve, every failure told as a problem."""
    known = tuple(item.name for item in operation.parameters if item.where == "query")
    counted = {status: REQUESTS.labels(operation.method, operation.path, str(status)) for status in operation.answers}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope[KNOWN_PARAMETERS] = known
        request = Request(scope, receive)
        try:
            response = await operation.handler(edge, request)
        except Refused as error:
            response = problems.refused(request, error)
        except problems.Problem as error:
            response = problems.edge(request, error)
        except ClientDisconnect:
            return
        except Exception as error:
            log.exception("request failed", path=operation.path, exc_info=error)
            response = problems.failed(request)
        status = response.status_code
        (counted.get(status) or REQUESTS.labels(operation.method, operation.path, str(status))).inc()
        await response(scope, receive, send)

    return answer


def _add_docs(app: FastAPI) -> None:
    async def docs(_request: Request) -> Response:
        return docs_page.render(app.openapi())

    async def document(_request: Request) -> Response:
        return Response(problems.encode(app.openapi()), media_type="application/json")

    for path, handler in (("/docs", docs), (f"{API}/docs", docs), (f"{API}/openapi.json", document)):
        app.router.add_route(path, handler, methods=["GET"])
