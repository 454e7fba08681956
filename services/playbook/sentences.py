"""The plan language told in French sentences: conditions, deadlines, roles. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from services.platform.french import capital, clock_time, count, insecable
from services.platform.territory import Thresholds
from services.playbook.conditions import (
    AlertTold,
    AxisTriggered,
    Block,
    IndicatorRises,
    LevelRequested,
    SlotsTaken,
    TensionsReported,
    VigilanceAnnounced,
)
from services.playbook.due import parse_due, parse_duration, parse_time, threshold_length
from services.playbook.model import ActionTemplate
from services.playbook.parts import Lowering

ROLES = {
    "coordinatrice": "coordinatrice",
    "referent": "référent crise sanitaire",
    "structures": "chaque structure",
}
#: How a group reads where its territory's own name for it is not at hand.
GROUPS = {
    "msp": "coordonnateurs de MSP",
    "idel": "infirmières et infirmiers",
    "officines": "officines",
    "medecins": "médecins",
    "kines": "kinésithérapeutes",
}
MODALITIES = {"firm": "ferme", "possible": "possible", "optional": "au choix"}
STATUSES = {"modele": "modèle à valider", "valide": "plan validé par la CPTS"}
PHASES = {"heure": "première heure", "jour": "premier jour", "suite": "jours suivants"}
FICHES = {
    "gouvernance": "gouvernance et déclencheurs",
    "cellule": "cellule de crise",
    "annuaire": "annuaire",
    "mobilisation": "mobilisation et disponibilité",
    "communication-interne": "communication interne",
    "communication-externe": "communication externe",
    "logistique": "logistique, stock et locaux",
    "continuite": "continuité des patients chroniques et fragiles",
    "remontee": "remontée de données",
    "tracabilite": "traçabilité",
    "formation": "formation et exercices",
    "levee": "levée et retour d'expérience",
}
VALIDATORS = {"territoire": "le territoire", "ars": "l'ARS", "samu": "le SAMU"}
GRADES = {
    "information": "procédure d'information-recommandation",
    "alerte": "procédure d'alerte",
    "pre_epidemique": "phase pré-épidémique",
    "epidemique": "phase épidémique",
    "post_epidemique": "phase post-épidémique",
}
_PHENOMENA = {
    "vent_violent": "vent violent",
    "pluie_inondation": "pluie-inondation",
    "neige_verglas": "neige-verglas",
    "grand_froid": "grand froid",
    "vagues_submersion": "vagues-submersion",
    "epidemie_saisonniere": "épidémie saisonnière",
    "agent_emergent": "agent infectieux émergent",
    "afflux_de_blesses": "afflux de blessés",
    "blesses_psychiques": "blessés psychiques",
    "risque_nrc": "risque nucléaire, radiologique ou chimique",
    "penurie": "pénurie",
}
_FROM_COLOUR = {"jaune": "jaune, orange ou rouge", "orange": "orange ou rouge", "rouge": "rouge"}
_HORIZONS = {"J": "pour aujourd'hui", "J1": "pour aujourd'hui ou demain"}
_TOLD = {
    "orsan": "Un message ou un appel signale un ORSAN",
    "orsec": "Un message ou un appel signale un ORSEC",
    "plan_blanc": "Un message ou un appel signale un plan blanc",
    "ars": "L'ARS a transmis une alerte ou a appelé",
    "samu": "Le SAMU a transmis une alerte ou a appelé",
    "autre": "Une alerte d'une autre source est en vigueur",
    "toute_source": "Une alerte est en vigueur, d'où qu'elle vienne",
}
_AXES = {
    "orsan": "L'ORSAN est déclenché",
    "orsec": "L'ORSEC est déclenché",
    "plan_blanc": "Un plan blanc est déclenché",
}
_ASKERS = {"ars": "L'ARS", "samu": "Le SAMU", "autorite": "Une autorité (ARS, SAMU, préfet…)"}
_TENSIONS = {
    "deshydratation": "déshydratation",
    "coup_de_chaleur": "coup de chaleur",
    "acces_aux_soins": "accès aux soins",
    "rupture_de_continuite": "rupture de continuité des soins",
    "surcharge": "surcharge",
    "autre": "autre",
}
_THRESHOLDS = {
    "acknowledge_minutes": "accusé de réception",
    "second_channel_minutes": "second canal",
    "certificate_wait_minutes": "attente d'un certificat",
    "lowering_tail_hours": "descente de niveau",
    "late_reports_days": "comptes rendus tardifs",
    "retex_days": "retour d'expérience",
    "source_grace_minutes": "source muette",
}


def role_words(role: str) -> str:
    """A role of the plan as a reader says it; a role of the CPTS's own reads as it is written."""
    return ROLES.get(role, role.replace("-", " ").replace("_", " "))


def group_words(group: str) -> str:
    """A group of professionals; one of the territory's own reads as it is written."""
    return GROUPS.get(group, group.replace("-", " ").replace("_", " "))


def asks_words(asks: Mapping[str, str]) -> tuple[str, ...]:
    """What a level proposes to each group, one line a group."""
    return tuple(f"{capital(group_words(group))} : {what}" for group, what in asks.items())


def phenomenon_words(phenomenon: str) -> str:
    """A phenomenon of the vigilance: ``grand froid``."""
    return _PHENOMENA.get(phenomenon, phenomenon)


def _vigilance(when: VigilanceAnnounced) -> str:
    colours = _FROM_COLOUR[when.at_least]
    return f"Météo-France annonce une vigilance {phenomenon_words(when.vigilance)} {colours} {_HORIZONS[when.horizon]}"


def _alert(when: AlertTold) -> str:
    about = f" au sujet de : {phenomenon_words(when.phenomenon)}" if when.phenomenon else ""
    grade = f", {GRADES[when.grade]}" if when.grade else ""
    return f"{_TOLD[when.alert]}{about}{grade}"


def _indicator(when: IndicatorRises) -> str:
    name = when.indicator.replace("_", " ")
    return f"Le compte « {name} » monte de {when.rises_percent} % ou plus sur la veille, à structures identiques"


def _request(when: LevelRequested) -> str:
    return f"{_ASKERS[when.request]} demande le niveau {when.level}"


def _axis(when: AxisTriggered) -> str:
    volet = f", volet {when.volet}" if when.volet else ""
    return _AXES[when.axis] + volet + (f", {phenomenon_words(when.phenomenon)}" if when.phenomenon else "")


def _slots(when: SlotsTaken) -> str:
    return f"{when.slots_taken_percent} % ou plus des places de crise du jour sont prises"


def _tensions(when: TensionsReported) -> str:
    kind = f" « {_TENSIONS[when.kind]} »" if when.kind else ""
    told = "signalée" if when.tensions == 1 else "signalées"
    return f"{count(when.tensions, 'tension')} ou plus{kind} {told} le même jour"


_TELLERS: dict[type[Block], Callable[[Any], str]] = {
    VigilanceAnnounced: _vigilance,
    AlertTold: _alert,
    IndicatorRises: _indicator,
    LevelRequested: _request,
    AxisTriggered: _axis,
    SlotsTaken: _slots,
    TensionsReported: _tensions,
}


def condition_words(when: Block) -> str:
    """A condition as a sentence, without its final stop."""
    return insecable(_TELLERS[type(when)](when))


def length_words(length: timedelta, *, working: bool = False) -> str:
    """A length as a plan means it: ``4 h ouvrées``, ``24 h``, ``2 jours``, ``1 h 30 min``. Its sign is not told."""
    minutes = round(abs(length).total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if not rest and hours > 24 and hours % 24 == 0 and not working:
        return count(hours // 24, "jour")
    parts = [count(hours, "h", "h")] if hours else []
    parts += [count(rest, "min", "min")] if rest or not hours else []
    kind = (" ouvrée" if minutes < 120 else " ouvrées") if working else ""
    return " ".join(parts) + kind


def due_words(step: ActionTemplate, thresholds: Thresholds | None = None) -> str:
    """The deadline of a step: ``dans les 4 h ouvrées``, ``chaque jour à 9 h 00``; empty without one."""
    if step.repeat:
        first = "" if step.repeat.first == "same_day" else ", à partir du lendemain"
        return f"chaque jour à {clock_time(parse_time(step.repeat.daily_at))}{first}"
    if step.due is None:
        return ""
    due = parse_due(step.due)
    if due.at is not None:
        return f"avant {clock_time(due.at)}" + (", un jour ouvré" if step.working_hours else "")
    if due.threshold is not None:
        length = threshold_length(due.threshold, thresholds or Thresholds())
        name = _THRESHOLDS.get(due.threshold, due.threshold)
        return insecable(f"{_within(length, step.working_hours)} (réglage « {name} » du territoire)")
    after = due.after or timedelta()
    if after < timedelta():
        return f"au moins {length_words(after)} avant l’événement annoncé"
    return _within(after, step.working_hours)


def _within(length: timedelta, working: bool) -> str:
    if not length:
        return "dès l’ouverture du niveau" + (", aux heures ouvrées" if working else "")
    if length == timedelta(hours=1):
        return "dans l’heure" + (" ouvrée" if working else "")
    return f"dans les {length_words(length, working=working)}"


def tolerance_words(step: ActionTemplate) -> str:
    """When a step past its deadline is said late; empty when at once."""
    length = parse_duration(step.tolerance)
    return f"dite en retard {length_words(length)} après l’échéance" if length else ""


def lowering_words(lowering: Lowering | None, thresholds: Thresholds | None = None) -> tuple[str, ...]:
    """When going down is proposed, and what closing does."""
    decided = "Une personne décide toujours de descendre ; le retour au niveau 0 ferme la crise."
    if lowering is None:
        return tuple(insecable(line) for line in ("Ce plan ne propose jamais de descendre.", decided))
    hours = (thresholds or Thresholds()).lowering_tail_hours if lowering.tail_hours is None else lowering.tail_hours
    source = " (réglage du territoire)" if lowering.tail_hours is None else ""
    after = (
        "la fin de tout ce qui propose un niveau"
        if lowering.vigilance is None
        else "la fin du dernier jour en vigilance "
        f"{phenomenon_words(lowering.vigilance)} {_FROM_COLOUR[lowering.at_least]}"
    )
    proposed = (
        f"La descente est proposée {count(hours, 'h', 'h')}{source} après {after}, "
        f"avec ce motif : « {lowering.because.replace('{hours}', str(hours))} »."
    )
    return tuple(insecable(line) for line in (proposed, decided))
