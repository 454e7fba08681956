"""Places: NUTS codes of the 2013 edition, as Météo-France still sends them, and the département of a commune."""

from __future__ import annotations

import re

#: Départements of each NUTS 2 region, in the order of their third digit (FR101, FR102…).
_REGIONS: dict[str, str] = {
    "FR10": "75 77 78 91 92 93 94 95",
    "FR21": "08 10 51 52",
    "FR22": "02 60 80",
    "FR23": "27 76",
    "FR24": "18 28 36 37 41 45",
    "FR25": "14 50 61",
    "FR26": "21 58 71 89",
    "FR30": "59 62",
    "FR41": "54 55 57 88",
    "FR42": "67 68",
    "FR43": "25 39 70 90",
    "FR51": "44 49 53 72 85",
    "FR52": "22 29 35 56",
    "FR53": "16 17 79 86",
    "FR61": "24 33 40 47 64",
    "FR62": "09 12 31 32 46 65 81 82",
    "FR63": "19 23 87",
    "FR71": "01 07 26 38 42 69 73 74",
    "FR72": "03 15 43 63",
    "FR81": "11 30 34 48 66",
    "FR82": "04 05 06 13 83 84",
    "FR83": "2A 2B",
}

#: Overseas: one département to a region, so the third digit is 0.
_OVERSEAS: dict[str, str] = {"FRA10": "971", "FRA20": "972", "FRA30": "973", "FRA40": "974", "FRA50": "976"}

NUTS3_2013: dict[str, str] = {
    f"{region}{rank}": departement
    for region, row in _REGIONS.items()
    for rank, departement in enumerate(row.split(), start=1)
} | _OVERSEAS

DEPARTEMENTS: frozenset[str] = frozenset(NUTS3_2013.values())

_COMMUNE = re.compile(r"([013-9]\d|2[AB1-9])\d{3}")


def departement_of_nuts3(code: str) -> str | None:
    """The département behind a NUTS 3 code, or None when the 2013 edition does not have it."""
    return NUTS3_2013.get(code.strip().upper())


def is_commune(code: str) -> bool:
    """Whether this has the form of an INSEE commune code (a postal code of Corsica, 20xxx, has not)."""
    return _COMMUNE.fullmatch(code) is not None


def departement_of_commune(code: str) -> str:
    """The département of an INSEE commune code: three digits overseas, ``2A`` and ``2B`` in Corsica."""
    return code[:3] if code.startswith(("97", "98")) else code[:2]


def departement_of_domain(domain: str) -> str | None:
    """The département of a Météo-France domain: itself, its coastal strip (``3010``), or overseas (``VIGI971``)."""
    code = domain.strip().upper().removeprefix("VIGI")
    if code in DEPARTEMENTS:
        return code
    if len(code) == 4 and code.endswith("10") and code[:2] in DEPARTEMENTS:
        return code[:2]
    return None
