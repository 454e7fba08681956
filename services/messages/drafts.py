"""Texts ready to paste for the groups of professionals: what changes, what is proposed to each, where to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contracts.levels import CrisisClosed, LevelChanged
from services.messages.asks import proposed
from services.platform import french
from services.platform.territory import Territory

#: Those the plan writes to at each higher level: the three channels it already has.
GROUPS = ("msp", "idel", "officines")


def community(territory: Territory) -> str:
    """Name of the CPTS as it signs."""
    return territory.name if territory.name.upper().startswith("CPTS") else f"CPTS {territory.name}"


def playbook_words(playbook: str) -> str:
    """A plan's identifier as words."""
    return french.plan_words(playbook)


def when(moment: datetime, territory: Territory) -> str:
    """``samedi 27 juin à 8 h 15``, in local time."""
    local = moment.astimezone(territory.zone)
    return f"{french.weekday_day(local.date())} à {french.clock_time(local)}"


def groups_of(territory: Territory) -> tuple[str, ...]:
    """The three groups, or those of them the territory has."""
    return tuple(group for group in GROUPS if group in territory.groups) or GROUPS


def _label(group: str, territory: Territory) -> str:
    usual = {"msp": "Coordonnateurs de MSP", "idel": "Infirmières et infirmiers", "officines": "Officines"}
    return territory.groups.get(group) or usual.get(group, group.capitalize())


def _header(title: str, territory: Territory) -> str:
    exercise = "EXERCICE – EXERCICE – EXERCICE\n" if territory.exercise else ""
    return f"{exercise}{community(territory)} – {title}"


def _footer(link: str) -> str:
    return (
        f"Pour répondre (créneaux, visites, tensions) : {link}\n"
        "Urgence vitale : le 15 (114 par SMS pour les personnes sourdes). "
        "Aucune donnée de patient dans ce fil, merci."
    )


def level_raised(fact: LevelChanged, territory: Territory, link: str) -> str:
    """A higher level was decided."""
    aim, asks = proposed(fact.playbook, fact.level)
    lines = [f"• {_label(group, territory)} : {asks[group]}" for group in groups_of(territory)]
    return "\n".join(
        [
            _header(f"{playbook_words(fact.playbook)}, niveau {fact.level}", territory),
            f"Niveau {fact.level} décidé le {when(fact.changed_at, territory)} : {aim}.",
            "",
            "Ce que nous vous proposons, chaque structure restant libre de l'adapter :",
            *lines,
            "",
            _footer(link),
        ]
    )


def crisis_over(fact: CrisisClosed, territory: Territory, link: str) -> str:
    """The message of end."""
    days = territory.thresholds.late_reports_days
    return "\n".join(
        [
            _header(f"{playbook_words(fact.playbook)}, fin", territory),
            f"L'épisode ouvert le {when(fact.opened_at, territory)} est clos depuis le "
            f"{when(fact.closed_at, territory)}. Merci à toutes et à tous.",
            "",
            "• Les créneaux de crise non utilisés peuvent être retirés.",
            f"• Vos derniers chiffres restent acceptés pendant {days} jours.",
            "• Un retour d'expérience est préparé : dites-nous ce qui a aidé et ce qui a manqué.",
            "",
            _footer(link),
        ]
    )


def where_sent(groups: Sequence[str], territory: Territory) -> str:
    """Where a draft went when the desk sends it itself."""
    return "courriel (" + ", ".join(_label(group, territory) for group in groups) + ")"
