"""Who speaks for the outside: the name of an authority in French, and what it may do by itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Manner = Literal["acts", "asks", "tells"]

#: Usual abbreviations of the regional health agencies, as systems sign with them.
REGIONS = {
    "ara": "Auvergne-Rhône-Alpes", "bfc": "Bourgogne-Franche-Comté", "bretagne": "Bretagne",
    "cvl": "Centre-Val de Loire", "corse": "Corse", "grandest": "Grand Est", "ge": "Grand Est",
    "hdf": "Hauts-de-France", "idf": "Île-de-France", "normandie": "Normandie", "na": "Nouvelle-Aquitaine",
    "occitanie": "Occitanie", "paca": "Provence-Alpes-Côte d'Azur", "pdl": "Pays de la Loire",
    "guadeloupe": "Guadeloupe", "guyane": "Guyane", "martinique": "Martinique", "mayotte": "Mayotte",
    "reunion": "La Réunion",
}  # fmt: skip
_NAMES = {
    "ars": "l'ARS", "samu": "le SAMU", "prefet": "le préfet", "prefecture": "la préfecture",
    "meteo": "Météo-France", "meteofrance": "Météo-France",
}  # fmt: skip
#: What stands for a source when nobody is named: a line, not somebody.
_LINES = frozenset({"telephone", "appel", "courriel", "mail"})


def authority(source: str, departements: Mapping[str, str] | None = None) -> str:
    """A source as said in a sentence: ``l'ARS Île-de-France``, ``la préfecture (Essonne)``, ``le SAMU 91``.

    Words that a person typed, and names that nobody knows, come back as they were written.
    """
    plain = source.removeprefix("role:")
    if " " in plain:
        return plain
    parts = re.fullmatch(r"([a-zéA-Z]+)[-_:]?(.*)", plain)
    first, rest = (parts[1].lower().replace("é", "e"), parts[2].lower()) if parts else (plain, "")
    name = _NAMES.get(first)
    if name is None:
        return plain.replace("-", " ").replace("_", " ") if plain == plain.lower() else plain
    tail = re.sub(r"[^a-z0-9]", "", rest)
    if first == "ars":
        return f"{name} {REGIONS[tail]}" if tail in REGIONS else name
    if first == "samu":
        return f"{name} {tail.upper()}" if tail else name
    where = (departements or {}).get(tail.upper(), tail.upper())
    return f"{name} ({where})" if where and first.startswith("pref") else name


def manner(kind: str, speaker: str) -> Manner:
    """What a speaker does about an outside axis.

    The director of the ARS triggers ORSAN: a préfet asks for it. The préfet triggers ORSEC: an ARS or a SAMU
    tells of it. A plan blanc is its hospital's, and its network tells of it: what is told stands.
    """
    words = re.findall(r"[^\W\d_]+", speaker.lower())
    if kind == "orsan" and any(word.startswith(("pref", "préf")) for word in words):
        return "asks"
    if kind == "orsec" and {"ars", "samu"} & set(words):
        return "tells"
    return "acts"


def is_establishment(speaker: str) -> bool:
    """Whether a source may be a hospital: neither an authority nor a mere line."""
    words = re.findall(r"[^\W\d_]+", speaker.lower())
    authorities = any(word in ("ars", "samu") or word.startswith(("pref", "préf")) for word in words)
    return bool(words) and not authorities and speaker.lower() not in _LINES
