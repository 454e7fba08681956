"""What becomes of a run whose step says something else: the fields that change, in words, and its deadline. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from contracts.plans import FieldChange
from services.platform.calendar import day_bounds, local_day
from services.platform.territory import Territory
from services.playbook.differences import step_changes
from services.playbook.held import Held
from services.playbook.model import ActionTemplate, Plan
from services.playbook.readable import read_step, where_words
from services.playbook.schedule import deadline, turn_of

#: What of a step sets its deadline.
TIMED = ("modality", "due", "working_hours", "tolerance", "repeat")


@dataclass(frozen=True, slots=True)
class Terms:
    """When a run is due, said late, and started again."""

    due_at: datetime | None = None
    late_at: datetime | None = None
    renews_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """A run in force that the new plan says otherwise: its step there, what changed in words, its terms from now on."""

    run: str
    template: ActionTemplate
    level: int
    place: int
    changes: tuple[FieldChange, ...]
    terms: Terms


def untouched(run: Held, template: ActionTemplate) -> bool:
    """Whether no new wording reaches it: what was done for good was done as it was said then."""
    return run.over and template.repeat is None


def terms(run: Held, before: ActionTemplate, after: ActionTemplate, at: datetime, territory: Territory) -> Terms:
    """When a run is due once its step is ``after``. A deadline said otherwise counts from ``at``.

    Nobody had promised the new one before, so nobody is late on it yet: it is never in the past. A daily step
    keeps its turn when the new hour has already gone; what is done stays done, until its next turn if it has one.
    """
    kept = Terms(run.due_at, run.late_at, run.renews_at)
    if all(getattr(before, name) == getattr(after, name) for name in TIMED):
        return kept
    if not run.live:
        end_of_day = day_bounds(local_day(at, territory.zone), territory.zone)[1].astimezone(UTC)
        return replace(kept, renews_at=(run.renews_at or end_of_day) if after.repeat else None)
    if before.repeat and after.repeat and run.due_at:
        turn = turn_of(after, after.repeat, local_day(run.due_at, territory.zone), territory)
        return Terms(turn.due_at, turn.late_at, turn.renews_at) if turn.due_at > at else kept
    first = deadline(after, at, territory)
    return Terms(first.due_at, first.late_at, first.renews_at) if first else Terms()


def changes_of(older: Plan, newer: Plan, action: str, territory: Territory) -> tuple[FieldChange, ...]:
    """What a step that both plans have says otherwise, field by field; nothing when one of them lacks it."""
    before, after = older.step(action), newer.step(action)
    if before is None or after is None:
        return ()
    places = (where_words(older, action), where_words(newer, action))
    if before == after and places[0] == places[1]:
        return ()
    return step_changes(
        read_step(before, {}, territory.thresholds), read_step(after, {}, territory.thresholds), *places
    )
