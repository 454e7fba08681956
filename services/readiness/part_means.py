"""Stock, premises, trainings and exercises, continuity, data, traceability. Pure."""

from __future__ import annotations

from contracts.readiness import PremisesItem, StockItem
from contracts.yearly import DutyState, ExerciseEntry, ExerciseState
from services.platform import french
from services.readiness.known import NOT_GIVEN, Known, day
from services.readiness.paper import Block, Section, grid, lines, words

FLAGS = {
    "perime": "périmé", "sous_minimum": "sous le minimum", "bientot_perime": "bientôt périmé",
    "a_verifier": "à vérifier", "sans_accord": "sans accord écrit",
}  # fmt: skip
STATES = {
    ExerciseState.PREVU: "prévu", ExerciseState.TENU: "tenu", ExerciseState.EN_RETARD: "en retard",
    ExerciseState.ANNULE: "annulé",
}  # fmt: skip
MOST_SERVED = 2
DUTY = {"fait": "fait", "a_faire": "à faire", "bientot": "à faire bientôt", "en_retard": "EN RETARD"}


def sections(known: Known) -> tuple[Section, ...]:
    """What is kept ready, and how work goes on."""
    return (
        _stock(known), _premises(known), _training(known), _continuity(known), _data(known), _trace(),
    )  # fmt: skip


def flags(found: tuple[str, ...]) -> str:
    """What is wrong, in words."""
    return french.join(FLAGS.get(flag, flag) for flag in found)


def _stock(known: Known) -> Section:
    stock = known.ready.stock
    if not stock:
        return Section(title="Stock et matériel", blocks=(words(f"Stock : {NOT_GIVEN}."),), new_page=True)
    heads = ("Article", "Quantité", "Minimum", "Lieu", "Péremption", "Vérifié le", "À savoir")
    rows = [_stock_row(one) for one in stock]
    return Section(
        title="Stock et matériel", blocks=(grid(heads, rows, (2.4, 1.5, 1, 1.9, 1.25, 1.25, 1.5)),), new_page=True
    )


def _stock_row(one: StockItem) -> tuple[str, ...]:
    return (
        one.item, f"{french.number(one.quantity)} {one.unit}", french.number(one.minimum), one.place,
        day(one.expires_on), day(one.checked_on) or "jamais", flags(one.flags),
    )  # fmt: skip


def _premises(known: Known) -> Section:
    places = known.ready.premises
    if not places:
        return Section(title="Locaux mobilisables", blocks=(words(f"Locaux : {NOT_GIVEN}."),))
    heads = ("Local", "Commune", "Sert à", "Places", "Accès", "Contact", "Accord", "Vérifié le", "À savoir")
    rows = [_place(known, one) for one in places]
    return Section(
        title="Locaux mobilisables", blocks=(grid(heads, rows, (2, 1.5, 0.9, 0.8, 1.1, 1.3, 1.2, 1.2, 1.3)),)
    )


def _place(known: Known, one: PremisesItem) -> tuple[str, ...]:
    contact = _function(known, one.contact)
    return (
        one.name, known.territory.commune_name(one.commune), ", ".join(one.serves), str(one.capacity or ""),
        "accessible" if one.accessible else "non dit", contact, day(one.agreed_on), day(one.checked_on) or "jamais",
        flags(one.flags),
    )  # fmt: skip


def _function(known: Known, reference: str | None) -> str:
    """The function of a contact, never the name: who it is stays in the directory."""
    found = next((one for one in known.people if one["person"] == reference), None) if reference else None
    return str(found.get("function") or NOT_GIVEN) if found else NOT_GIVEN


def _training(known: Known) -> Section:
    blocks: list[Block] = [words("Obligations de l’année", "lead")]
    if known.ready.duties:
        blocks.append(grid(("Obligation", "Au plus tard", "Faite le", "État"), map(_duty, known.ready.duties),
                           (3, 1.2, 1.2, 1.4)))  # fmt: skip
    else:
        blocks.append(words("Aucune obligation suivie dans cet espace."))
    blocks.append(words("Exercices", "lead"))
    if known.ready.calendar:
        heads = ("Plan", "Prévu le", "Scénario, partenaires", "Pilote", "État", "Vérifications tenues")
        rows = [_exercise(known, one) for one in known.ready.calendar]
        blocks.append(grid(heads, rows, (1.4, 1.1, 2.6, 1.5, 1.3, 1.3)))
    else:
        blocks.append(words("Aucun exercice au calendrier."))
    blocks.append(words("Formations", "lead"))
    if known.ready.trainings:
        rows = [
            (one.title, one.audience, one.provider, day(one.held_on), str(one.attended),
             f"{day(one.valid_until)}{' (échue)' if one.expired else ''}")
            for one in known.ready.trainings
        ]  # fmt: skip
        blocks.append(grid(("Formation", "Pour qui", "Par", "Tenue le", "Présents", "Vaut jusqu’au"), rows,
                           (2, 2, 1.4, 1.1, 0.9, 1.3)))  # fmt: skip
    else:
        blocks.append(words(f"Formations : {NOT_GIVEN}."))
    blocks.append(words("Seul le CESU forme les médecins à l’AFGSU.", "note"))
    return Section(title="Formations et exercices", blocks=tuple(blocks), new_page=True)


def _duty(state: DutyState) -> tuple[str, str, str, str]:
    done = day(state.done_on) or (f"(le {day(state.last_on)})" if state.last_on else "")
    return (state.label, day(state.due_on), done, DUTY[state.status])


def _exercise(known: Known, one: ExerciseEntry) -> tuple[str, ...]:
    total = one.passed + one.failed
    held = f"{STATES.get(one.status, '')} le {day(one.held_on)}" if one.held_on else STATES.get(one.status, "")
    titles = {plan.about.playbook: plan.about.title for plan in known.plans}
    about = ". ".join(
        part for part in (one.title or one.scenario.replace("-", " "), one.partners, one.observers) if part
    )
    pilot = _function(known, one.pilot) if one.pilot else ""
    return (titles.get(one.playbook, one.playbook), day(one.planned_on), french.capital(about), pilot, held,
            f"{one.passed} sur {total}" if total else "")  # fmt: skip


def _continuity(known: Known) -> Section:
    return Section(
        title="Continuité des patients chroniques et fragiles", new_page=True,
        blocks=(
            lines((
                "Chaque médecin traitant, chaque cabinet infirmier, chaque officine tient sa propre liste de patients "
                "fragiles. Les listes restent chez eux : la CPTS ne reçoit que des nombres.",
                "En crise, la cellule demande chaque jour combien de patients sont sans solution, jamais lesquels.",
                f"Sans médecin ou sans passage possible : {known.territory.fallback}",
                f"Hors des heures d’ouverture : {known.territory.pdsa_line}.",
            )),
            *_served(known, "continuite"),
        ),
    )  # fmt: skip


def _data(known: Known) -> Section:
    hours = known.territory.hours
    return Section(
        title="Remontée de données",
        blocks=(
            lines((
                f"Chiffres du jour par commune avant le point de {french.clock_time(hours.point)} : places de crise, "
                "visites à domicile, tensions, demandes sans réponse, certificats en attente.",
                "Chaque chiffre dit combien de structures ont répondu sur combien d’attendues : un silence n’est "
                "jamais compté zéro.",
                "L’ARS et le SAMU lisent des totaux par jour et par commune, sans structure ni professionnel.",
            )),
            *_served(known, "remontee"),
        ),
    )  # fmt: skip


def _served(known: Known, fiche: str) -> list[Block]:
    """What each plan does for a sheet, its first steps."""
    rows = []
    for plan in known.plans:
        steps = (step for level in plan.levels for step in (*level.firm, *level.possible) if step.fiche == fiche)
        titles = list(dict.fromkeys(step.title for step in steps))
        more = len(titles) - MOST_SERVED
        last = f" ; et {french.count(more, 'autre')}" if more > 0 else ""
        if titles:
            rows.append((plan.about.title, f"{' ; '.join(titles[:MOST_SERVED])}{last}"))
    if not rows:
        return []
    return [words("Ce que les plans prévoient", "lead"), grid(("Plan", "Actions"), rows, (1.6, 4))]


def _trace() -> Section:
    return Section(
        title="Traçabilité",
        blocks=(
            lines((
                "Chaque alerte, décision, action et message devient une entrée du journal de bord, avec son heure et "
                "son auteur. Une entrée ne se modifie pas : elle se corrige par une autre.",
                "Les entrées sont enchaînées par leur empreinte SHA-256. Qui le demande peut vérifier le journal "
                "exporté sans se fier à qui le tient.",
                "L’envoi de ce document y est inscrit, avec l’empreinte de son contenu.",
            )),
        ),
    )  # fmt: skip
