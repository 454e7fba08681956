"""Places of a day shared between crises: what each holds, what it gave up for another. Pure but for one question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contracts.levels import AskSituation
from services.gateway.console.capacite_lines import Line, count_slots
from services.gateway.console.viewpoint import Viewpoint


@dataclass(frozen=True, slots=True)
class Share:
    """The places of one crisis; ``playbook`` is empty for places given to none. ``given_up`` are by plan."""

    playbook: str
    line: Line
    given_up: dict[str, int] = field(default_factory=dict)


async def crises_of(viewpoint: Viewpoint) -> list[dict[str, Any]]:
    """Crises known now, those closed in the last days included: a slot may still carry their tag."""
    found = await viewpoint.part("niveaux", AskSituation())
    crises: list[dict[str, Any]] = (found or {}).get("crises", [])
    return crises


def opened(crises: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are open."""
    return [crisis for crisis in crises if crisis["level"] > 0]


def shared(
    slots: Sequence[dict[str, Any]], crises: Sequence[dict[str, Any]], zone: ZoneInfo, now: datetime
) -> list[Share]:
    """A share for each open crisis, then for places of no crisis; nothing to show with one crisis or none."""
    running = opened(crises)
    if len(running) < 2:
        return []
    plans = {crisis["id"]: crisis["playbook"] for crisis in crises}
    found = [Share(crisis["playbook"], _line(slots, crisis["id"], zone, now), _given_up(slots, crisis["id"], plans))
             for crisis in running]  # fmt: skip
    known = {crisis["id"] for crisis in running}
    spare = _sum([slot for slot in slots if slot["crisis"] not in known], zone, now)
    return [*found, Share("", spare)] if spare.slots or spare.activable else found


def _line(slots: Iterable[dict[str, Any]], crisis: str, zone: ZoneInfo, now: datetime) -> Line:
    return _sum([slot for slot in slots if slot["crisis"] == crisis], zone, now)


def _sum(slots: Iterable[dict[str, Any]], zone: ZoneInfo, now: datetime) -> Line:
    communes: dict[str, Line] = {}
    count_slots(communes, slots, zone, now)
    whole = Line("", "")
    for line in communes.values():
        whole.add(line)
    return whole


def _given_up(slots: Iterable[dict[str, Any]], crisis: str, plans: dict[str, str]) -> dict[str, int]:
    lost: Counter[str] = Counter()
    for slot in slots:
        if slot.get("from_crisis") == crisis:
            lost[plans.get(slot["crisis"], "")] += slot["places"]
    return dict(lost)
