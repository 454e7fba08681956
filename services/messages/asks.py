"""What a draft says and proposes to each group: the plan's own words, else words that suppose no danger."""

from __future__ import annotations

from services.playbook.model import Level, Plan

#: The level's aim, then what is proposed to each group. Nothing here may harm, whatever the danger is.
ANY: dict[int, tuple[str, dict[str, str]]] = {
    1: (
        "on se tient prêt",
        {
            "msp": "annoncer congés et remplacements, dire qui peut répondre si la situation se tend.",
            "idel": "dire vos capacités de visite de la semaine.",
            "officines": "vérifier vos horaires affichés et dire qui est de garde.",
        },
    ),
    2: (
        "on adapte l'offre de soins",
        {
            "msp": "dire les créneaux non programmés que vous pouvez ouvrir, et ceux que le SAMU peut réserver.",
            "idel": "dire chaque jour les visites que vous pouvez prendre et celles que vous avez faites.",
            "officines": "orienter vers les créneaux ouverts, signaler ce qui manque.",
        },
    ),
    3: (
        "on mobilise un renfort exceptionnel",
        {
            "msp": "dire les créneaux que vous pouvez ouvrir le soir et le week-end.",
            "idel": "dire aussitôt ce que vous ne pouvez plus assurer.",
            "officines": "assurer la continuité des traitements, signaler toute rupture.",
        },
    ),
}


def proposed(plan: Plan | None, level: int) -> tuple[str, dict[str, str]]:
    """The aim of a level and what it proposes to each group; neutral words for what the plan does not say."""
    aim, asks = ANY[min(level, max(ANY))]
    said: Level | None = plan.levels.get(level) if plan else None
    return (said and said.aim) or aim, (said and said.asks) or asks
