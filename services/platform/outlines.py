"""Outlines of communes, read from the GeoJSON file a territory gives for its map."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

#: A ring is a closed line of (longitude, latitude) in degrees.
Ring = tuple[tuple[float, float], ...]
Outlines = Mapping[str, tuple[Ring, ...]]

MAX_BYTES = 4_000_000
MAX_POINTS = 60_000


def read_outlines(raw: bytes, communes: Mapping[str, str]) -> dict[str, tuple[Ring, ...]]:
    """Rings by INSEE code, for every one of ``communes`` (code and name); other features are left aside.

    ``ValueError`` says, in French, what to mend: unreadable, too large, not in degrees, a commune absent.
    """
    if len(raw) > MAX_BYTES:
        raise ValueError(f"le fichier dépasse {MAX_BYTES // 1_000_000} Mo ; simplifiez les contours")
    found: dict[str, tuple[Ring, ...]] = {}
    for feature in _features(raw):
        code = str(feature["properties"].get("code", ""))
        if code in communes:
            found[code] = (*found.get(code, ()), *_rings(feature.get("geometry"), communes[code]))
    absent = [f"{name} ({code})" for code, name in communes.items() if code not in found]
    if absent:
        raise ValueError(f"aucun contour dont la propriété « code » (INSEE) soit celle de : {', '.join(absent)}")
    if sum(len(ring) for rings in found.values() for ring in rings) > MAX_POINTS:
        raise ValueError(f"les contours comptent plus de {MAX_POINTS} points ; simplifiez-les")
    return found


def _features(raw: bytes) -> Iterable[dict[str, Any]]:
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("ce n'est pas du JSON lisible en UTF-8") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise ValueError("ce n'est pas un GeoJSON de type « FeatureCollection »")
    return [
        feature for feature in features if isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
    ]


def _rings(geometry: Any, name: str) -> tuple[Ring, ...]:
    """Outer and inner rings alike: drawn together, the even-odd rule leaves the holes empty."""
    kind, coordinates = (
        (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, dict) else ("", None)
    )
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise ValueError(f"le contour de {name} doit être un « Polygon » ou un « MultiPolygon »")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    try:
        rings = tuple(tuple(_point(point) for point in ring) for polygon in polygons for ring in polygon)
    except (TypeError, ValueError, IndexError, OverflowError, RecursionError):
        raise ValueError(f"le contour de {name} a des coordonnées illisibles (longitude, latitude en degrés)") from None
    if not rings or any(len(set(ring)) < 3 for ring in rings):
        raise ValueError(f"le contour de {name} est vide, ou a moins de trois points")
    return rings


def _point(point: Any) -> tuple[float, float]:
    longitude, latitude = float(point[0]), float(point[1])
    if isinstance(point, str) or not (math.fabs(longitude) <= 180 and math.fabs(latitude) < 89):
        raise ValueError("not in degrees")
    return longitude, latitude
