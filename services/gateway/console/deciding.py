"""What the pages where a level is decided share: who may, what was decided before, the conflict in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contracts.base import Command, Reply
from services.gateway.console.pages import Form, send
from services.gateway.console.visit import Visit
from services.platform.errors import Conflict

RELOAD = "Rechargez l'écran."


async def decided(visit: Visit, command: Command, form: Form) -> Reply:
    """Send a decision; who comes second reads the name of who decided, and that nothing was done twice."""
    try:
        return await send(visit, command, form)
    except Conflict as error:
        told = await visit.spoken([{"text": error.message}])
        words = str(told[0]["text"]).replace(RELOAD, "").strip()
        raise Conflict(f"{words} Rien n’a été fait deux fois.", **error.details) from None


def deciders(duty: Iterable[Mapping[str, Any]], roles: Sequence[str]) -> list[str]:
    """Those who may decide for these duty roles: holders first, then their deputies."""
    held = [one for one in duty if one["role"] in roles]
    holders = [one["person"] for one in held if one["person"]]
    deputies = [person for one in held for person in one["deputies"]]
    return list(dict.fromkeys([*holders, *deputies]))


def holder(duty: Iterable[Mapping[str, Any]], roles: Sequence[str]) -> Mapping[str, Any] | None:
    """Who to call for a decision of these roles: name and number."""
    return next((one for one in duty if one["role"] in roles and one["person"]), None)
