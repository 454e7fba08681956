"""The moments that matter of a crisis, in order: a bounded list, the ones that matter less left out first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from contracts.reviews import ReviewMoment
from services.platform import french
from services.reviews.case import Case, Thing
from services.reviews.words import FUNCTIONS, GRAVITIES, KINDS, PROPORTIONS, ROLES, SOURCES, length, partner

#: Two pages of print. Kinds are left out from the end of this list when there are more.
MOST = 90
RANKS = (
    "ouverture", "cloture", "niveau", "proposition", "plan", "alerte", "cellule", "gravite", "besoin", "etape", "place",
    "certificat", "demande", "texte", "point", "reunion", "releve", "source", "contact", "exercice",
)  # fmt: skip
CAUSES = ("source", "alerte", "proposition", "ouverture", "niveau")


def timeline(case: Case) -> tuple[tuple[ReviewMoment, ...], int]:
    """Moments in order, and how many are not shown."""
    found = [moment for source in SOURCES_OF_MOMENTS for moment in source(case)]
    ranked = sorted(found, key=lambda moment: (RANKS.index(moment.kind), moment.at, moment.label))
    kept = sorted(ranked[:MOST], key=lambda moment: (moment.at, _place(moment.kind), moment.label))
    return tuple(kept), max(0, len(ranked) - MOST)


def _place(kind: str) -> int:
    """At the same moment, causes before what they cause; the end of the crisis after everything."""
    return (*CAUSES, *(other for other in RANKS if other not in (*CAUSES, "cloture")), "cloture").index(kind)


def _said(thing: Thing, at: datetime, kind: str, label: str, *, text: str = "", level: int | None = None,
          by: str = "") -> ReviewMoment:  # fmt: skip
    return ReviewMoment(at=at, kind=kind, label=french.insecable(label), level=level, by=by, text=text,
                        shared=thing.shared)  # fmt: skip


def _levels(case: Case) -> Iterator[ReviewMoment]:
    yield ReviewMoment(at=case.span.opened_at, kind="ouverture", label="Crise ouverte")
    yield ReviewMoment(at=case.closed_at, kind="cloture", label="Crise close")
    for thing in case.all("level"):
        level = int(thing.data["level"])
        label = f"Niveau {thing.data['from_level']} → {level}"
        yield _said(thing, thing.at, "niveau", label, text=thing.data["reason"], level=level, by=thing.data["by"])
    for thing in case.all("plan"):
        label = f"Plan repris : version {thing.data['from_version']} → {thing.data['plan_version']}"
        yield _said(thing, thing.at, "plan", label, text=thing.data["reason"], by=thing.data["by"])


def _proposals(case: Case) -> Iterator[ReviewMoment]:
    for thing in case.all("proposal"):
        data, asked, ended = thing.data, thing.moment("proposed_at"), thing.moment("ended_at")
        if asked and not data.get("supersedes"):
            label = f"Niveau {data['level']} proposé : {data['because']}"
            yield _said(thing, asked, "proposition", label, level=data["level"])
        if ended and data.get("ended") == "declined":
            label = f"Niveau {data['level']} refusé"
            yield _said(thing, ended, "proposition", label, text=data.get("reason", ""), by=data.get("by", ""))


def _alerts(case: Case) -> Iterator[ReviewMoment]:
    for thing in case.all("alert"):
        if thing.data.get("status") == "test":
            continue
        name, text = _alert_name(thing), thing.data.get("headline", "")
        for rank, (at, mark) in enumerate(thing.data.get("moves", ())):
            label = f"{name} : {mark}" if mark else name
            yield _said(thing, datetime.fromisoformat(at), "alerte", label, text="" if rank else text)
        ended = thing.moment("ended_at")
        if ended and ended <= case.closed_at:
            over = "levée" if thing.data["ended"] == "lifted" else "expirée sans confirmation"
            yield _said(thing, ended, "alerte", f"{name} : {over}")


def _alert_name(thing: Thing) -> str:
    kind, source = str(thing.data.get("kind", "autre")), str(thing.data.get("source", ""))
    phenomenon = str(thing.data.get("phenomenon") or "").replace("_", " ")
    volet = str(thing.data.get("volet") or "")
    name = KINDS.get(kind) or f"Information ({SOURCES.get(source, 'saisie au poste')})"
    return " ".join(filter(None, (name, volet, phenomenon if kind == "vigilance" else "")))


def _steps(case: Case) -> Iterator[ReviewMoment]:
    ours = [thing for thing in case.all("action") if thing.data.get("side") == "cpts"]
    before = case.closed_at
    for name, words in (("done_at", "Première étape faite"), ("taken_at", "Première étape prise en main")):
        held = [(moment, thing) for thing in ours if (moment := thing.moment(name)) and moment >= case.span.opened_at]
        moment, thing = min(held, key=lambda one: (one[0], one[1].entity), default=(before, None))
        if thing is not None and moment <= before:  # taken after another was done: it is no first any more
            before = moment
            yield _said(thing, moment, "etape", f"{words} : {thing.data['title']}")


def _places(case: Case) -> Iterator[ReviewMoment]:
    offered = [(moment, thing) for thing in case.all("slot") if (moment := thing.moment("offered_at"))]
    if offered:
        moment, thing = min(offered, key=lambda one: (one[0], one[1].entity))
        yield _said(thing, moment, "place", "Première place offerte pour un jour de la crise")


def _requests(case: Case) -> Iterator[ReviewMoment]:
    for thing in case.all("request"):
        name = partner(str(thing.data.get("partner", "")), case.territory)
        asked, answered = thing.moment("asked_at"), thing.moment("answered_at")
        if asked:
            yield _said(thing, asked, "demande", f"Demande à : {name}", text=thing.data.get("text", ""))
        if answered:
            yield _said(thing, answered, "demande", f"Réponse de : {name}", text=thing.data.get("answer", ""))


def _certificates(case: Case) -> Iterator[ReviewMoment]:
    for thing in case.all("certificate"):
        asked, signed, escalated = (thing.moment(name) for name in ("requested_at", "signed_at", "escalated_at"))
        where = case.territory.commune_name(str(thing.data.get("commune", "")))
        if escalated:
            why = "personne n’est inscrit à cette heure" if thing.data.get("hole") else "personne dans le délai"
            yield _said(thing, escalated, "certificat", f"Certificat de décès ({where}) : {why}")
        if asked and signed:
            took = length((signed - asked).total_seconds() / 60)
            yield _said(thing, signed, "certificat", f"Certificat de décès signé ({where}), après {took}")


def _texts(case: Case) -> Iterator[ReviewMoment]:
    for thing in case.all("draft"):
        posted = thing.moment("posted_at")
        if posted:
            # Where it was posted was typed by hand: a group may be named after somebody.
            level = thing.data.get("level")
            label = f"Texte du niveau {level} diffusé" if level else "Message de fin diffusé"
            yield _said(thing, posted, "texte", label, by=thing.data.get("by", ""))


def _points(case: Case) -> Iterator[ReviewMoment]:
    published = [thing for thing in case.all("point") if thing.data.get("published_at")]
    for rank, thing in enumerate(published):
        if rank == 0 or thing.data.get("late"):
            late = ", en retard" if thing.data.get("late") else ""
            yield _said(thing, thing.moment("published_at") or thing.at, "point",
                        f"Point de situation n° {thing.data['number']} publié{late}")  # fmt: skip
    for thing in case.all("meeting"):
        closed = thing.moment("closed_at")
        if closed:
            took = length(int(thing.data["seconds"]) / 60)
            decided = french.count(int(thing.data["decided"]), "décision")
            yield _said(thing, closed, "reunion", f"Réunion du point n° {thing.data['number']} : {took}, {decided}")


def _cell(case: Case) -> Iterator[ReviewMoment]:
    for thing in case.all("cell"):
        called, over = thing.moment("convened_at"), thing.moment("dismissed_at")
        if called:
            names = french.join(FUNCTIONS.get(name, name) for name in thing.data.get("called", ()))
            yield _said(thing, called, "cellule", f"Cellule convoquée{f' : {names}' if names else ''}")
        if over:
            yield _said(thing, over, "cellule", "Cellule levée")
    for thing in case.all("judgement"):
        words = GRAVITIES.get(thing.data["gravity"], "autre"), PROPORTIONS.get(thing.data["proportion"], "")
        label = f"Gravité {', '.join(filter(None, words))}"
        yield _said(thing, thing.at, "gravite", label, text=thing.data["reason"], by=thing.data["by"])
    for thing in case.all("need"):
        label = f"Besoin : {thing.data['asked']} {thing.data['unit']}"
        yield _said(thing, thing.at, "besoin", label, text=thing.data["what"])
    for thing in case.all("contact"):
        way = "Appel reçu" if thing.data["direction"] == "recu" else "Contact pris"
        label = f"{way} : {partner(str(thing.data['partner']), case.territory)}"
        yield _said(thing, thing.at, "contact", label, text=thing.data["text"])


def _desk(case: Case) -> Iterator[ReviewMoment]:
    for thing in case.all("duty"):
        role = str(thing.data["role"])
        yield _said(thing, thing.at, "releve", f"Relève : {ROLES.get(role, role)}", by=thing.data["person"])
    for thing in case.all("source"):
        for since, _ in thing.data.get("silences", ()):
            at = datetime.fromisoformat(since)
            if case.span.opened_at <= at <= case.closed_at:
                yield _said(thing, at, "source", f"{SOURCES.get(thing.entity, 'Une source')} : édition non reçue")
    for thing in case.all("exercise"):
        checks = f"{thing.data['passed']} contrôles tenus, {thing.data['failed']} non tenus"
        yield _said(thing, thing.at, "exercice", f"Exercice « {thing.data['title']} » terminé : {checks}")


SOURCES_OF_MOMENTS: tuple[Callable[[Case], Iterator[ReviewMoment]], ...] = (
    _levels, _proposals, _alerts, _steps, _places, _requests, _certificates, _texts, _points, _cell, _desk,
)  # fmt: skip
