"""The indicators of a review, in the order they are read: how fast, how far, how well. Pure.

A figure that nothing could give says « sans objet » or « non mesuré », and why: never a zero for a silence.
"""

from __future__ import annotations

from collections.abc import Callable

from contracts.reviews import ReviewIndicator
from services.reviews import course, means, speed
from services.reviews.case import Case

Measure = Callable[[Case], ReviewIndicator]
MEASURES: tuple[Measure, ...] = (
    course.levels,
    speed.alert_to_proposal,
    speed.proposal_to_decision,
    speed.decision_to_hands,
    speed.decision_to_first_step,
    speed.opening_to_first_place,
    course.steps_done,
    course.steps_late,
    means.coverage,
    means.visits,
    means.tensions,
    means.places,
    means.needs,
    means.certificates,
    speed.partners,
    speed.acknowledgements,
    course.messages,
    speed.drafts,
    course.points,
    course.meetings,
    course.cell,
    course.judgements,
    course.declined,
    course.silences,
    course.typed_late,
)


def indicators(case: Case) -> tuple[ReviewIndicator, ...]:
    """Every indicator of a crisis."""
    return tuple(measure(case) for measure in MEASURES)
