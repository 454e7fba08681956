"""Words of a review: names of things, delays, and what is said when there is nothing to count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from contracts import cell
from services.platform import french
from services.platform.territory import Territory

NOTHING = "sans objet"
UNKNOWN = "non mesuré"
OTHER_PARTNER = "Autre partenaire"
SOURCES = {"meteo-france": "Météo-France", "ars": "ARS", "samu": "SAMU", "prefecture": "Préfecture"}
KINDS = {
    "vigilance": "Vigilance", "orsan": "ORSAN", "orsec": "ORSEC", "plan_blanc": "Plan blanc", "ars": "Message de l’ARS",
    "samu": "Appel du SAMU",
}  # fmt: skip
ROLES = {"coordinatrice": "coordinatrice", "referent": "référent"}
FUNCTIONS = {str(function): named[0].lower() for function, named in cell.FUNCTIONS.items()}
#: The mildest first.
GRAVITIES = {str(gravity): named for gravity, named in cell.GRAVITIES.items() if gravity is not cell.Gravity.AUTRE}
PROPORTIONS = {str(proportion): f"moyens {named}" for proportion, named in cell.PROPORTIONS.items()}
REVIEW_KINDS = {"a_chaud": "à chaud", "a_froid": "à froid", "autre": "autre réunion"}
OUTCOMES = {"open": "à faire", "done": "faite", "dropped": "abandonnée"}


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes; never less than none."""
    return max(0, (end - start) // timedelta(minutes=1))


def length(minutes: float) -> str:
    """A delay in words; under a minute it is said so, never « 0 min »."""
    return french.wait(round(minutes)) if minutes >= 1 else "moins d’une minute"


def spread(minutes: Sequence[int]) -> str:
    """One delay, or the median and the longest of several."""
    if len(minutes) == 1:
        return length(minutes[0])
    return f"{length(median(minutes))} (médiane), {length(max(minutes))} au plus"


def plan_name(playbook: str) -> str:
    """``afflux-de-victimes`` as people say it."""
    return playbook.replace("-", " ").replace("_", " ")


def partner(name: str, territory: Territory) -> str:
    """A partner the territory names; another one was typed by hand and may be a person."""
    found = territory.partners.get(name) or {"ars": "ARS", "samu": "SAMU"}.get(name)
    return french.capital(found) if found else OTHER_PARTNER


def day_of(moment: datetime, territory: Territory) -> str:
    """« mar. 30, 18 h 00 », local."""
    return french.when(moment.astimezone(territory.zone))
