"""What the plan de crise lacks: what, why it matters, who could fill it. Pure; the whole CPTS first, then the plans."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.crisis_plan import Gap
from contracts.readiness import GovernanceKind, StockItem
from contracts.yearly import ExerciseState
from services.platform import french
from services.platform.french import insecable
from services.readiness.known import TYPOLOGIES, Known, day

REFERENT, COORDINATION, COPIL = "Référent crise sanitaire", "Coordination", "COPIL"
#: What governance must say, with why.
GOVERNANCE = {
    GovernanceKind.REFERENT: ("Aucun référent crise sanitaire n’est désigné", "l’ARS et le SAMU ne savent qui appeler"),
    GovernanceKind.PRESIDENT: ("Le président n’est pas noté", "le plan engage la CPTS par sa signature"),
    GovernanceKind.SUPPLEANT: ("Aucun suppléant n’est désigné", "le plan s’arrête si le référent est absent"),
    GovernanceKind.COPIL: ("Le COPIL n’a pas de membre noté", "il fait vivre le plan entre deux crises"),
    GovernanceKind.ACTIVATION: ("Personne n’est désigné pour activer le plan", "il faut dire qui décide d’un niveau"),
    GovernanceKind.CONVENTION: ("Aucune convention n’est notée", "un prêt de local ou d’aide se convient à l’avance"),
}  # fmt: skip


def gaps(known: Known) -> tuple[Gap, ...]:
    """Everything missing, in the order it is said."""
    found = (_governance, _cell, _plans, _stock, _premises, _training, _exercises, _directory, _means, _duties, _after)
    return tuple(gap for part in found for gap in part(known))


def gap(key: str, what: str, why: str, who: str) -> Gap:
    """One thing missing, with French spaces."""
    return Gap(key=key, what=insecable(what), why=insecable(french.capital(why)), who=insecable(who))


def _governance(known: Known) -> Iterator[Gap]:
    here = {one.kind for one in known.ready.governance if not one.expired}
    for kind, (what, why) in GOVERNANCE.items():
        if kind not in here:
            yield gap(f"gouvernance-{kind}", what, why, "Président")
    over = [one.function for one in known.ready.governance if one.expired]
    if over:
        yield gap("gouvernance-terme", f"À renouveler : {french.join(over)}", "le terme est passé", "Président")


def _cell(known: Known) -> Iterator[Gap]:
    if known.cell is None:
        yield gap("cellule", "Les fonctions de la cellule de crise ne sont pas renseignées",
                  "en crise, chacun doit savoir ce qu’il tient", REFERENT)  # fmt: skip
        return
    empty = [one.label for one in known.cell.functions if not one.holder]
    if empty:
        yield gap("cellule-titulaire", f"Fonctions de la cellule sans titulaire : {french.join(empty)}",
                  "une fonction sans nom n’est pas tenue le premier jour", REFERENT)  # fmt: skip
    alone = [one.label for one in known.cell.functions if one.holder and not one.deputies]
    if alone:
        yield gap("cellule-releve", f"Fonctions de la cellule sans suppléant : {french.join(alone)}",
                  "sans relève, la cellule ne tient pas plus d’un jour", REFERENT)  # fmt: skip


def _plans(known: Known) -> Iterator[Gap]:
    if not known.plans:
        yield gap("plans", "Aucun plan n’est chargé", "le plan de crise n’a pas de contenu", COORDINATION)
        return
    uncovered = [key for key in TYPOLOGIES if not any(key in plan.about.typology for plan in known.plans)]
    if uncovered:
        said = french.join(f"{key} ({TYPOLOGIES[key]})" for key in uncovered)
        yield gap("plans-typologies", f"Aucun plan pour : {said}", "les cinq typologies sont dues", REFERENT)
    yield from _unvalidated(known)
    for plan in known.plans:
        if plan.missing:
            said = f"Plan {plan.about.title.lower()} : aucune action pour {french.join(plan.missing)}"
            yield gap(f"plan-fiches-{plan.about.playbook}", said, "le jour venu, rien n’est prévu pour cela", REFERENT)


def _unvalidated(known: Known) -> Iterator[Gap]:
    """Models, together when they wait for the same people."""
    waits: dict[str, list[str]] = {}
    for plan in known.plans:
        if plan.about.status != "valide":
            said = next((line.rpartition(" : ")[2] for line in map(_plain, plan.validation) if " : " in line), "")
            waits.setdefault(said.rstrip("."), []).append(plan.about.title.lower())
    for rank, (who, titles) in enumerate(waits.items(), 1):
        yield gap(f"plans-valides-{rank}", f"À valider, {french.count(len(titles), 'plan')} : {french.join(titles)}",
                  "un modèle n’engage personne", french.capital(who) or "Territoire, ARS et SAMU")  # fmt: skip


def _plain(text: str) -> str:
    return text.replace(french.NBSP, " ")


def _stock(known: Known) -> Iterator[Gap]:
    stock = known.ready.stock
    if not stock:
        yield gap("stock", "Aucun stock n’est noté", "on ignore ce qui est disponible", "Logistique")
    said = {
        "perime": ("Stock périmé", "inutilisable le jour venu"),
        "sous_minimum": ("Stock sous le minimum", "le premier jour n’est pas couvert"),
        "a_verifier": ("Stock non vérifié depuis un an", "la quantité notée n’est plus sûre"),
    }
    for flag, (what, why) in said.items():
        items = [_stock_words(one, flag) for one in stock if flag in one.flags]
        if items:
            yield gap(f"stock-{flag}", f"{what} : {french.join(items)}", why, "Logistique")


def _stock_words(one: StockItem, flag: str) -> str:
    if flag == "sous_minimum":
        return f"{one.item} ({one.quantity} sur {one.minimum})"
    return f"{one.item} ({day(one.expires_on)})" if flag == "perime" else one.item


def _premises(known: Known) -> Iterator[Gap]:
    places = known.ready.premises
    without = [key for key in TYPOLOGIES if not any(key in one.serves for one in places)]
    if without:
        said = french.join(f"{key} ({TYPOLOGIES[key]})" for key in without)
        yield gap("locaux-types", f"Aucun local mobilisable pour : {said}",
                  "il faudra le chercher pendant la crise", "Logistique, avec les mairies")  # fmt: skip
    for flag, what, why in (
        ("sans_accord", "Local sans accord écrit", "il peut être refusé le jour venu"),
        ("a_verifier", "Local non vérifié depuis un an", "l’accès ou les clés ont pu changer"),
    ):
        names = [one.name for one in places if flag in one.flags]
        if names:
            yield gap(f"locaux-{flag}", f"{what} : {french.join(names)}", why, "Logistique, avec les mairies")


def _training(known: Known) -> Iterator[Gap]:
    held = [one for one in known.ready.trainings if not one.expired]
    over = [one.title for one in known.ready.trainings if one.expired]
    if not held:
        yield gap(
            "formation", "Aucune formation aux risques en cours de validité", "elle est due aux membres", REFERENT
        )
    elif not any("CESU" in one.provider and "médecin" in one.audience.lower() for one in held):
        yield gap("formation-medecins", "Aucune formation de médecins par un CESU",
                  "seul le CESU forme les médecins à l’AFGSU", REFERENT)  # fmt: skip
    if over:
        yield gap("formation-terme", f"Formation échue, à refaire : {french.join(over)}",
                  "l’attestation ne vaut plus", REFERENT)  # fmt: skip


def _exercises(known: Known) -> Iterator[Gap]:
    year = known.today.year
    calendar = known.ready.calendar
    if not any(one.held_on and one.held_on.year == year for one in calendar):
        planned = [one for one in calendar if one.status == ExerciseState.PREVU and one.planned_on.year == year]
        said = f" (prévu le {day(planned[0].planned_on)})" if planned else ", aucun n’est prévu"
        yield gap("exercice", f"Aucun exercice tenu en {year}{said}", "un plan jamais joué n’est pas sûr", REFERENT)
    late = [day(one.planned_on) for one in calendar if one.status == ExerciseState.EN_RETARD]
    if late:
        yield gap("exercice-retard", f"Exercice prévu et non noté tenu : {french.join(late)}",
                  "le calendrier ne dit pas vrai", REFERENT)  # fmt: skip
    tried = {one.playbook for one in calendar if one.status != ExerciseState.ANNULE}
    untried = [plan.about.title.lower() for plan in known.plans if plan.about.playbook not in tried]
    if untried:
        yield gap("exercice-plans", f"Plans sans exercice tenu ni prévu depuis deux ans : {french.join(untried)}",
                  "leurs délais n’ont pas été éprouvés", REFERENT)  # fmt: skip


def _directory(known: Known) -> Iterator[Gap]:
    old = len(known.unverified())
    if old:
        said = f"{french.count(old, 'fiche')} de l’annuaire sur {len(known.people)} sans vérification depuis six mois"
        yield gap("annuaire-age", said, "un numéro changé ne répond pas", COORDINATION)  # fmt: skip
    silent = sum(not one.get("phone") for one in known.people)
    if silent:
        yield gap("annuaire-numero", f"{french.count(silent, 'fiche')} de l’annuaire sans numéro",
                  "la personne ne peut être appelée", COORDINATION)  # fmt: skip
    served = {code for one in known.professionals for code in one.get("communes", ())}
    empty = [place.name for place in known.territory.communes if place.code not in served]
    if empty:
        yield gap("annuaire-communes", f"Aucun professionnel volontaire inscrit pour : {french.join(empty)}",
                  "ces communes dépendent de leurs voisines", COORDINATION)  # fmt: skip


def _means(known: Known) -> Iterator[Gap]:
    here = known.territory.recipients
    words = {"ars": "l’ARS", "samu": "le SAMU", "mairies": "les mairies", "cellule": "la cellule"}
    empty = [] if known.territory.exercise else [said for key, said in words.items() if not getattr(here, key)]
    if empty:
        yield gap("destinataires", f"Aucune adresse réglée pour {french.join(empty)}",
                  "le point de situation ne leur parvient pas", "Qui tient le serveur")  # fmt: skip
    open_roles = [held.role for held in known.duty if not held.person]
    if open_roles or not known.duty:
        said = french.join(open_roles) if open_roles else "toutes"
        yield gap(
            "astreinte", f"Astreintes que personne ne tient : {said}", "une alerte ne réveille personne", COORDINATION
        )


def _duties(known: Known) -> Iterator[Gap]:
    for state in known.ready.duties:
        if state.status == "en_retard":
            yield gap(f"obligation-{state.duty}", f"{state.label} : en retard depuis le {day(state.due_on)}",
                      "due chaque année à l’ARS et à la CPAM", COORDINATION)  # fmt: skip


def _after(known: Known) -> Iterator[Gap]:
    if not known.reviews:
        yield gap("retex", "Aucun retour d’expérience n’est noté", "le plan ne s’est pas encore corrigé", REFERENT)
    late = [one for one in known.improvements or () if one.get("status") == "open" and _past(one, known)]
    if late:
        yield gap("retex-retard", f"{french.count(len(late), 'amélioration')} décidée après une crise, en retard",
                  "la même difficulté peut revenir", COPIL)  # fmt: skip


def _past(one: object, known: Known) -> bool:
    due = str(one.get("due_on") or "") if isinstance(one, dict) else ""
    return bool(due) and due < known.today.isoformat()
