"""Météo-France vigilance cards made for drills: ``$card: {today: orange, tomorrow: rouge}`` in a step's body."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

COLOURS = {"vert": 1, "jaune": 2, "orange": 3, "rouge": 4}
CANICULE = "6"


def expand(body: Any, now: datetime) -> Any:
    """The body of a step, with its card drawn if it asks for one; ``now`` carries the local zone."""
    if isinstance(body, dict) and "$card" in body:
        return card(body["$card"], now)
    return body


def card(asked: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A DPVigilance card issued at ``now``: today until midnight, tomorrow the whole day, one phenomenon."""
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), now.tzinfo)
    departement, phenomenon = str(asked.get("departement", "91")), str(asked.get("phenomenon", CANICULE))
    spans = (
        ("J", now, midnight, asked["today"]),
        ("J1", midnight, midnight + timedelta(days=1), asked["tomorrow"]),
    )
    return {
        "product": {
            "warning_type": "vigilance",
            "type_cdp": "cdp_carte_externe",
            "version_vigilance": "V6",
            "update_time": now.isoformat(),
            "domain_id": "FRA",
            "periods": [_period(departement, phenomenon, *span) for span in spans],
        },
        "meta": {"product_datetime": now.isoformat(), "generation_timestamp": now.isoformat()},
    }


def _period(
    departement: str, phenomenon: str, echeance: str, begin: datetime, end: datetime, colour: str
) -> dict[str, Any]:
    code = COLOURS[colour]
    item = {"begin_time": begin.isoformat(), "end_time": end.isoformat(), "color_id": code}
    return {
        "echeance": echeance,
        "begin_validity_time": begin.isoformat(),
        "end_validity_time": end.isoformat(),
        "timelaps": {
            "domain_ids": [
                {
                    "domain_id": departement,
                    "max_color_id": code,
                    "phenomenon_items": [
                        {
                            "phenomenon_id": phenomenon,
                            "phenomenon_max_color_id": code,
                            "timelaps_items": [item],
                        }
                    ],
                }
            ]
        },
    }
