"""The map of a territory, drawn by the server: outlines when the territory gives them, else tiles. Pure.

Ink only: tints of ink, hatching for none left; the figure is written in each commune, no colour carries meaning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.platform.outlines import Outlines, Ring
from services.platform.territory import Commune

#: Units of the drawing: one is a pixel where the page has the room.
WIDTH, MARGIN, MAX_HEIGHT = 560.0, 6.0, 640.0
TILE_WIDTH, TILE_HEIGHT, GAP = 124, 92, 6
LETTER, LINE, NAME_LETTERS = 8.2, 18, 14
#: Wider than this, the drawing scrolls rather than shrink its letters on a phone.
NARROW = 420
#: Lower bounds of the tints, by what is shown.
BOUNDS = {"places": (1, 4, 10), "tensions": (1, 3, 6)}


@dataclass(frozen=True, slots=True)
class Shape:
    """A commune: its outline as a path, where its figure stands, its name in lines (none where it has no room)."""

    code: str
    name: str
    path: str
    x: float
    y: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in a view box that starts at 0, 0."""

    width: int
    height: int
    shapes: tuple[Shape, ...]

    @property
    def wide(self) -> bool:
        """Whether it may have to scroll."""
        return self.width > NARROW


def draw(communes: Sequence[Commune], outlines: Outlines) -> Drawing:
    """The map of these communes."""
    return _outlined(communes, outlines) if outlines else _tiled(communes)


def tint(value: int | None, shown: str) -> str:
    """Class of a figure: ``rien`` without any slot, ``nul`` for none left, ``calme`` for no tension, else a step."""
    if value is None:
        return "rien"
    reached = sum(value >= bound for bound in BOUNDS[shown])
    zero = "nul" if shown == "places" else "calme"
    return f"pas-{reached}" if reached else zero


def legend(shown: str) -> list[tuple[str, str]]:
    """Each class with its words, the emptiest first."""
    low, middle, high = BOUNDS[shown]
    zero = [("rien", "aucune plage"), ("nul", "0 libre")] if shown == "places" else [("calme", "aucune signalée")]
    upper = [("pas-1", f"{low} à {middle - 1}"), ("pas-2", f"{middle} à {high - 1}"), ("pas-3", f"{high} et plus")]
    return [*zero, *upper]


def wrapped(name: str, letters: int = NAME_LETTERS) -> tuple[str, ...]:
    """A name in short lines, cut after hyphens and at spaces."""
    lines = [""]
    for piece in re.findall(r"[^ -]+(?:-| |$)", name) or [name]:
        if lines[-1] and len((lines[-1] + piece).rstrip()) > letters:
            lines.append("")
        lines[-1] += piece
    return tuple(line.strip() for line in lines)


def _tiled(communes: Sequence[Commune]) -> Drawing:
    """One tile for each commune; those without a place of their own fill rows under the others."""
    placed = {commune.code: commune.tile for commune in communes if commune.tile}
    columns = max((tile[0] for tile in placed.values()), default=3) + 1
    below = max((tile[1] for tile in placed.values()), default=-1) + 1
    others = (commune.code for commune in communes if not commune.tile)
    placed |= {code: (rank % columns, below + rank // columns) for rank, code in enumerate(others)}
    rows = max((tile[1] for tile in placed.values()), default=0) + 1
    shapes = tuple(_tile(commune, *placed[commune.code]) for commune in communes)
    return Drawing(columns * (TILE_WIDTH + GAP), rows * (TILE_HEIGHT + GAP), shapes)


def _tile(commune: Commune, column: int, row: int) -> Shape:
    left, top = column * (TILE_WIDTH + GAP) + GAP // 2, row * (TILE_HEIGHT + GAP) + GAP // 2
    path = f"M{left} {top}h{TILE_WIDTH}v{TILE_HEIGHT}h-{TILE_WIDTH}z"
    lines = wrapped(commune.name)
    return Shape(commune.code, commune.name, path, left + TILE_WIDTH / 2, top + 34 - 6 * (len(lines) > 2), lines)


def project(rings: Mapping[str, Sequence[Ring]]) -> tuple[dict[str, list[list[tuple[float, float]]]], float, float]:
    """Rings in units of the drawing, with its width and height: plain degrees, longitudes shortened by the latitude.

    Good enough over a few dozen kilometres; north is up.
    """
    points = [point for found in rings.values() for ring in found for point in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    shrink = math.cos(math.radians((south + north) / 2))
    across, upright = max((east - west) * shrink, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / across, (MAX_HEIGHT - 2 * MARGIN) / upright)
    drawn = {
        code: [
            [(MARGIN + (x - west) * shrink * scale, MARGIN + (north - y) * scale) for x, y in ring] for ring in found
        ]
        for code, found in rings.items()
    }
    return drawn, across * scale + 2 * MARGIN, upright * scale + 2 * MARGIN


def _outlined(communes: Sequence[Commune], outlines: Outlines) -> Drawing:
    drawn, width, height = project({commune.code: outlines[commune.code] for commune in communes})
    shapes = tuple(_outline(commune, drawn[commune.code]) for commune in communes)
    return Drawing(math.ceil(width), math.ceil(height), shapes)


def _outline(commune: Commune, rings: Sequence[Sequence[tuple[float, float]]]) -> Shape:
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    x, y = _centre(largest)
    room = max(point[0] for point in largest) - min(point[0] for point in largest)
    lines = wrapped(commune.name)
    fits = max(len(line) for line in lines) * LETTER <= room
    return Shape(commune.code, commune.name, "".join(_path(ring) for ring in rings), x, y, lines if fits else ())


def _path(ring: Iterable[tuple[float, float]]) -> str:
    """A ring rounded to whole units, repeats dropped: its length is bounded by the drawing, not by the file."""
    rounded = [(round(x), round(y)) for x, y in ring]
    kept = [point for index, point in enumerate(rounded) if index == 0 or point != rounded[index - 1]]
    return "M" + "L".join(f"{x} {y}" for x, y in kept) + "z"


def _area(ring: Sequence[tuple[float, float]]) -> float:
    """Twice the signed area."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _centre(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Centroid of a ring, kept inside its box; the middle of the box when it has no area."""
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    north, south = min(y for _, y in ring), max(y for _, y in ring)
    doubled = _area(ring)
    if abs(doubled) < 1:
        return round((west + east) / 2, 1), round((north + south) / 2, 1)
    sides = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in sides) / (3 * doubled)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in sides) / (3 * doubled)
    return round(min(max(x, west), east), 1), round(min(max(y, north), south), 1)
