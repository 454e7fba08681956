"""French words of what the field offers and reports: indicators, tensions, modes, who asks for places."""

from __future__ import annotations

from services.gateway.console.words import MODES
from services.platform import french

INDICATORS = {
    "consultations_non_programmees": "Consultations non programmées",
    "consultations_chaleur": "Consultations liées à la chaleur",
    "perfusions": "Perfusions à domicile",
    "conseils_chaleur": "Conseils chaleur en officine",
    "reports_de_seances": "Séances reportées",
}
#: What one visits indicator of a structure is typed as: by profession, urgent first.
VISITS = {
    "vad_medecin": (("urgente", "Visites urgentes de médecins"), ("non_urgente", "Visites de suivi de médecins")),
    "vad_infirmier": (("urgente", "Visites infirmières urgentes"), ("non_urgente", "Visites infirmières de renfort")),
}
TENSIONS = {
    "deshydratation": "Déshydratation", "coup_de_chaleur": "Coup de chaleur", "acces_aux_soins": "Accès aux soins",
    "rupture_de_continuite": "Rupture de continuité", "surcharge": "Surcharge", "autre": "Autre",
}  # fmt: skip
STATES = {"activable": "activable", "ouvert": "ouverte", "retire": "retirée"}
ASKERS = {"samu": "SAMU", "sas": "SAS", "ars": "ARS", "officine": "officine", "mairie": "mairie", "ehpad": "EHPAD"}
ANSWERS = {"oui": "oui", "non": "non", "plus_tard": "plus tard"}


def indicator(key: str) -> str:
    """Label of an indicator; an unknown one reads as its own words."""
    return INDICATORS.get(key) or french.capital(key.replace("_", " "))


def tension(kind: str) -> str:
    """Label of a kind of tension."""
    return TENSIONS.get(kind) or french.capital(kind.replace("_", " "))


def mode(key: str) -> str:
    """How the patient is seen, in a sentence."""
    return MODES.get(key, key.replace("_", " "))


def asker(word: str) -> str:
    """Which service asked for places."""
    return ASKERS.get(word, word)
