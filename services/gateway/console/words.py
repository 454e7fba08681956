"""French words and formats of the screens: hours, waits, days, kinds, roles. One word for one thing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from markupsafe import Markup, escape

from contracts.orsan import MEASURES
from services.platform import french

DUTIES = {"coordinatrice": "Coordination", "referent": "Décision"}
DECIDERS = {"coordinatrice": "la coordination", "referent": "le référent"}
PROFESSIONS = {
    "medecin": "médecin", "infirmier": "infirmier", "pharmacien": "pharmacien", "kine": "kinésithérapeute",
    "sage-femme": "sage-femme", "dentiste": "dentiste",
}  # fmt: skip
SYSTEMS = {
    "meteo": "Météo-France", "ars": "ARS", "samu": "SAMU", "coordinator": "coordination", "referent": "référent",
    "professional": "professionnel", "reader": "lecture",
}  # fmt: skip
COLOURS = {"vert": "VERTE", "jaune": "JAUNE", "orange": "ORANGE", "rouge": "ROUGE"}
KINDS = {
    "alerte": "Alerte", "proposition": "Proposition", "niveau": "Niveau", "action": "Action", "capacite": "Places",
    "activite": "Activité", "tension": "Tension", "certificat": "Certificat", "demande": "Demande",
    "message": "Message", "point": "Point", "releve": "Relève", "information": "Information",
    "decision": "Décision", "correction": "Correction", "retex": "RETEX", "autre": "Autre",
}  # fmt: skip
MODES = {"consultation": "au cabinet", "visite": "à domicile", "teleconsultation": "à distance"}


def insecable(text: Any) -> str:
    """French spaces and apostrophes, for words that come from elsewhere."""
    return french.insecable(str(text))


def local(moment: Any, viewpoint: Any) -> datetime:
    """A moment, given as text or as a date, on the territory's hands."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.astimezone(viewpoint.territory.zone)


def hour(moment: Any, viewpoint: Any) -> str:
    """``9 h 05``."""
    return french.clock_time(local(moment, viewpoint))


def near(moment: Any, viewpoint: Any) -> str:
    """``9 h 05`` today, ``hier, 9 h 12``, ``demain, 8 h 00``, else ``mar. 30, 18 h 00``."""
    found = local(moment, viewpoint)
    days = (found.date() - viewpoint.today).days
    word = {0: "", -1: "hier, ", 1: "demain, "}.get(days)
    return f"{word}{french.clock_time(found)}" if word is not None else french.when(found)


def at_near(moment: Any, viewpoint: Any) -> str:
    """As a sentence says it: ``à 9 h 05`` today, ``hier à 9 h 12``, ``mar. 30 à 18 h 00``."""
    day_said, comma, time_said = near(moment, viewpoint).rpartition(", ")
    return f"{day_said}{' ' if comma else ''}à{french.NBSP}{time_said}"


def since(moment: Any, viewpoint: Any) -> str:
    """How long ago, as a wait: ``2 h 15 min``."""
    return french.wait(int((viewpoint.now - local(moment, viewpoint)).total_seconds() // 60))


def until(moment: Any, viewpoint: Any) -> str:
    """How long still, as a wait."""
    return french.wait(int((local(moment, viewpoint) - viewpoint.now).total_seconds() // 60))


def machine(moment: Any) -> str:
    """The moment as ``<time datetime>`` wants it."""
    return moment if isinstance(moment, str) else str(moment.isoformat())


def day(value: Any) -> str:
    """``jeu. 2``."""
    return french.short_day(date.fromisoformat(value) if isinstance(value, str) else value)


def day_word(value: Any, viewpoint: Any) -> str:
    """``aujourd’hui``, ``hier``, ``demain``, else ``jeu. 2 juillet``."""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    known = {0: "aujourd’hui", -1: "hier", 1: "demain"}.get((found - viewpoint.today).days)
    return known or french.day_month(found)


def field_time(moment: Any, viewpoint: Any) -> str:
    """A moment as a ``datetime-local`` field holds it."""
    return local(moment, viewpoint).strftime("%Y-%m-%dT%H:%M")


def from_field(text: str, viewpoint: Any) -> datetime | None:
    """A ``datetime-local`` field as a moment of the territory; nothing when it is empty or unreadable."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=viewpoint.territory.zone) if text else None
    except ValueError:
        return None


def from_hour(text: str, viewpoint: Any) -> datetime | None:
    """``8:20``, ``8h20`` or ``8 h 20``: the last time it was that hour, so that it is never in the future."""
    clean = text.lower().replace("\u00a0", "").replace(" ", "").replace("h", ":").rstrip(":")
    parts = clean.split(":")
    if len(parts) > 2 or not all(part.isdecimal() for part in parts):
        return None
    hours, minutes = int(parts[0]), int(parts[1]) if len(parts) == 2 else 0
    if hours > 23 or minutes > 59:
        return None
    now: datetime = viewpoint.now
    found = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    return found if found <= now + timedelta(minutes=1) else found - timedelta(days=1)


def level_words(level: int, name: str = "") -> str:
    """``Niveau 3, tension forte``."""
    return f"Niveau{french.NBSP}{level}" + (f", {name[:1].lower()}{name[1:]}" if name else "")


def plan_words(playbook: str) -> str:
    """A plan as said in a sentence: ``canicule``."""
    return french.plan_words(playbook)


def crisis_words(crisis: dict[str, Any], viewpoint: Any) -> str:
    """``Canicule, 4e jour de crise, niveau 3``: a point counts days of heat, which is another number."""
    days = (viewpoint.today - local(crisis["opened_at"], viewpoint).date()).days + 1
    plan = french.capital(plan_words(crisis["playbook"]))
    return f"{plan}, {french.nth(days)} jour de crise, niveau{french.NBSP}{crisis['level']}"


def kind_word(kind: str) -> str:
    """A kind of entry, as filters and feeds name it."""
    return KINDS.get(kind, "Autre")


def profession_word(profession: str) -> str:
    """A profession."""
    return PROFESSIONS.get(profession, profession.replace("_", " "))


def duty_word(role: str) -> str:
    """A duty role, as a heading."""
    return DUTIES.get(role, french.capital(role.replace("_", " ")))


def deciders(roles: Any) -> str:
    """Who decides, in a sentence."""
    return french.join([DECIDERS.get(role, role) for role in roles], "ou")


def acting(label: str, viewpoint: Any) -> Markup:
    """The label of a button that acts: in an exercise it says so itself."""
    return escape(label) + (Markup(" (exercice)") if viewpoint.exercise else Markup(""))


def name_of(reference: str, names: dict[str, str]) -> str:
    """A name, or the reference when the directory has none."""
    return names.get(reference, reference)


def author(reference: str, names: dict[str, str]) -> str:
    """Who an entry is from: a person's name, a system, or « automatique »."""
    if reference in ("", "tocsin"):
        return "automatique"
    if reference.startswith("role:"):
        return SYSTEMS.get(reference.removeprefix("role:"), reference)
    return names.get(reference, reference)


def partner(name: str, viewpoint: Any) -> str:
    """A partner as the territory calls it."""
    return str(viewpoint.territory.partners.get(name, name))


def authority(source: str) -> str:
    """Who decided outside, as said: ``l’ARS`` for ``ars-idf``."""
    first = re.split("[:-]", source.lower().removeprefix("role:"), maxsplit=1)[0]
    return {"ars": "l’ARS", "samu": "le SAMU", "prefet": "le préfet", "prefecture": "la préfecture"}.get(first, source)


def act(state: Mapping[str, Any]) -> str:
    """An outside axis and where it stands: ``ORSAN EPI-CLIM déclenché``, ``Plan blanc, hôpital nord levé``."""
    label, status = state["label"], state["status"]
    named = label if state["axis"] != "orsan" or label == "ORSAN" else f"ORSAN {label}"
    apart = " :" if "," in named or state.get("volet") in MEASURES else ""
    return f"{named}{apart} {status}"


def owner(role: str) -> str:
    """Who carries an action, as a heading: a duty, a group, a person."""
    known = {"coordinatrice": "la coordination", "referent": "le référent", "cellule": "la cellule"}
    return known.get(role, role.replace("_", " ").replace("-", " "))


FILTERS = {
    "insecable": insecable, "heure": hour, "pres": near, "quand": at_near, "depuis": since, "dans": until,
    "instant": machine,
    "jour": day, "jour_mot": day_word, "champ": field_time, "genre": kind_word, "profession": profession_word,
    "astreinte": duty_word, "telephone": french.phone, "nombre": french.number, "majuscule": french.capital,
    "agir": acting, "crise": crisis_words, "plan": plan_words, "attente": french.wait,
    "commune": lambda code, viewpoint: viewpoint.commune(code),
    "nom": name_of, "autorite": authority, "acte": act, "porteur": owner, "partenaire": partner, "auteur": author,
}  # fmt: skip
