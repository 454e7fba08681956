"""Sentences in French: hours, days, colours, who may decide. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
COLOURS = ("vert", "jaune", "orange", "rouge")
DUTIES = {"coordinatrice": "la coordinatrice d'astreinte", "referent": "le référent crise sanitaire"}
NO_BREAK = "\u00a0"


def hour(at: datetime, zone: ZoneInfo) -> str:
    """Local time of day, as ``10 h 06``."""
    local = at.astimezone(zone)
    return f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02d}"


def moment_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """``10 h 06`` today, ``10 h 06 le 3 juillet`` otherwise."""
    day = at.astimezone(zone).date()
    if day == now.astimezone(zone).date():
        return hour(at, zone)
    return f"{hour(at, zone)} le {day_words(day)}"


def day_words(day: date) -> str:
    """``3 juillet``, ``1er juillet``."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK}{MONTHS[day.month - 1]}"


def announced(day: date, today: date) -> str:
    """When a colour is announced for: ``aujourd'hui``, else the weekday."""
    return "aujourd'hui" if day <= today else DAYS[day.weekday()]


def deciders(roles: Iterable[str]) -> str:
    """Who decides, in words."""
    return " ou ".join(DUTIES.get(role, role) for role in roles)


def indicator_words(indicator: str) -> str:
    """An indicator as a reader says it: ``consultations chaleur``."""
    return indicator.replace("_", " ")
