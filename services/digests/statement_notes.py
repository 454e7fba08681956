"""What there is to know beside the table of a statement: home visits, holes, tensions, closed structures. Pure."""

from __future__ import annotations

from datetime import datetime

from services.digests.statement import NOBODY, Content
from services.platform import french

MODES = {"consultation": "consultation", "visite": "visite à domicile", "teleconsultation": "téléconsultation"}
BAND_WORDS = {"jour": "le jour", "nuit": "la nuit", "week-end": "le week-end"}
NAMED = 9
Note = tuple[str, str]


def notes(content: Content) -> list[Note]:
    """Label and sentence of each; what has nothing to say is left out."""
    return [line for line in (*_places(content), _holes(content), *_rest(content)) if line[1]]


def _places(content: Content) -> list[Note]:
    today, tomorrow = content["days"]
    shown = [
        f"{french.plural(found['places'], 'place', 'places')} de {MODES.get(mode, mode)} : {found['free']} "
        f"{french.plural(found['free'], 'libre', 'libres')} sur {found['places']}"
        for mode, found in today["modes"].items()
        if found["places"] and mode != "visite"
    ]
    reserve = [
        f"{french.count(found['activable'], 'place activable', 'places activables')} {when}"
        for when, found in (("aujourd’hui", today), ("demain", tomorrow))
        if found["activable"]
    ]
    return [
        ("Visites à domicile", f"{_visit(today, 'aujourd’hui')} ; {_visit(tomorrow, 'demain')}.{_made(content)}"),
        ("Par crise", f"{french.capital(content['by_crisis'])}." if content.get("by_crisis") else ""),
        ("Autres places du jour", f"{french.capital(' ; '.join(shown))}." if len(shown) > 1 else ""),
        ("En réserve", f"{' ; '.join(reserve)}, à ouvrir si la tension monte." if reserve else ""),
    ]


def _visit(day: Content, when: str) -> str:
    found = day["modes"].get("visite")
    if not found or not found["places"]:
        return f"aucune place déclarée {when}"
    free = french.plural(found["free"], "place libre", "places libres")
    return f"{french.number(found['free'])}{french.NBSP}{free} sur {french.number(found['places'])} {when}"


def _made(content: Content) -> str:
    told = [f"{item['label'][:1].lower()}{item['label'][1:]} {_made_value(item)}" for item in content["visits"][:4]]
    return f" Faites hier : {', '.join(told)}." if told else ""


def _made_value(item: Content) -> str:
    value = "manque" if item["value"] is None else french.number(item["value"])
    return f"{value} ({item['coverage']})"


def _holes(content: Content) -> Note:
    if not content["census_known"]:
        return (
            "Certificats de décès",
            "Le recensement des certificateurs n’a pas répondu ; il n’est pas vide pour autant.",
        )
    if not content["holes"]:
        return ("Certificats de décès", f"Chaque heure est couverte dans chaque commune.{_waiting(content)}")
    told = [
        f"{'personne' if hole['state'] == NOBODY else 'des heures sans personne'} {BAND_WORDS[hole['band']]} : "
        f"{_named(hole['communes'], len(content['communes']))}"
        for hole in content["holes"]
    ]
    return ("Certificats de décès", f"{' ; '.join(told)}.{_waiting(content)}")


def _named(names: list[str], of: int) -> str:
    if len(names) == of and of > 1:
        return f"les {of} communes"
    if len(names) <= NAMED:
        return french.join(names)
    return f"{', '.join(names[:NAMED])} et {len(names) - NAMED} autres"


def _waiting(content: Content) -> str:
    asked = [item for item in content["certificates"] if not item["accepted"]]
    if not asked:
        return ""
    first = asked[0]
    hour = french.clock_time(
        datetime.fromisoformat(first["asked_at"]).astimezone(datetime.fromisoformat(content["as_of"]).tzinfo)
    )
    many = french.count(len(asked), "demande attend", "demandes attendent")
    lead = "" if len(asked) == 1 else "la première, "
    since = f"demandée à {hour}, attend depuis {french.wait(first['minutes'])}"
    return f" {french.capital(many)} un certificateur : {lead}{first['commune']}, {since}."


def _rest(content: Content) -> list[Note]:
    kinds = ", ".join(french.count(item["count"], item["label"], item["label"]) for item in content["tensions"])
    found = content["structures"]
    closed = [french.count(value, "fermée") if value else "aucune fermée" for value in found["closed"]]
    shut = f"{french.count(found['enrolled'], 'inscrite')} ; {closed[0]} aujourd’hui, {closed[1]} demain."
    told = ""
    if found["due"]:
        told = f" Pour hier, {found['reported']} sur {found['due']} ont envoyé leurs chiffres."
        told += "" if found["reported"] == found["due"] else " Ceux des autres manquent ; ils ne valent pas zéro."
    return [("Tensions", f"{french.capital(kinds)}." if kinds else "Aucune signalée hier ni aujourd’hui."),
            ("Structures", shut + told)]  # fmt: skip
