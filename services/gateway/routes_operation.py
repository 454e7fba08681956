"""For who runs the desk: health, metrics, documents of the interfaces, messages put aside."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from contracts.alerts import ListQuarantine
from contracts.base import Done
from services.gateway import commands
from services.gateway.edge import Call, Edge, json_response
from services.gateway.operations import API, COMMAND_PROBLEMS, TERRITORY, Operation, Parameter
from services.platform.errors import Forbidden, NotFound, Refused
from services.platform.parking import ListParked, SettleParked

THEME = "Exploitation"
SERVICES = (
    "directory", "logbook", "alerts", "levels", "engine", "slots", "activity", "certificates", "messages", "digests",
    "exercises",
)  # fmt: skip
#: First words of the states in which a part does its work.
WELL = ("prêt", "connecté", "en attente", "à surveiller")
MAX_ANSWERED = 50
SETTLE_BODY = commands.body_model(SettleParked, ("parked",))


async def live(edge: Edge, _request: Request) -> Response:
    """The process answers."""
    return json_response({"status": "vivant", "at": edge.clock.now().isoformat()})


async def ready(edge: Edge, _request: Request) -> Response:
    """Whether every part of this process is ready; 503 and which one is not otherwise."""
    states = edge.readiness()
    well = all(state.startswith(WELL) for state in states.values())
    return json_response({"status": "prêt" if well else "pas prêt", "services": states}, 200 if well else 503)


async def metrics(_edge: Edge, _request: Request) -> Response:
    """Counters, for Prometheus."""
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


async def asyncapi(edge: Edge, _request: Request) -> Response:
    """The bus, as AsyncAPI 3."""
    return json_response(await asyncio.to_thread(edge.asyncapi))


async def technical(edge: Edge, request: Request) -> Response:
    """Messages put aside by each service, documents in quarantine, state of the parts."""
    call = await edge.enter(request)
    found = await asyncio.gather(*(_parked(edge, call, name) for name in SERVICES), _quarantined(edge, call))
    *parked, quarantined = found
    return json_response(
        {
            "services": edge.readiness(),
            "parked": dict(zip(SERVICES, parked, strict=True)),
            "quarantined": quarantined,
        }
    )


async def _parked(edge: Edge, call: Call, name: str) -> list[dict[str, Any]] | str:
    try:
        page = await edge.ask(ListParked(limit=MAX_ANSWERED), call, service=name, patience=2.0)
    except Forbidden:
        raise
    except Refused:
        return "indisponible"
    return list(page.get("items", []))


async def _quarantined(edge: Edge, call: Call) -> int | str:
    try:
        page = await edge.ask(ListQuarantine(limit=MAX_ANSWERED), call, patience=2.0)
    except Refused:
        return "indisponible"
    return f"plus de {MAX_ANSWERED}" if page.get("next") else len(page.get("items", []))


async def settle(edge: Edge, request: Request) -> Response:
    """Replay a message put aside, or discard it with a reason."""
    call = await edge.enter(request)
    name = request.path_params["service"]
    if name not in SERVICES:
        raise NotFound(f"Aucun service ne porte ce nom ; services : {', '.join(SERVICES)}.")
    raw = await commands.read_json(request)
    path = commands.path_values(request, {"id": "parked"})
    command = commands.build(SettleParked, commands.parse(SETTLE_BODY, raw), path)
    return commands.outcome(await edge.send(command, call, service=name, **commands.identity(request, call, raw)))


def _open(path: str, summary: str, handler: Any, media: str | None = None) -> Operation:
    problems = () if path != "/health/ready" else (503,)
    return Operation(
        "GET", path, summary, handler, THEME, answers={200: media}, problems=problems, secured=False, root=True
    )


NAMED = tuple(Parameter(name, {"type": "string"}, where="path", required=True) for name in ("service", "id"))
OPERATIONS = (
    _open("/health/live", "Le processus répond", live),
    _open("/health/ready", "Chaque partie est prête", ready),
    _open("/metrics", "Compteurs pour Prometheus", metrics, "text/plain"),
    _open("/asyncapi", "Le bus, décrit en AsyncAPI 3", asyncapi),
    Operation("GET", f"{API}/technical", "Messages mis de côté, quarantaine, état", technical, THEME, (TERRITORY,)),
    Operation(
        "POST",
        f"{API}/technical/{{service}}/{{id}}/settle",
        "Rejouer ou écarter un message mis de côté",
        settle,
        THEME,
        parameters=(*NAMED, TERRITORY),
        body=SETTLE_BODY,
        answers={200: Done},
        problems=COMMAND_PROBLEMS,
    ),
)
