"""The plan de crise composed: cover, then what is missing, then the rest in the order the ARS reads it. Pure."""

from __future__ import annotations

from services.platform import french
from services.platform.french import insecable
from services.readiness import part_means, part_organisation, part_plans, part_years
from services.readiness.gaps import gaps
from services.readiness.known import Known
from services.readiness.paper import Paper, Section, grid, words

TITLE = "Plan de crise"
#: The sources say what a plan holds; no official layout exists.
SYNTHESIS = (
    "Ce document est une synthèse des textes cités à la fin. Ce n’est pas la « trame nationale » : "
    "reportez-le dans le cadre que votre ARS demande."
)
PRIVACY = (
    "Noms et numéros professionnels : ceux de la cellule, de l’astreinte et de la gouvernance seulement, "
    "parce qu’il faut pouvoir les appeler. Pour les autres, des nombres. Aucune donnée de patient."
)


def compose(known: Known) -> Paper:
    """The whole document of one moment."""
    found = gaps(known)
    parts = (
        _missing(known, len(found)),
        *part_organisation.sections(known),
        *part_plans.sections(known),
        *part_means.sections(known),
        *part_years.sections(known),
        *part_plans.checklists(known),
    )
    return Paper(
        title=TITLE,
        place=known.territory.name,
        exercise=known.territory.exercise,
        standing=standing(known),
        day=known.today,
        number=known.number,
        cover=_cover(known, len(found)),
        warning=insecable(
            "Exercice : ce document ne décrit aucune organisation réelle." if known.territory.exercise else SYNTHESIS
        ),
        sections=tuple(parts),
        gaps=found,
    )


def standing(known: Known) -> str:
    """Whether this is a model or a validated plan."""
    valid, total = sum(plan.about.status == "valide" for plan in known.plans), len(known.plans)
    if total and valid == total:
        return "Validé"
    if not total:
        return "Modèle : aucun plan chargé"
    return insecable(f"Modèle : {french.count(valid, 'plan validé', 'plans validés')} sur {total}")


def _cover(known: Known, missing: int) -> tuple[tuple[str, str], ...]:
    territory = known.territory
    places = [f"{territory.departement_names.get(code, code)} ({code})" for code in territory.departements]
    told = (
        ("Territoire", f"{french.count(len(territory.communes), 'commune')}, {french.join(places)}"),
        ("Communes", french.join(place.name for place in territory.communes)),
        ("Établi le", french.long_day(known.today)),
        ("Édition", f"n° {known.number}"),
        ("Plans", french.count(len(known.plans), "plan")),
        ("Manques", f"{french.count(missing, 'manque')}, dits en premier" if missing else "aucun manque connu"),
        ("Destinataires", "ARS et CPAM ; membres, établissements, collectivités et partenaires du territoire"),
        ("Données personnelles", PRIVACY),
    )
    return tuple((label, insecable(value)) for label, value in told)


def _missing(known: Known, total: int) -> Section:
    rows = [(str(rank), one.what, one.why, one.who) for rank, one in enumerate(gaps(known), 1)]
    lead = (
        f"{french.count(total, 'manque')} à combler." if total else "Rien ne manque de ce que le poste sait vérifier."
    )
    blocks = [words(lead, "lead")]
    if known.silent:
        blocks.append(words(f"N’a pas répondu au moment d’établir ce document : {french.join(known.silent)}."))
    if not rows:
        return Section(title="Ce qui manque", blocks=tuple(blocks), new_page=True)
    table = grid(("N°", "Ce qui manque", "Pourquoi cela compte", "Qui peut le combler"), rows, (0.5, 5, 3.2, 2))
    return Section(title="Ce qui manque", blocks=(*blocks, table), new_page=True)
