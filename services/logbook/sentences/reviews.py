"""Sentences of the experience reviews and of what they decide to do better."""

from __future__ import annotations

from contracts.logbook import EntryKind
from contracts.reviews import (
    ImprovementBody,
    ImprovementClosed,
    ImprovementDecided,
    ImprovementLate,
    ReviewHeld,
    ReviewLate,
    ReviewOpened,
    ReviewPublished,
)
from services.logbook.sentences.words import ROLES, Words, day, joined, tells

KINDS = {"a_chaud": " à chaud", "a_froid": " à froid"}


@tells(ReviewOpened, EntryKind.RETEX)
def review_opened(fact: ReviewOpened, words: Words) -> str:
    """A crisis closed: its review is to be held."""
    return f"Retour d'expérience ouvert ({fact.playbook}) : à tenir avant la fin du {day(fact.due_on)}."


@tells(ReviewLate, EntryKind.RETEX)
def review_late(fact: ReviewLate, words: Words) -> str:
    """Nobody held it in time."""
    return f"Retour d'expérience en retard ({fact.playbook}) : il était à tenir le {day(fact.due_on)} au plus tard."


@tells(ReviewHeld, EntryKind.RETEX)
def review_held(fact: ReviewHeld, words: Words) -> str:
    """A meeting, and its words."""
    worked, lacked = words.text(fact.worked), words.text(fact.lacked)
    return joined(
        f"Retour d'expérience{KINDS.get(str(fact.kind), '')} tenu le {day(fact.held_on)}, noté par {fact.by}",
        f"Ce qui a bien marché : {worked}" if worked else "",
        f"Ce qui a manqué : {lacked}" if lacked else "",
    )


@tells(ReviewPublished, EntryKind.RETEX)
def review_published(fact: ReviewPublished, words: Words) -> str:
    """Its facts no longer change: their print is here."""
    stop = f"arrêtés à l'entrée n° {fact.up_to}, " if fact.up_to else ""
    return f"Retour d'expérience publié par {fact.by} : faits figés ({stop}SHA-256 {fact.sha256})."


def _improvement(fact: ImprovementBody, words: Words) -> str:
    return words.text(fact.title).rstrip(".")


@tells(ImprovementDecided, EntryKind.RETEX)
def improvement_decided(fact: ImprovementDecided, words: Words) -> str:
    """What, who, by when."""
    owner = ROLES.get(fact.owner, fact.owner)
    return joined(
        f"Amélioration décidée ({fact.playbook}) : {_improvement(fact, words)}",
        f"Porteur : {owner}, échéance {day(fact.due_on)}",
    )


@tells(ImprovementClosed, EntryKind.RETEX)
def improvement_closed(fact: ImprovementClosed, words: Words) -> str:
    """Done, or dropped and why."""
    turn = "faite" if fact.status == "done" else "abandonnée"
    by = f" par la version {fact.plan_version} du plan" if fact.plan_version else ""
    reason = words.text(fact.reason)
    return joined(f"Amélioration {turn}{by} : {_improvement(fact, words)}", f"Motif : {reason}" if reason else "")


@tells(ImprovementLate, EntryKind.RETEX)
def improvement_late(fact: ImprovementLate, words: Words) -> str:
    """Its day passed."""
    owner = ROLES.get(fact.owner, fact.owner)
    return joined(
        f"Amélioration en retard : {_improvement(fact, words)}", f"Porteur : {owner}, échéance {day(fact.due_on)}"
    )
