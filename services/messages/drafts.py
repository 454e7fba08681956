"""Texts ready to paste for the groups of professionals: what changes, what is proposed to each, where to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from contracts.levels import CrisisClosed, LevelChanged
from services.platform import french
from services.platform.territory import Territory

#: Those the plan writes to at each higher level: the three channels it already has.
GROUPS = ("msp", "idel", "officines")
HEAT = "canicule"

Words = dict[int, str]
Asks = dict[int, dict[str, str]]

AIMS: Words = {
    1: "on anticipe et on relaie la prévention",
    2: "on augmente l'offre de soins et le suivi à domicile",
    3: "on mobilise un renfort exceptionnel pour les plus fragiles",
}
ASKS: Asks = {
    1: {
        "msp": "annoncer congés et remplacements, repérer les patients fragiles et les traitements à risque.",
        "idel": "repérer les personnes isolées de vos tournées, dire vos capacités de visite de la semaine.",
        "officines": "relayer les messages de prévention, signaler les traitements à surveiller.",
    },
    2: {
        "msp": "ouvrir des créneaux non programmés et des visites, dire ceux que le SAMU peut réserver.",
        "idel": "renforcer les visites de surveillance et dire chaque jour combien vous en avez faites.",
        "officines": "repérer les signes d'alerte au comptoir et orienter vers les créneaux ouverts.",
    },
    3: {
        "msp": "ouvrir des créneaux le soir et le week-end, accepter les visites demandées par la régulation.",
        "idel": "prendre en priorité les personnes signalées, dire aussitôt ce que vous ne pouvez plus assurer.",
        "officines": "assurer la continuité des traitements, signaler toute rupture.",
    },
}
#: For a plan whose danger is another one: nothing here supposes heat.
ANY_AIMS: Words = {
    1: "on se tient prêt",
    2: "on adapte l'offre de soins",
    3: "on mobilise un renfort exceptionnel",
}
ANY_ASKS: Asks = {
    1: {
        "msp": "annoncer congés et remplacements, dire qui peut répondre si la situation se tend.",
        "idel": "dire vos capacités de visite de la semaine.",
        "officines": "vérifier vos horaires affichés et dire qui est de garde.",
    },
    2: {
        "msp": "ouvrir des créneaux non programmés et des visites, dire ceux que le SAMU peut réserver.",
        "idel": "dire chaque jour les visites que vous pouvez prendre et celles que vous avez faites.",
        "officines": "orienter vers les créneaux ouverts, signaler ce qui manque.",
    },
    3: {
        "msp": "ouvrir des créneaux le soir et le week-end, accepter les visites demandées par la régulation.",
        "idel": "dire aussitôt ce que vous ne pouvez plus assurer.",
        "officines": "assurer la continuité des traitements, signaler toute rupture.",
    },
}


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
    heat = fact.playbook == HEAT
    all_aims, all_asks = (AIMS, ASKS) if heat else (ANY_AIMS, ANY_ASKS)
    aim, asks = all_aims.get(fact.level, all_aims[3]), all_asks.get(fact.level, all_asks[3])
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
