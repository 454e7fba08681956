"""Names of levels: a plan's content never changes under its SHA-256, so it is read once."""

from __future__ import annotations

from typing import Any

from contracts.plans import PlanRead, ReadPlan
from services.gateway.console.viewpoint import Viewpoint

_READ: dict[str, PlanRead] = {}


async def plan_of(viewpoint: Viewpoint, playbook: str, sha256: str) -> PlanRead | None:
    """A plan in words; nothing while the engine does not answer."""
    if sha256 not in _READ:
        found = await viewpoint.part("plans", ReadPlan(playbook=playbook, sha256=sha256))
        if found is None:
            return None
        if len(_READ) > 200:
            _READ.clear()
        _READ[sha256] = PlanRead.model_validate(found)
    return _READ[sha256]


async def with_names(viewpoint: Viewpoint, crises: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Crises with the name of their level, and of each level of their plan."""
    found = []
    for crisis in crises:
        plan = await plan_of(viewpoint, crisis["playbook"], crisis["plan_sha256"])
        names = {level.number: level.name for level in plan.levels} if plan else {}
        found.append(crisis | {"level_name": names.get(crisis["level"], ""), "levels": names, "plan": plan})
    return found
