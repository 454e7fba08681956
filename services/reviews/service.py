"""The service object that the other modules register their functions on."""

from __future__ import annotations

from contracts.reviews import (
    ImprovementClosed,
    ImprovementDecided,
    ImprovementLate,
    ReviewHeld,
    ReviewLate,
    ReviewOpened,
    ReviewPublished,
)
from services.platform.service import Service
from services.reviews import projections, store

SERVICE = Service(
    name="reviews",
    purpose="Writes the facts of each crisis by themselves, and follows what will be done better",
    says=(
        ReviewOpened,
        ReviewLate,
        ReviewHeld,
        ReviewPublished,
        ImprovementDecided,
        ImprovementClosed,
        ImprovementLate,
    ),
    owns=(*store.TABLES, *projections.TABLES),
    projections=projections.TABLES,
)
SERVICE.next_due = store.next_due
