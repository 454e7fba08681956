"""Decisions on reviews and improvements: pure, refused in words that say what to do."""

from __future__ import annotations

import re
from datetime import date, timedelta

from services.platform.errors import Conflict, Invalid
from services.platform.french import long_day

REFERENCE = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
#: An improvement that takes longer is a project: it has its own plan, not a line here.
LONGEST = timedelta(days=730)
STATUSES = {"a_tenir": "à tenir", "tenu": "tenu", "publie": "publié"}


def check_meeting(held_on: date, today: date, opened_on: date, worked: str, lacked: str) -> None:
    """A meeting that took place, since the crisis began, and that said something."""
    if held_on > today:
        raise Invalid("Cette réunion est à venir ; notez-la quand elle aura eu lieu.")
    if held_on < opened_on:
        raise Invalid(f"Cette réunion précède la crise, ouverte le {long_day(opened_on)} ; corrigez la date.")
    if not worked.strip() and not lacked.strip():
        raise Invalid("Écrivez ce qui a bien marché, ou ce qui a manqué : une phrase suffit.")


def check_improvement(owner: str, due_on: date, today: date) -> None:
    """Somebody by reference, and a day to come."""
    if not REFERENCE.match(owner):
        raise Invalid(
            "Donnez un rôle d'astreinte (« coordinatrice », « referent ») ou la référence d'une personne de "
            "l'annuaire, pas un nom."
        )
    if due_on < today:
        raise Invalid("Cette échéance est passée ; donnez un jour à venir.")
    if due_on > today + LONGEST:
        raise Invalid("Cette échéance est à plus de deux ans ; choisissez une étape plus proche.")


def check_closing(current: str, status: str, reason: str, plan_version: int | None) -> None:
    """Open, and said done or dropped: dropped asks why, and no plan answers what is dropped."""
    if current != "open":
        words = "faite" if current == "done" else "abandonnée"
        raise Conflict(f"Cette amélioration est déjà {words} ; rechargez la liste.")
    if status == "dropped" and not reason.strip():
        raise Invalid("Dites pourquoi cette amélioration est abandonnée : une phrase suffit.")
    if status == "dropped" and plan_version is not None:
        raise Invalid("Une amélioration abandonnée n'a pas de version de plan ; retirez-la.")


def check_publishing(status: str) -> None:
    """Held, and not published yet."""
    if status == "publie":
        raise Conflict("Ce retour d'expérience est déjà publié ; ses faits ne changent plus.")
    if status != "tenu":
        raise Conflict("Notez d'abord une réunion de retour d'expérience, puis publiez.")
