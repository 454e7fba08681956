"""CAP 1.2, with the profile Météo-France gives it: NUTS 3 areas, ``awareness_level`` and ``awareness_type``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from contracts.alerts import AlertKind, Area, Colour, ColourPeriod, Phenomenon
from services.alerts.cap_message import Info, Message, chosen_infos, info_of, message_of, root_of
from services.alerts.periods import MAX_PERIODS, flatten
from services.alerts.report import (
    METEO_FRANCE,
    ParseError,
    Reading,
    Report,
    Words,
    vigilance_headline,
    vigilance_key,
)

METEO_FRANCE_SENDER = "vigilance@meteo.fr"
_COLOURS = {1: Colour.VERT, 2: Colour.JAUNE, 3: Colour.ORANGE, 4: Colour.ROUGE}
_PHENOMENA = {
    1: Phenomenon.VENT_VIOLENT,
    2: Phenomenon.NEIGE_VERGLAS,
    3: Phenomenon.ORAGES,
    5: Phenomenon.CANICULE,
    6: Phenomenon.GRAND_FROID,
    7: Phenomenon.VAGUES_SUBMERSION,
    9: Phenomenon.AVALANCHES,
    10: Phenomenon.PLUIE_INONDATION,
    12: Phenomenon.CRUES,
    13: Phenomenon.PLUIE_INONDATION,
}


def read(raw: bytes) -> Reading:
    """Read a CAP document; raises ``ParseError`` and nothing else, whatever the bytes."""
    alert = root_of(raw)
    message = message_of(alert)
    if message.verb == "Error":
        raise ParseError("rejet (Error) signalé par l'émetteur : à lire par une personne")
    notes: list[str] = []
    reports: tuple[Report, ...] = ()
    if message.verb == "Ack":
        notes.append("accusé de réception CAP : rien à appliquer")
    else:
        infos = [info_of(info, message, notes) for info in chosen_infos(alert)]
        reports = tuple(_reports(message, infos, notes))
        if not reports:
            raise ParseError(" ; ".join(notes) or "aucun bloc « info » utilisable")
    return Reading(
        "cap", message.status, reports, tuple(dict.fromkeys(notes)), message.sent, hashlib.sha256(raw).hexdigest()
    )


def _reports(message: Message, infos: list[Info], notes: list[str]) -> Iterable[Report]:
    if message.verb == "Cancel" and not any(info.areas for info in infos):
        return [_cancellation(message, infos)]
    if message.sender.lower() == METEO_FRANCE_SENDER:
        return _vigilances(message, infos, notes)
    return [_other(message, infos)] if infos else []


def _cancellation(message: Message, infos: list[Info]) -> Report:
    """A Cancel that names no place says which documents it takes back, nothing more."""
    if not message.references:
        raise ParseError("annulation (Cancel) sans « references » : rien ne dit ce qu'elle annule")
    return Report(
        kind=_kind(message.sender),
        source=_source(message.sender),
        key=message.name,
        words=infos[0].words if infos else Words(),
        starts_at=message.sent,
        refers=tuple(name for name, _ in message.references),
        external_id=message.identifier,
        issued_at=message.sent,
        **_end(message, green=False),
    )


def _end(message: Message, *, green: bool) -> dict[str, Any]:
    """Whether this message ends an alert, and up to which document it may."""
    cancels = message.verb == "Cancel"
    until = max((sent for _, sent in message.references), default=None) if cancels else None
    return {"lifts": cancels or green, "cancels_until": until}


def _source(sender: str) -> str:
    return METEO_FRANCE if sender.lower() == METEO_FRANCE_SENDER else sender


def _kind(sender: str) -> AlertKind:
    if sender.lower() == METEO_FRANCE_SENDER:
        return AlertKind.VIGILANCE
    words = set(re.split(r"[^a-z0-9]+", sender.lower()))
    return next((kind for kind in (AlertKind.ARS, AlertKind.SAMU) if kind in words), AlertKind.AUTRE)


def _other(message: Message, infos: list[Info]) -> Report:
    areas = tuple(dict.fromkeys(area for info in infos for area in info.areas))
    if not areas:
        unknown = ", ".join(code for info in infos for code in info.unknown[:3])
        raise ParseError(f"aucune zone connue ({unknown or 'ni NUTS3, ni code INSEE'})")
    ends = [info.ends_at for info in infos]
    start, end = min(info.starts_at for info in infos), max((end for end in ends if end), default=None)
    if end is not None and end <= start and message.verb != "Cancel":
        raise ParseError("la fin (« expires ») ne suit pas le début")
    return Report(
        kind=_kind(message.sender),
        source=_source(message.sender),
        key=message.name,
        words=infos[0].words,
        areas=areas,
        refers=tuple(name for name, _ in message.references),
        external_id=message.identifier,
        issued_at=message.sent,
        starts_at=start,
        ends_at=None if None in ends else end,
        **_end(message, green=False),
    )


def _leading(parameters: dict[str, str], name: str) -> int | None:
    found = re.match(r"\s*(\d{1,3})\b", parameters.get(name, ""))
    return int(found[1]) if found else None


def _vigilances(message: Message, infos: list[Info], notes: list[str]) -> Iterator[Report]:
    """One report for each phenomenon and département, the blocks that speak of both brought together."""
    grouped: dict[tuple[str, str], list[tuple[Info, Colour]]] = {}
    for info in infos:
        code, level = _leading(info.parameters, "awareness_type"), _leading(info.parameters, "awareness_level")
        colour = _COLOURS.get(level or 0)
        if code is None or colour is None:
            notes.append("bloc sans « awareness_type » ou « awareness_level » lisible, laissé de côté")
            continue
        named = _PHENOMENA.get(code) or f"cap-{code}"
        for departement in dict.fromkeys(area.departement for area in info.areas if area.departement):
            grouped.setdefault((named, departement), []).append((info, colour))
    for (hazard, departement), parts in grouped.items():
        report = _vigilance(message, hazard, departement, parts)
        if report is None:
            notes.append("fenêtre de durée nulle ou inversée, laissée de côté")
        else:
            yield report


def _vigilance(message: Message, hazard: str, departement: str, parts: list[tuple[Info, Colour]]) -> Report | None:
    if len(parts) > MAX_PERIODS:
        raise ParseError("trop de blocs pour un même phénomène et un même département")
    phenomenon = Phenomenon(hazard)
    info, colour = max(parts, key=lambda part: list(_COLOURS.values()).index(part[1]))
    green = colour is Colour.VERT
    closed = [
        ColourPeriod(colour=colour, starts_at=part.starts_at, ends_at=part.ends_at)
        for part, colour in parts
        if part.ends_at and part.ends_at > part.starts_at
    ]
    endless = any(part.ends_at is None for part, _ in parts)
    periods = () if endless else flatten(closed)
    if not (periods or green or endless or message.verb == "Cancel"):
        return None
    start = min(part.starts_at for part, _ in parts)
    return Report(
        kind=AlertKind.VIGILANCE,
        source=METEO_FRANCE,
        key=vigilance_key(hazard, departement),
        words=Words(info.words.headline or vigilance_headline(phenomenon, colour), info.words.description),
        areas=(Area(departement=departement),),
        aliases=(message.name,),
        external_id=message.identifier,
        issued_at=message.sent,
        phenomenon=phenomenon,
        colour=colour,
        starts_at=periods[0].starts_at if periods else start,
        ends_at=periods[-1].ends_at if periods else None,
        periods=periods,
        span=(min(p.starts_at for p in closed), max(p.ends_at for p in closed)) if closed else None,
        **_end(message, green=green),
    )
