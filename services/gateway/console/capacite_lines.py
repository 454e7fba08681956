"""Figures of a day by commune: places, what is taken, tensions. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.platform.territory import Commune

#: From this local hour on, a place counts as an evening one.
EVENING = 17


@dataclass(slots=True)
class Line:
    """Figures of one commune, or of the whole territory. ``slots`` counts the slots that make them."""

    code: str
    name: str
    slots: int = 0
    places: int = 0
    booked: int = 0
    free: int = 0
    evening: int = 0
    activable: int = 0
    tensions: int = 0
    over: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Line) -> None:
        """Add the figures of a commune to those of the territory."""
        for name in ("slots", "places", "booked", "free", "evening", "activable", "tensions", "over"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.kinds += other.kinds


def lines(communes: Sequence[Commune]) -> dict[str, Line]:
    """An empty line for each commune, in alphabetical order."""
    ordered = sorted(communes, key=lambda commune: commune.name.replace("É", "E"))
    return {commune.code: Line(commune.code, commune.name) for commune in ordered}


def count_slots(found: dict[str, Line], slots: Iterable[dict[str, Any]], zone: ZoneInfo, now: datetime) -> None:
    """Count slots, one by one: an activable one is a promise; what is over counts in the day and is told apart."""
    for slot in slots:
        line = found.setdefault(slot["commune"], Line(slot["commune"], slot["commune"]))
        if slot["state"] == "activable":
            line.activable += slot["places"]
            continue
        line.slots += slot["places"] > 0
        line.places, line.booked, line.free = (
            line.places + slot["places"], line.booked + slot["booked"], line.free + slot["free"]
        )  # fmt: skip
        if datetime.fromisoformat(slot["starts_at"]).astimezone(zone).hour >= EVENING:
            line.evening += slot["free"]
        if ended(slot, now):
            line.over += slot["free"]


def ended(slot: dict[str, Any], now: datetime) -> bool:
    """Whether a slot can no longer serve anyone."""
    return datetime.fromisoformat(slot["ends_at"]) <= now


def count_totals(found: dict[str, Line], rows: Iterable[dict[str, Any]]) -> None:
    """Count totals by commune and profession: what those outside the CPTS receive."""
    for row in rows:
        line = found.setdefault(row["commune"], Line(row["commune"], row["commune"]))
        line.slots += 1
        line.places, line.booked, line.free = (
            line.places + row["places"], line.booked + row["booked"], line.free + row["free"]
        )  # fmt: skip


def count_tensions(found: dict[str, Line], rows: Iterable[dict[str, Any]]) -> None:
    """Count tensions by commune and kind."""
    for row in rows:
        line = found.setdefault(row["commune"], Line(row["commune"], row["commune"]))
        line.tensions += row["count"]
        line.kinds[row["kind"]] += row["count"]


def total(found: dict[str, Line]) -> Line:
    """The whole territory."""
    whole = Line("", "Territoire")
    for line in found.values():
        whole.add(line)
    return whole
