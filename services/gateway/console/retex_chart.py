"""The chart of a review, drawn by the server: the level of each day, and places open and taken, or visits. Pure.

Ink only: taken places are filled, open ones outlined, and every figure is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from services.platform import french

LEFT, TOP, STEP, LEVEL_HEIGHT, BAR_HEIGHT = 120, 18, 66, 18, 110
#: Past so many days each is narrower and written as a number alone; the drawing scrolls rather than shrink its letters.
NARROW_STEP, MANY = 44, 16


@dataclass(frozen=True, slots=True)
class Column:
    """A day: its level as a block, its bar with the taken part, and what is written."""

    day: str
    x: float
    width: float
    level: int
    level_y: float
    level_height: float
    bar_y: float
    bar_height: float
    taken_y: float
    taken_height: float
    figure: str
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns in a view box that starts at 0, 0. ``series`` names the bars, ``drawn`` is false without any."""

    width: int
    height: int
    level_base: float
    bar_base: float
    series: str
    drawn: bool
    columns: tuple[Column, ...]

    @property
    def summary(self) -> str:
        """The whole chart as a sentence."""
        return french.join(column.said for column in self.columns)


def draw(days: list[dict[str, Any]]) -> Chart:
    """The chart of these days: places, or visits when nobody offered any."""
    name = "places" if any(day["places"] is not None for day in days) else "visits"
    values = [day[name] for day in days]
    drawn = any(value is not None for value in values)
    highest = max([value or 0 for value in values] + [1])
    step = NARROW_STEP if len(days) > MANY else STEP
    level_base = TOP + 3 * LEVEL_HEIGHT + 8
    bar_base = level_base + (BAR_HEIGHT + 44 if drawn else 0)
    place = _Place(name, step, level_base, bar_base, highest)
    columns = tuple(_column(day, rank, place) for rank, day in enumerate(days))
    series = "Places ouvertes, dont prises" if name == "places" else "Visites remontées"
    return Chart(LEFT + len(days) * step + 8, int(bar_base + 30), level_base, bar_base, series, drawn, columns)


class _Place(NamedTuple):
    """Which figure is drawn, how wide a day is, where bars stand, and the highest of them."""

    name: str
    step: int
    level_base: float
    bar_base: float
    highest: int


def _column(day: dict[str, Any], rank: int, place: _Place) -> Column:
    name, step, level_base, bar_base, highest = place
    x = float(LEFT + rank * step)
    value, taken = day[name], day["booked"] if name == "places" else None
    tall = BAR_HEIGHT * (value or 0) / highest
    full = BAR_HEIGHT * (taken or 0) / highest
    block = 6 + LEVEL_HEIGHT * day["level"]
    figure = "–" if value is None else str(value) if taken is None else f"{taken}/{value}"
    on = date.fromisoformat(day["day"])
    when = french.short_day(on)
    return Column(
        when if step == STEP else str(on.day), x, step - 8.0,
        day["level"], level_base - block, block, bar_base - tall, tall, bar_base - full, full,
        figure, f"{when} niveau {day['level']}{_told(value, taken, name)}",
    )  # fmt: skip


def _told(value: int | None, taken: int | None, name: str) -> str:
    if value is None:
        return ""
    if name == "visits":
        return f", {french.count(value, 'visite')}"
    return f", {french.count(value, 'place')} dont {french.count(taken or 0, 'prise')}"
