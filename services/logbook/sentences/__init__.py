"""One small French sentence for each type of fact, and the kind its entry takes."""

from __future__ import annotations

from services.logbook.sentences import (
    access,
    alerts,
    cell,
    certificates,
    desk,
    exercises,
    field,
    levels,
    meetings,
    readiness,
    reviews,
    solicitations,
)
from services.logbook.sentences.words import TELLINGS, Telling, Words, joined

__all__ = [
    "TELLINGS",
    "Telling",
    "Words",
    "access",
    "alerts",
    "cell",
    "certificates",
    "desk",
    "exercises",
    "field",
    "joined",
    "levels",
    "meetings",
    "readiness",
    "reviews",
    "solicitations",
]
