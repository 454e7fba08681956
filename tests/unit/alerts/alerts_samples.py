"""Documents in the formats of the outside world, made for the tests."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

from contracts.alerts import ReportAlert

CARD = "application/vnd.meteofrance.vigilance+json"
CAP = "application/cap+xml"
NUMBERS = {"vert": 1, "jaune": 2, "orange": 3, "rouge": 4}


def stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def card(issued_at, today="vert", tomorrow="vert", *, departement="91", phenomenon="6", others=(), days=("J", "J1")):
    """A card of one phenomenon; ``others`` adds (domain, phenomenon, J, J1) rows."""
    midnight = issued_at.replace(hour=22, minute=0, second=0)
    windows = {"J": (issued_at, midnight), "J1": (midnight, midnight + timedelta(days=1))}
    rows = [(departement, phenomenon, today, tomorrow), *others]
    periods = []
    for index, day in enumerate(("J", "J1")):
        if day not in days:
            continue
        start, end = (stamp(moment) for moment in windows[day])
        domains = [
            {
                "domain_id": row[0],
                "max_color_id": NUMBERS[row[2 + index]],
                "phenomenon_items": [
                    {
                        "phenomenon_id": row[1],
                        "phenomenon_max_color_id": NUMBERS[row[2 + index]],
                        "timelaps_items": [{"begin_time": start, "end_time": end, "color_id": NUMBERS[row[2 + index]]}],
                    }
                ],
            }
            for row in rows
        ]
        periods.append(
            {
                "echeance": day,
                "begin_validity_time": start,
                "end_validity_time": end,
                "timelaps": {"domain_ids": domains},
            }
        )
    return {"product": {"update_time": stamp(issued_at), "domain_id": "FRA", "periods": periods}, "meta": {}}


def cap(
    identifier="2.49.0.0.250.0.FR.1",
    *,
    sender="vigilance@meteo.fr",
    sent="2026-06-29T16:00:42+02:00",
    status="Actual",
    verb="Alert",
    level="3; orange; Severe",
    kind="5; high-temperature",
    onset="2026-06-30T00:00:00+02:00",
    expires="2026-07-01T00:00:00+02:00",
    areas=("FR104",),
    references="",
    language="fr-FR",
    headline="Vigilance orange canicule",
    infos=None,
    head="",
):
    zones = "".join(
        f"<area><areaDesc>z</areaDesc><geocode><valueName>NUTS3</valueName><value>{code}</value></geocode></area>"
        for code in areas
    )
    info = (
        f"<info><language>{language}</language><category>Met</category><event>{headline}</event>"
        "<urgency>Future</urgency><severity>Severe</severity><certainty>Likely</certainty>"
        + (f"<onset>{onset}</onset>" if onset else "")
        + (f"<expires>{expires}</expires>" if expires else "")
        + f"<headline>{headline}</headline>"
        f"<parameter><valueName>awareness_level</valueName><value>{level}</value></parameter>"
        f"<parameter><valueName>awareness_type</valueName><value>{kind}</value></parameter>{zones}</info>"
    )
    body = infos if infos is not None else info
    refs = f"<references>{references}</references>" if references else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>{sender}</sender><sent>{sent}</sent><status>{status}</status>"
        f"<msgType>{verb}</msgType><scope>Public</scope>{refs}{body}</alert>"
    ).encode()


def alert(**changes):
    """A JSON alert of the ARS; a field set to None is left out."""
    document = {
        "source": "ars-idf",
        "external_id": "ORSAN-2026-17",
        "kind": "orsan",
        "volet": "EPI-CLIM",
        "areas": [{"departement": "91"}],
        "headline": "ORSAN EPI-CLIM déclenché",
        "starts_at": "2026-06-29T18:00:00+02:00",
        "status": "actual",
    } | changes
    return {name: value for name, value in document.items() if value is not None}


def posted(document, media_type="application/json"):
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return ReportAlert(media_type=media_type, body=base64.b64encode(raw).decode())


def posted_card(*args, **options):
    return posted(card(*args, **options), CARD)


def posted_cap(*args, **options):
    return posted(cap(*args, **options), CAP)


def at(day, hour=4, minute=0, month=6):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)
