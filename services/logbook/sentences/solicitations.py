"""Sentences of the solicitations: places asked of professionals, and their answers."""

from __future__ import annotations

from contracts.logbook import EntryKind
from contracts.solicitations import (
    PlacesSolicited,
    SolicitationAnswer,
    SolicitationAnswered,
    SolicitationBody,
    SolicitationClosed,
    SolicitationEnding,
)
from services.logbook.sentences.field import MODES
from services.logbook.sentences.words import Words, joined, listing, plural, tells

ANSWERS = {
    SolicitationAnswer.OUI: "oui",
    SolicitationAnswer.NON: "non",
    SolicitationAnswer.PLUS_TARD: "plus tard",
}
ENDINGS = {
    SolicitationEnding.CLOSE: "close à la main",
    SolicitationEnding.PERIODE: "close, sa période est terminée",
    SolicitationEnding.CRISE: "close avec la crise",
}


def _wanted(fact: SolicitationBody, words: Words) -> str:
    mode = MODES.get(fact.mode, "autre mode")
    where = f", {listing([words.commune(code) for code in fact.communes])}" if fact.communes else ""
    return f"{plural(fact.places, 'place')} {mode}, {words.span(fact.starts_at, fact.ends_at)}{where}"


def _said(answer: SolicitationAnswer) -> str:
    return ANSWERS.get(answer, "autre réponse")


@tells(PlacesSolicited, EntryKind.CAPACITE)
def places_solicited(fact: PlacesSolicited, words: Words) -> str:
    """Places are asked for, and of whom."""
    people = plural(len(fact.addressees), "professionnel")
    whom = f"{people} ({listing(fact.groups)})" if fact.groups else f"{people} : {listing(fact.addressees)}"
    return joined(f"Sollicitation : {_wanted(fact, words)}", f"Adressée à {whom}", words.text(fact.text))


@tells(SolicitationAnswered, EntryKind.CAPACITE)
def solicitation_answered(fact: SolicitationAnswered, words: Words) -> str:
    """Somebody says yes, no or later."""
    before = f" (au lieu de {_said(fact.previous)})" if fact.previous else ""
    answered = f"{fact.person} répond {_said(fact.answer)}{before} à la sollicitation : {_wanted(fact, words)}"
    return joined(answered, f"Saisi par {fact.entered_by}" if fact.entered_by else "")


@tells(SolicitationClosed, EntryKind.CAPACITE)
def solicitation_closed(fact: SolicitationClosed, words: Words) -> str:
    """No more answers."""
    ending = ENDINGS.get(fact.ending, "close")
    answered = f"{fact.yes} oui sur {plural(fact.solicited, 'professionnel')}"
    return joined(f"Sollicitation {ending} : {_wanted(fact, words)}", answered)
