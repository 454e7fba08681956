"""``GET /situation``: where a territory stands, gathered from their owners; a part that is missing says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.responses import Response

from contracts.actions import ListActions
from contracts.activity import ListRequests
from contracts.alerts import ListAlerts
from contracts.base import ListQuestion, is_exercise
from contracts.certificates import ListCertificates
from contracts.directory import WhoIsOnDuty
from contracts.levels import AskSituation
from contracts.slots import AskCapacity
from services.gateway.edge import Call, Edge, json_response
from services.platform.errors import Forbidden, Refused

PATIENCE = 2.0
SLICE = 500
MAX_SLICES = 10
OPEN = ("open", "taken")


async def situation(edge: Edge, request: Request) -> Response:
    """Axes, crises, proposals, counts, duty."""
    call = await edge.enter(request)
    return json_response(await gather(edge, call))


async def gather(edge: Edge, call: Call) -> dict[str, Any]:
    """Every part at once; ``missing`` says of each absent one whether it is « indisponible » or « réservé »."""
    now = edge.clock.now()
    parts: dict[str, Awaitable[Any]] = {
        "levels": edge.ask(AskSituation(), call, patience=PATIENCE),
        "actions": _actions(edge, call),
        "alerts": _count(edge, call, ListAlerts(limit=SLICE)),
        "certificates": _count(edge, call, ListCertificates(open_only=True, limit=SLICE)),
        "requests": _count(edge, call, ListRequests(open_only=True, limit=SLICE)),
        "slots": _free_today(edge, call, now),
        "duty": edge.ask(WhoIsOnDuty(), call, patience=PATIENCE),
    }
    found = dict(zip(parts, await asyncio.gather(*parts.values(), return_exceptions=True), strict=True))
    missing: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, BaseException):
            missing[name] = _why(value)
            found[name] = None
    return _assembled(call, now, found, missing)


def _assembled(call: Call, now: datetime, found: dict[str, Any], missing: dict[str, str]) -> dict[str, Any]:
    levels, actions = found["levels"] or {}, found["actions"] or {}
    duty = found["duty"]
    return {
        "territory": call.territory,
        "exercise": is_exercise(call.territory),
        "at": now.isoformat(),
        "axes": levels.get("axes", []),
        "crises": levels.get("crises", []),
        "proposals": levels.get("proposals", []),
        "unassigned": levels.get("unassigned", []),
        "counts": {
            "alerts_in_force": found["alerts"],
            "actions_open": actions.get("open"),
            "actions_late": actions.get("late"),
            "certificates_open": found["certificates"],
            "slots_free_today": found["slots"],
            "requests_waiting": found["requests"],
        },
        "duty": duty.get("items", []) if duty else [],
        "missing": missing,
    }


def _why(error: BaseException) -> str:
    if isinstance(error, Forbidden):
        return "réservé"
    if isinstance(error, Refused):
        return "indisponible"
    raise error


async def _items(edge: Edge, call: Call, question: ListQuestion) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(MAX_SLICES):
        page = await edge.ask(question, call, patience=PATIENCE)
        found += page.get("items", [])
        if not page.get("next"):
            break
        question = question.model_copy(update={"cursor": page["next"]})
    return found


async def _count(edge: Edge, call: Call, question: ListQuestion) -> int:
    return len(await _items(edge, call, question))


async def _actions(edge: Edge, call: Call) -> dict[str, int]:
    opened = [item for item in await _items(edge, call, ListActions(limit=SLICE)) if item.get("status") in OPEN]
    return {"open": len(opened), "late": sum(1 for item in opened if item.get("late"))}


async def _free_today(edge: Edge, call: Call, now: datetime) -> int:
    territory = edge.territories.get(call.territory)
    today = (now.astimezone(territory.zone) if territory else now).date().isoformat()
    page = await edge.ask(AskCapacity(first=today, last=today), call, patience=PATIENCE)
    return sum(int(row["free"]) for row in page.get("items", []))
