"""What is kept ready, between a form and a command, and in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from services.gateway.console.annuaire_words import several
from services.platform import french
from services.platform.errors import Invalid

TYPOLOGIES = {
    "T1": "T1, blessés", "T2": "T2, malades", "T3": "T3, agent infectieux émergent",
    "T4": "T4, nucléaire, radiologique, chimique", "T5": "T5, offre de soins altérée",
}  # fmt: skip
KINDS = {
    "referent": "référent crise", "president": "président", "suppleant": "suppléant", "copil": "membre du COPIL",
    "activation": "peut activer le plan", "delegation": "délégation", "convention": "convention", "autre": "autre",
}  # fmt: skip
FLAGS = {
    "perime": "périmé", "sous_minimum": "sous le minimum", "bientot_perime": "bientôt périmé",
    "a_verifier": "à vérifier", "sans_accord": "sans accord écrit",
}  # fmt: skip
STATUSES = {"fait": "fait", "a_faire": "à faire", "bientot": "à faire bientôt", "en_retard": "en retard"}
EXERCISES = {"prevu": "prévu", "tenu": "tenu", "en_retard": "en retard", "annule": "annulé"}
RECIPIENTS = {"ars": "ARS", "cpam": "CPAM"}
GRAVE = ("perime", "sous_minimum")


def short(value: str | None) -> str:
    """``12/05/2026``, from a day as JSON says it; a dash without one."""
    return f"{date.fromisoformat(value):%d/%m/%Y}" if value else "–"


def to_whom(recipients: Iterable[str]) -> str:
    """``ARS et CPAM``."""
    return french.join(RECIPIENTS.get(who, who) for who in recipients)


def day(form: Mapping[str, str], name: str) -> date | None:
    """A day typed, or nothing."""
    try:
        return date.fromisoformat(form[name]) if form.get(name) else None
    except ValueError:
        raise Invalid("À compléter : écrivez une date, ou laissez-la vide.") from None


def whole(form: Mapping[str, str], name: str) -> int | None:
    """A whole number typed, or nothing."""
    text = form.get(name, "").replace(" ", "")
    if text and not (text.isascii() and text.isdecimal()):
        raise Invalid("À compléter : écrivez un nombre entier, sans unité.")
    return int(text) if text else None


def governance(form: Mapping[str, str]) -> dict[str, Any]:
    """A function or an agreement."""
    return {
        "kind": form.get("genre"), "function": form.get("fonction"), "person": form.get("personne"),
        "signed_on": day(form, "debut"), "valid_until": day(form, "fin"), "note": form.get("note"),
    }  # fmt: skip


def stock(form: Mapping[str, str]) -> dict[str, Any]:
    """A line of stock."""
    return {
        "item": form.get("article"), "quantity": whole(form, "quantite"), "unit": form.get("unite"),
        "place": form.get("lieu"), "minimum": whole(form, "minimum"), "expires_on": day(form, "peremption"),
        "checked_on": day(form, "verifie"),
    }  # fmt: skip


def premises(form: Mapping[str, str]) -> dict[str, Any]:
    """A place that can be used."""
    return {
        "name": form.get("nom"), "commune": form.get("commune"), "serves": tuple(several(form, "types")),
        "capacity": whole(form, "capacite"), "accessible": form.get("accessible") == "oui",
        "contact": form.get("contact"), "agreed_on": day(form, "accord"), "checked_on": day(form, "verifie"),
    }  # fmt: skip


def training(form: Mapping[str, str]) -> dict[str, Any]:
    """A training that was held."""
    return {
        "title": form.get("titre"), "audience": form.get("public"), "provider": form.get("organisme"),
        "held_on": day(form, "tenue"), "attended": whole(form, "presents"), "valid_until": day(form, "fin"),
    }  # fmt: skip


def exercise(form: Mapping[str, str]) -> dict[str, Any]:
    """An exercise to plan."""
    return {
        "playbook": form.get("plan"), "planned_on": day(form, "jour"), "scenario": form.get("scenario"),
        "pilot": form.get("pilote"), "observers": form.get("observateurs"), "partners": form.get("partenaires"),
    }  # fmt: skip
