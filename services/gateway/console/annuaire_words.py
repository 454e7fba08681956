"""Entries of the directory between a form and a command. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from services.platform.errors import Invalid

ROLES = {
    "coordinator": "coordination", "referent": "référent", "professional": "professionnel", "reader": "lecture",
    "ars": "ARS", "samu": "SAMU",
}  # fmt: skip
KINDS = {
    "msp": "maison de santé", "cabinet": "cabinet médical", "cabinet_infirmier": "cabinet infirmier",
    "centre": "centre de santé", "officine": "officine", "cabinet_kine": "cabinet de kinésithérapie",
    "cabinet_sage_femme": "cabinet de sage-femme", "ehpad": "EHPAD",
}  # fmt: skip
USES = {"jeton": "Jeton", "session": "Session du poste", "professionnel": "Lien personnel"}
INDICATORS = {
    "vad_medecin": "visites de médecins", "vad_infirmier": "visites infirmières",
    "consultations_non_programmees": "consultations non programmées",
    "consultations_chaleur": "consultations liées à la chaleur", "perfusions": "perfusions à domicile",
    "conseils_chaleur": "conseils chaleur", "reports_de_seances": "séances reportées",
}  # fmt: skip
DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
STEMS = {"medecin": "med", "infirmier": "idel", "pharmacien": "pharma", "kine": "kine", "sage-femme": "sf"}


def plain(text: str) -> str:
    """Letters only, without accents nor case: what a search compares."""
    spread = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def matches(words: str, *texts: str) -> bool:
    """Whether every word searched is somewhere in these texts."""
    whole = plain(" ".join(texts))
    return all(word in whole for word in plain(words).split())


def reference(stem: str, key: str) -> str:
    """A reference that says no name, since facts carry it; the same for the same form sent twice."""
    letters = "".join(letter for letter in key.lower() if letter.isascii() and letter.isalnum())[:8]
    if len(letters) < 6:
        raise Invalid("Ce formulaire n'est pas complet ; rechargez la page et recommencez.")
    return f"{STEMS.get(stem, stem)}-{letters}"


def several(form: Mapping[str, str], name: str) -> list[str]:
    """The boxes ticked under one name."""
    return [value for value in form.get(f"{name}[]", "").split("\n") if value]


def person_fields(form: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, Any]:
    """What the form says; hours and other channels, which it does not show, stay as they are."""
    groups = [word.strip() for word in form.get("groupes", "").replace(";", ",").split(",")]
    return {
        "name": form.get("nom"),
        "function": form.get("fonction"),
        "profession": form.get("profession"),
        "roles": tuple(several(form, "roles")),
        "structure": form.get("structure"),
        "communes": tuple(several(form, "communes")),
        "certifies": form.get("certifie") == "oui",
        "groups": tuple(group for group in groups if group),
        "email": form.get("courriel"),
        "phone": form.get("telephone", "").replace(" ", "").replace(".", ""),
        "bands": tuple(known.get("bands", ())),
        "channels": tuple(known.get("channels", ())),
    }


def structure_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says of a structure, with what it reports and when it is closed."""
    return {
        "name": form.get("nom"),
        "kind": form.get("genre"),
        "commune": form.get("commune"),
        "professions": tuple(several(form, "professions")),
        "reporting": {
            "indicators": tuple(several(form, "indicateurs")),
            "weekdays": tuple(int(day) for day in several(form, "jours") if day.isdecimal()),
            "holidays": form.get("feries") == "oui",
        },
        "closures": tuple(closures(form)),
    }


def closures(form: Mapping[str, str]) -> list[dict[str, str]]:
    """Closures with both days; a line emptied is a closure removed."""
    found = []
    for number in sorted({name.rpartition("-")[2] for name in form if name.startswith("debut-")}, key=len):
        first, last = form.get(f"debut-{number}", ""), form.get(f"fin-{number}", "")
        if bool(first) != bool(last):
            raise Invalid("À compléter : une fermeture a un premier et un dernier jour.")
        if first:
            found.append({"first": first, "last": last})
    return sorted(found, key=lambda closure: closure["first"])


def words_of(codes: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Words of codes, the code itself when it has none."""
    return [known.get(code, code.replace("_", " ")) for code in codes]
