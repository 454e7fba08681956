"""Sentences of the drills, entered in the journal of the exercise territory alone."""

from __future__ import annotations

from contracts.exercises import ExerciseEnded, ExerciseStarted, ExerciseStatus
from contracts.logbook import EntryKind
from services.logbook.sentences.words import Words, joined, plural, tells

ENDINGS = {
    ExerciseStatus.TERMINE: "terminé",
    ExerciseStatus.ARRETE: "arrêté avant sa fin",
    ExerciseStatus.ECHEC: "interrompu",
}


@tells(ExerciseStarted, EntryKind.INFORMATION)
def exercise_started(fact: ExerciseStarted, words: Words) -> str:
    """Somebody trains, on a desk apart."""
    return f"Exercice « {fact.title} » lancé par {fact.by}, sur un poste à part qui tient son propre journal."


@tells(ExerciseEnded, EntryKind.INFORMATION)
def exercise_ended(fact: ExerciseEnded, words: Words) -> str:
    """What it came to."""
    held = (
        f"{plural(fact.passed, 'vérification')} sur {fact.passed + fact.failed} tenue{'s' if fact.passed >= 2 else ''}"
    )
    return joined(f"Exercice « {fact.title} » {ENDINGS.get(fact.status, 'terminé')} : {held}", fact.reason)
