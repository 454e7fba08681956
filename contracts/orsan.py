"""ORSAN as it stands since 2024: its volets, its cross-cutting measures, and how older words read.

Source: décret n° 2024-8 of 3 January 2024 and the list published by the regional health agencies.
"""

from __future__ import annotations

import unicodedata

#: The five volets, with what each one is for.
VOLETS: dict[str, str] = {
    "AMAVI": "accueil massif de victimes non contaminées",
    "MEDICO-PSY": "prise en charge des blessés psychiques",
    "EPI-CLIM": "épidémie saisonnière, phénomène climatique ou environnemental",
    "REB": "risque épidémique et biologique",
    "NRC": "risque nucléaire, radiologique ou chimique",
}

#: Dispositions spécifiques transversales: measures that serve any volet and are none.
MEASURES: dict[str, str] = {
    "RH": "ressources humaines",
    "VACCINATION": "vaccination exceptionnelle",
    "SOINS-CRITIQUES": "soins critiques",
    "EVASAN": "évacuations sanitaires",
    "DEPISTAGE": "dépistage massif",
    "SECURISATION": "sécurisation des établissements",
    "EVACUATION": "évacuation d'établissements",
    "RENFORTS": "accueil de renforts extra-régionaux",
    "CYBERSECURITE": "cybersécurité",
}

#: Words of before 2024, and common spellings, as they read today.
_ALIASES: dict[str, str] = {
    "CLIM": "EPI-CLIM",
    "EPI": "EPI-CLIM",
    "EPICLIM": "EPI-CLIM",
    "BIO": "REB",
    "EPI-VAC": "VACCINATION",
    "EPIVAC": "VACCINATION",
    "VACCINATION-EXCEPTIONNELLE": "VACCINATION",
    "MEDICOPSY": "MEDICO-PSY",
    "NRBC": "NRC",
    "DEPISTAGE-MASSIF": "DEPISTAGE",
}


def volet_of(text: str) -> str:
    """A volet or a measure in today's words; what is not known comes back as it was written, never lost."""
    letters = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().upper()
    word = "-".join(letters.replace("ORSAN", " ").replace("_", " ").replace("-", " ").split())
    found = _ALIASES.get(word, word)
    return found if found in VOLETS or found in MEASURES else text.strip()


def is_measure(label: str) -> bool:
    """Whether this is a cross-cutting measure: it supports a volet, it is not one."""
    return label in MEASURES
