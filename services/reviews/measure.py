"""How an indicator is written: measured, without object, or not measured. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from contracts.reviews import ReviewIndicator
from services.platform.french import capital, insecable
from services.reviews.case import Thing
from services.reviews.words import NOTHING, UNKNOWN, spread

SHARED = "Une partie compte aussi pour une autre crise ouverte le même jour."


def measured(
    key: str, label: str, value: str, number: float, note: str, *, unit: str = "", of: Iterable[Thing] = ()
) -> ReviewIndicator:
    """A figure. ``of`` is what was counted: what is shared with another crisis is said."""
    shared = any(thing.shared for thing in of)
    words = f"{note} {SHARED}" if shared else note
    return ReviewIndicator(
        key=key, label=label, value=capital(insecable(value)), number=number, unit=unit, note=insecable(words)
    )


def nothing(key: str, label: str, note: str) -> ReviewIndicator:
    """What did not arise: a true absence."""
    return ReviewIndicator(key=key, label=label, value=capital(NOTHING), note=insecable(note))


def unknown(key: str, label: str, note: str) -> ReviewIndicator:
    """What was not noted in the desk: it may have happened."""
    return ReviewIndicator(key=key, label=label, value=capital(UNKNOWN), note=insecable(note))


def delays(key: str, label: str, minutes: Sequence[int], note: str, *, of: Iterable[Thing] = ()) -> ReviewIndicator:
    """One delay, or the median of several with the longest."""
    return measured(key, label, spread(minutes), median(minutes), note, unit="minutes", of=of)
