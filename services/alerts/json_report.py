"""The JSON alert of ``POST /api/v1/alerts``: systems that speak for themselves, and calls that a person typed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from contracts.alerts import AlertKind, Area, Colour, ColourPeriod, Phenomenon
from contracts.orsan import volet_of
from services.alerts.areas import departement_of_commune
from services.alerts.json_model import AlertIn, explain, faults_of
from services.alerts.periods import flatten
from services.alerts.report import (
    Reading,
    Report,
    Reporter,
    SchemaError,
    Words,
    document_key,
    vigilance_headline,
    vigilance_key,
)


def read(raw: bytes) -> Reading:
    """Read a JSON alert.

    Raises ``SchemaError`` for well-formed JSON with wrong fields, ``ParseError`` for what is not JSON at all.
    """
    try:
        document = AlertIn.model_validate_json(raw.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        raise explain(error) from None
    faults = list(faults_of(document))
    if faults:
        raise SchemaError(faults)
    fingerprint = hashlib.sha256(document.model_dump_json().encode()).hexdigest()
    reports = _vigilances(document, fingerprint) if document.kind == "vigilance" else (_single(document, fingerprint),)
    return Reading("json", document.status, reports, issued_at=document.issued_at, fingerprint=fingerprint)


def _reporter(document: AlertIn) -> Reporter | None:
    told = document.reported_by
    return Reporter(told.function, told.at, told.verified) if told else None


def _words(document: AlertIn) -> Words:
    headline = document.headline or (document.description or "").strip().splitlines()[0][:200]
    name = document.reported_by.name if document.reported_by else None
    return Words(headline, document.description, document.requests, name)


def _common(document: AlertIn, fingerprint: str) -> dict[str, Any]:
    """What both shapes of report share; ``starts_at`` of a call is when it was told."""
    told = document.reported_by
    return {
        "kind": AlertKind(document.kind),
        "source": document.source or (told.function if told else "") or "appel",
        "external_id": document.external_id or f"appel-{fingerprint[:20]}",
        "starts_at": document.starts_at or (told.at if told else None),
        "ends_at": document.ends_at,
        "issued_at": document.issued_at,
        "volet": volet_of(document.volet) if document.volet else None,
        "grade": document.grade,
        "requests_level": document.requests_level,
        "reporter": _reporter(document),
    }


def _single(document: AlertIn, fingerprint: str) -> Report:
    common = _common(document, fingerprint)
    areas = tuple(Area(departement=place.departement, commune=place.commune) for place in document.areas)
    return Report(
        **common,
        key=document_key(common["source"], common["external_id"]),
        words=_words(document),
        areas=areas,
        phenomenon=Phenomenon(document.phenomenon) if document.phenomenon else None,
        colour=Colour(document.colour) if document.colour else None,
        lifts=document.lifts,
    )


def _vigilances(document: AlertIn, fingerprint: str) -> tuple[Report, ...]:
    """One report for each département: Météo-France's vigilance knows no smaller place."""
    common = _common(document, fingerprint)
    phenomenon, colour = Phenomenon(document.phenomenon or ""), Colour(document.colour or "")
    start, end = common["starts_at"], common["ends_at"]
    green = colour is Colour.VERT
    periods = flatten([ColourPeriod(colour=colour, starts_at=start, ends_at=end)]) if end else ()
    places = {place.departement or departement_of_commune(place.commune or ""): None for place in document.areas}
    words = _words(document)
    return tuple(
        Report(
            **common,
            key=vigilance_key(phenomenon, departement),
            words=words if words.headline else Words(vigilance_headline(phenomenon, colour)),
            areas=(Area(departement=departement),),
            phenomenon=phenomenon,
            colour=colour,
            periods=periods,
            span=(start, end or start + timedelta(days=1)),
            lifts=document.lifts or green,
        )
        for departement in places
    )
