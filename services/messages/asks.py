"""What a draft says and proposes to each group, plan by plan and level by level.

What suits one danger harms in another: nobody is asked for home visits while the préfet keeps a town indoors.
"""

from __future__ import annotations

Words = dict[int, str]
Asks = dict[int, dict[str, str]]

HEAT: tuple[Words, Asks] = (
    {
        1: "on anticipe et on relaie la prévention",
        2: "on augmente l'offre de soins et le suivi à domicile",
        3: "on mobilise un renfort exceptionnel pour les plus fragiles",
    },
    {
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
    },
)
VICTIMS: tuple[Words, Asks] = (
    {
        1: "personne ne se rend sur place sans demande du SAMU ; la ville se prépare",
        2: "personne ne se rend sur place sans demande du SAMU ; la ville reçoit ce qu'il lui adresse",
    },
    {
        1: {
            "msp": "rester à votre poste, dire qui peut recevoir aujourd'hui et jusqu'à quelle heure.",
            "idel": "maintenir vos tournées, dire combien de soins de l'hôpital vous pouvez reprendre.",
            "officines": "rester ouvertes, dire ce que vous pouvez livrer aux lieux qui reçoivent.",
        },
        2: {
            "msp": "recevoir les personnes adressées par le SAMU, garder des places pour demain.",
            "idel": "prendre les soins que l'hôpital reporte et les sorties avancées.",
            "officines": "livrer les sorties d'hôpital, relayer le numéro donné par la préfecture.",
        },
    },
)
MINDS: tuple[Words, Asks] = (
    {
        1: "la CUMP conduit, la ville repère et oriente ; personne n'improvise de débriefing",
        2: "la ville prend le relais de la CUMP pour plusieurs semaines",
    },
    {
        1: {
            "msp": "dire vos consultations longues de la semaine, adresser le jour même une personne figée ou confuse.",
            "idel": "écouter sans faire raconter, dire qui d'entre vous a besoin d'être remplacé.",
            "officines": "prévenir le médecin traitant d'une demande de somnifère inhabituelle.",
        },
        2: {
            "msp": "tenir les consultations dédiées, reposer la question une semaine après.",
            "idel": "rappeler les patients déjà fragiles de vos tournées, dire un nombre.",
            "officines": "orienter vers les consultations dédiées, dépanner un traitement perdu.",
        },
    },
)
NRC: tuple[Words, Asks] = (
    {
        1: "chacun s'abrite et suit la consigne du préfet",
        2: "chacun suit la consigne du préfet ; la ville oriente, informe et suit",
    },
    {
        1: {
            "msp": "fermer et couper la ventilation ; une personne peut-être contaminée n'entre pas, appelez le 15.",
            "idel": "vous abriter là où vous êtes, dire combien de soins vitaux ne peuvent pas attendre.",
            "officines": "fermer et couper la ventilation ; aucun iode sans ordre du préfet.",
        },
        2: {
            "msp": "recevoir, hors de la zone seulement, ce que le SAMU adresse ; signaler une plainte inattendue.",
            "idel": "dire les soins des personnes relogées que vous pouvez prendre, hors de la zone seulement.",
            "officines": "dépanner un traitement resté au domicile, donner la réponse validée par l'ARS.",
        },
    },
)
#: For any other plan: nothing here supposes a danger.
ANY: tuple[Words, Asks] = (
    {
        1: "on se tient prêt",
        2: "on adapte l'offre de soins",
        3: "on mobilise un renfort exceptionnel",
    },
    {
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
    },
)
BY_PLAN: dict[str, tuple[Words, Asks]] = {
    "canicule": HEAT,
    "afflux-de-victimes": VICTIMS,
    "blesses-psychiques": MINDS,
    "risque-nrc": NRC,
}


def proposed(playbook: str, level: int) -> tuple[str, dict[str, str]]:
    """The aim of a level in a sentence and what it proposes to each group; the plan's highest level beyond it."""
    aims, asks = BY_PLAN.get(playbook, ANY)
    known = min(level, max(aims))
    return aims[known], asks[known]
