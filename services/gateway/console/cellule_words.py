"""Words of the crisis cell on screen: who is there, what is missing, how an exchange and a need read."""

from __future__ import annotations

from typing import Any

from contracts.cell import GRAVITIES, PROPORTIONS, Gravity, Proportion
from services.gateway.console import words
from services.platform import french

#: A value this version does not know is not offered as a choice.
GRAVITY_WORDS = {str(key): label for key, label in GRAVITIES.items() if key is not Gravity.AUTRE}
PROPORTION_WORDS = {str(key): label for key, label in PROPORTIONS.items() if key is not Proportion.AUTRE}
DIRECTIONS = {"recu": "reçu", "emis": "émis"}
CHANNELS = ("téléphone", "courriel", "messagerie", "visioconférence", "réunion", "radio")
KINDS = {
    "consultations": "Consultations", "visites": "Visites à domicile", "soignants": "Soignants",
    "materiel": "Matériel", "locaux": "Locaux", "autre": "Autre",
}  # fmt: skip
UNITS = ("places", "visites", "personnes", "heures", "lits", "lots", "salles")
STATUS = {"open": "en cours", "met": "couvert", "dropped": "abandonné"}
#: The cell itself may ask: it is no partner.
OURSELVES = "cellule"
#: Steps of a plan that are the cell's own page.
SHARED_KEYS = frozenset({"cellule-de-crise", "cellule-de-coordination"})


def line(cell: dict[str, Any] | None, viewpoint: Any) -> str:
    """The cell in one line: whether it sits, since when, which functions called are empty."""
    if cell is None:
        return ""
    if not cell["session"]:
        last = cell["last_dismissed_at"]
        return f"Cellule de crise : aucune ne siège{f', levée {words.at_near(last, viewpoint)}' if last else ''}."
    plans = french.join([words.plan_words(name) for name in cell["playbooks"]])
    ahead = words.local(cell["starts_at"], viewpoint) > viewpoint.now
    turn = f"convoquée {words.at_near(cell['starts_at'], viewpoint)}" if ahead else (
        f"siège depuis {words.near(cell['starts_at'], viewpoint)}"
    )  # fmt: skip
    return f"Cellule de crise : {turn} ({plans}). {empty(cell)}"


def empty(cell: dict[str, Any]) -> str:
    """Functions called where nobody is."""
    names = [one["label"].lower() for one in cell["functions"] if one["called"] and not one["filled"]]
    return f"Sans personne : {french.join(names)}." if names else "Chaque fonction appelée est tenue."


def who(one: dict[str, Any], names: dict[str, str]) -> str:
    """Who holds a function now."""
    return names.get(one["present"] or "", one["present"] or "") or one["present_name"]


def found(need: dict[str, Any]) -> str:
    """What is missing of a need, or its margin: never a number below zero."""
    if need["missing"]:
        return f"manque {french.number(need['missing'])}"
    return f"rien ne manque, marge de {french.number(need['margin'])}" if need["margin"] else "rien ne manque"


def sum_words(each: dict[str, Any]) -> str:
    """One sum of open needs."""
    kind = KINDS.get(each["kind"], french.capital(each["kind"].replace("_", " ")))
    had = f"{french.number(each['available'])} sur {french.number(each['asked'])}"
    return f"{kind} ({each['unit']}) : {had}, {found(each)}"
