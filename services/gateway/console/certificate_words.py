"""What the pages of death certificates say, from the answers of their owner. Pure: nothing here asks anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.gateway.console import words
from services.gateway.console.viewpoint import Viewpoint
from services.platform import french

PLACES = {"domicile": "à domicile", "ehpad": "en EHPAD", "autre": "autre lieu"}
REQUESTERS = {
    "samu": "le SAMU", "police": "la police ou la gendarmerie", "ars": "l’ARS", "medecin": "un médecin",
    "ehpad": "un EHPAD", "famille": "la famille", "idel": "une infirmière libérale", "autre": "quelqu’un d’autre",
}  # fmt: skip
#: On the form, without the article.
ASKERS = {
    "samu": "SAMU", "famille": "Famille", "ehpad": "EHPAD", "medecin": "Médecin", "idel": "Infirmière libérale",
    "police": "Police, gendarmerie", "ars": "ARS", "autre": "Autre",
}  # fmt: skip
ENDINGS = {"obstacle_medico_legal": "Obstacle médico-légal", "sans_objet": "Sans objet", "annule": "Annulée"}
#: How the desk names, to the owner, who is not in the directory.
OUTSIDE = "externe"
CERTIFYING = ("medecin", "infirmier")


def waits_too_long(one: Mapping[str, Any], minutes: int) -> bool:
    """Whether a request nobody has taken is past the wait the territory set."""
    return one["status"] == "open" and int(one["age_minutes"]) > minutes


def arrival_late(one: Mapping[str, Any], now: datetime) -> bool:
    """Whether who accepted said they would be there by now."""
    return one["status"] == "accepted" and bool(one["expected_at"]) and datetime.fromisoformat(one["expected_at"]) < now


def answers_of(one: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Each professional asked, by name: reference, name, and ``accepted``, ``declined`` or nothing yet."""
    declined = set(one.get("declined", ()))
    taker = one.get("accepted_by")
    said = [
        (ref, names.get(ref, ref), "accepted" if ref == taker else "declined" if ref in declined else "")
        for ref in one.get("asked", ())
    ]
    return sorted(said, key=lambda each: (("accepted", "", "declined").index(each[2]), each[1]))


def tally(one: Mapping[str, Any]) -> str:
    """``3 sollicités, 1 ne peut pas`` ; nobody is said as such."""
    asked, declined = one["asked_count"], one["declined_count"]
    if not asked:
        return "Personne n’a été sollicité"
    said = french.count(asked, "sollicité")
    if declined == asked:
        return f"{said}, aucun ne peut" if asked > 1 else f"{said}, ne peut pas"
    if not declined:
        return f"{said}, aucune réponse" if one["status"] == "open" else said
    return f"{said}, {french.count(declined, 'ne peut pas', 'ne peuvent pas')}"


def who_accepted(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Who takes it. The name of someone outside the directory is sealed."""
    if one.get("outside"):
        profession = words.profession_word(one.get("profession") or "professionnel")
        return f"{profession} hors annuaire"
    reference = one.get("accepted_by") or ""
    return names.get(reference, reference)


def ending_word(one: Mapping[str, Any]) -> str:
    """How it ended."""
    if one["status"] == "signed":
        return "Certificat fait"
    return ENDINGS.get(one.get("ending") or "", "Autre issue")


def lately(rows: Iterable[dict[str, Any]], now: datetime, days: int) -> list[dict[str, Any]]:
    """Requests closed in the last days, the latest first."""
    since = now - timedelta(days=days)
    kept = [one for one in rows if one["ended_at"] and datetime.fromisoformat(one["ended_at"]) >= since]
    return sorted(kept, key=lambda one: one["ended_at"], reverse=True)


def hour_after(text: str, base: datetime, viewpoint: Viewpoint) -> datetime | None:
    """``14:30`` as the first time it is that hour from ``base`` on; nothing when unreadable."""
    found = words.from_hour(text, viewpoint)
    if found is None:
        return None
    start = base.astimezone(found.tzinfo).replace(second=0, microsecond=0)
    found = found.replace(year=start.year, month=start.month, day=start.day)
    return found if found >= start else found + timedelta(days=1)


def entries_of(one: Mapping[str, Any], entries: Sequence[dict[str, Any]], commune: str) -> list[dict[str, Any]]:
    """Entries that speak of a request: facts carry its commune and its place, or the first letters of its id."""
    ended = datetime.fromisoformat(one["ended_at"]) if one["ended_at"] else None

    def about(entry: dict[str, Any]) -> bool:
        said = entry.get("text") or ""
        lasted = ended is None or datetime.fromisoformat(entry["occurred_at"]) <= ended
        return one["id"][:8] in said or (lasted and f"({commune}, " in said)

    kept = [entry for entry in entries if about(entry)]
    return sorted(kept, key=lambda entry: (entry["occurred_at"], entry["number"]))


def twins(one: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> int:
    """How many other requests of this commune were open at the same time: entries do not tell them apart."""
    end = one["ended_at"] or "9999"
    same = (each for each in rows if each["commune"] == one["commune"] and each["id"] != one["id"])
    return sum(each["requested_at"] <= end and (each["ended_at"] or "9999") >= one["requested_at"] for each in same)


def choices(one: Mapping[str, Any], people: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Who may be noted as answering: those asked, then the others of the census, then of the directory."""
    asked = set(one.get("asked", ()))
    may = [each for each in people if each.get("profession") in CERTIFYING and "professional" in each.get("roles", ())]
    groups = (
        ("Sollicités", [each for each in may if each["person"] in asked]),
        ("Autres inscrits au recensement", [each for each in may if each["person"] not in asked and each["certifies"]]),
        ("Autres de l’annuaire", [each for each in may if each["person"] not in asked and not each["certifies"]]),
    )
    return [(label, sorted(found, key=lambda each: str(each["name"]))) for label, found in groups if found]
