"""What an alert is about, in the words of a form: phenomena, steps of a procedure, volets, who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.orsan import MEASURES, VOLETS
from services.gateway.console.words import authority
from services.platform import french

SUBJECTS = {
    "canicule": "Canicule",
    "grand_froid": "Grand froid",
    "neige_verglas": "Neige, verglas",
    "vent_violent": "Vent violent",
    "orages": "Orages",
    "pluie_inondation": "Pluie, inondation",
    "crues": "Crues",
    "vagues_submersion": "Vagues, submersion",
    "avalanches": "Avalanches",
    "pollution": "Pollution de l’air",
    "epidemie_saisonniere": "Épidémie saisonnière",
    "agent_emergent": "Agent infectieux émergent",
    "afflux_de_blesses": "Afflux de blessés",
    "blesses_psychiques": "Blessés psychiques",
    "risque_nrc": "Risque nucléaire, radiologique ou chimique",
    "penurie": "Pénurie",
    "panne": "Panne",
    "cyberattaque": "Cyberattaque",
    "autre": "Autre chose",
}
GRADES = {
    "information": "Pollution : information et recommandation",
    "alerte": "Pollution : alerte",
    "pre_epidemique": "Épidémie : phase pré-épidémique",
    "epidemique": "Épidémie : phase épidémique",
    "post_epidemique": "Épidémie : phase post-épidémique",
}
#: Volets first, then the measures that serve any of them.
ORSAN = {name: f"{name}, {scope}" for name, scope in VOLETS.items()} | {
    name: f"Mesure transversale : {scope}" for name, scope in MEASURES.items()
}


def asks(request: Mapping[str, Any]) -> str:
    """« L’ARS demande le niveau 2 sans dire pour quelle crise », or for what no plan is about."""
    said = {"ars": "l’ARS", "samu": "le SAMU"}
    who = french.capital(said.get(request["kind"]) or authority(request["source"]))
    about = request.get("about")
    why = f"pour « {about} », dont aucun plan ne parle" if about else "sans dire pour quelle crise"
    return f"{who} demande le niveau {request['level']} {why}"


def unassigned(situation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Requests that no plan takes up, each with its sentence."""
    return [one | {"asks": asks(one)} for one in situation.get("unassigned", [])]
