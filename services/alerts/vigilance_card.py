"""Météo-France's vigilance card (DPVigilance): each phenomenon's colours by département, today (J), tomorrow (J1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from contracts.alerts import AlertKind, Area, Colour, ColourPeriod, Phenomenon
from services.alerts.areas import departement_of_domain
from services.alerts.periods import MAX_PERIODS, flatten, worst
from services.alerts.report import (
    METEO_FRANCE,
    ParseError,
    Reading,
    Report,
    Words,
    moment_of,
    plain,
    vigilance_headline,
    vigilance_key,
)

_PHENOMENA = {str(rank): phenomenon for rank, phenomenon in enumerate(list(Phenomenon)[:9], start=1)}
_COLOURS = {1: Colour.VERT, 2: Colour.JAUNE, 3: Colour.ORANGE, 4: Colour.ROUGE}
_DAYS = frozenset({"J", "J1"})
#: Domains that hold no département: the country, Andorra, and the zones of the bulletins.
_NOT_OURS = ("FRA", "99", "ZDF")


@dataclass(slots=True)
class _Told:
    """What a card says of one phenomenon in one département, both days together."""

    days: set[str] = field(default_factory=set)
    spans: list[ColourPeriod] = field(default_factory=list)


@dataclass(slots=True)
class _Card:
    told: dict[tuple[str, str], _Told] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)


def read(raw: bytes) -> Reading:
    """Read a card; raises ``ParseError`` and nothing else, whatever the bytes."""
    product = _product(raw)
    issued_at = moment_of(_string(product, "update_time"))
    card = _Card()
    windows = [_period(period, card) for period in _list(product, "periods")]
    if not card.told:
        raise ParseError("la carte ne dit rien d'aucun département")
    span = (min(start for start, _ in windows), max(end for _, end in windows))
    return Reading(
        "card",
        reports=tuple(_reports(card, issued_at, span)),
        notes=tuple(card.notes)[:10],
        issued_at=issued_at,
        fingerprint=hashlib.sha256(raw).hexdigest(),
    )


def _no_constant(name: str) -> NoReturn:
    raise ParseError(f"valeur « {name} » hors de JSON")


def _product(raw: bytes) -> dict[str, Any]:
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except ParseError:
        raise
    except (ValueError, RecursionError):
        raise ParseError("le corps n'est pas du JSON lisible en UTF-8 (tronqué, mal encodé ou mal formé)") from None
    if isinstance(document, list):
        raise ParseError("plusieurs cartes dans un même envoi ; envoyez-les une par une, dans l'ordre")
    product = document.get("product") if isinstance(document, dict) else None
    if not isinstance(product, dict):
        raise ParseError("ce n'est pas une carte de vigilance : « product » manque")
    return product


def _string(node: dict[str, Any], name: str) -> str:
    value = node.get(name)
    if not isinstance(value, str):
        raise ParseError(f"« {name} » manque ou n'est pas un texte")
    return value


def _list(node: Any, name: str) -> list[dict[str, Any]]:
    """The objects under a name; anything else in the list is not a card."""
    value = node.get(name) if isinstance(node, dict) else None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ParseError(f"« {name} » manque ou n'est pas une liste d'objets")
    return value


def _period(period: dict[str, Any], card: _Card) -> tuple[datetime, datetime]:
    window = (moment_of(_string(period, "begin_validity_time")), moment_of(_string(period, "end_validity_time")))
    if window[1] <= window[0]:
        raise ParseError("une échéance de la carte finit avant de commencer")
    day = _string(period, "echeance")
    if day not in _DAYS:
        card.notes[f"échéance inconnue « {plain(day, 20)} » laissée de côté"] = None
        return window
    for domain in _list(period.get("timelaps"), "domain_ids"):
        code = _string(domain, "domain_id")
        departement = departement_of_domain(code)
        if departement is None:
            if not code.startswith(_NOT_OURS):
                card.notes[f"domaine inconnu « {plain(code, 20)} » laissé de côté"] = None
            continue
        for item in _list(domain, "phenomenon_items"):
            _phenomenon(item, day, departement, window, card)
    return window


def _phenomenon(
    item: dict[str, Any], day: str, departement: str, window: tuple[datetime, datetime], card: _Card
) -> None:
    hazard = str(item.get("phenomenon_id"))
    if not (hazard.isascii() and hazard.isdigit() and len(hazard) <= 3):
        card.notes[f"phénomène illisible « {plain(hazard, 20)} » laissé de côté"] = None
        return
    spans = list(_spans(item, window, card))
    if not spans:
        return
    told = card.told.setdefault((hazard, departement), _Told())
    told.days.add(day)
    told.spans.extend(spans)
    if len(told.spans) > MAX_PERIODS:
        raise ParseError("trop d'intervalles pour un même phénomène et un même département")


def _spans(item: dict[str, Any], window: tuple[datetime, datetime], card: _Card) -> Iterator[ColourPeriod]:
    """The spans of an item; without any, its worst colour over the whole window."""
    steps = item.get("timelaps_items")
    if steps:
        for step in _list(item, "timelaps_items"):
            colour = _colour(step.get("color_id"), card)
            start, end = moment_of(_string(step, "begin_time")), moment_of(_string(step, "end_time"))
            if colour and start < end:
                yield ColourPeriod(colour=colour, starts_at=start, ends_at=end)
        return
    colour = _colour(item.get("phenomenon_max_color_id"), card)
    if colour:
        yield ColourPeriod(colour=colour, starts_at=window[0], ends_at=window[1])


def _colour(value: Any, card: _Card) -> Colour | None:
    """A colour number, be it a string as the card writes some; unknown ones are noted."""
    known = isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip() in {"1", "2", "3", "4"}
    if not known:
        card.notes[f"couleur inconnue « {plain(str(value), 20)} » laissée de côté"] = None
        return None
    return _COLOURS[int(value)]


def _reports(card: _Card, issued_at: datetime, span: tuple[datetime, datetime]) -> Iterator[Report]:
    for (hazard, departement), told in card.told.items():
        phenomenon = _PHENOMENA.get(hazard, Phenomenon.AUTRE)
        periods = flatten(told.spans)
        colour = worst(period.colour for period in periods)
        named = phenomenon if phenomenon is not Phenomenon.AUTRE else f"meteo-france-{hazard}"
        yield Report(
            kind=AlertKind.VIGILANCE,
            source=METEO_FRANCE,
            key=vigilance_key(named, departement),
            words=Words(vigilance_headline(phenomenon, colour)),
            areas=(Area(departement=departement),),
            issued_at=issued_at,
            phenomenon=phenomenon,
            colour=colour,
            starts_at=periods[0].starts_at if periods else span[0],
            ends_at=periods[-1].ends_at if periods else None,
            periods=periods,
            span=_said(told, span),
            lifts=not periods and told.days >= _DAYS,
        )


def _said(told: _Told, span: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """What the card speaks about: all of it, or less when one of the days is not said for this phenomenon."""
    if told.days >= _DAYS:
        return span
    return min(part.starts_at for part in told.spans), max(part.ends_at for part in told.spans)
