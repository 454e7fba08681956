"""What people and the clock do to a review: held, published, improved, late. Load, decide, save."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from contracts.base import Created, Done, Envelope, Role, TextRef
from contracts.reviews import (
    CloseImprovement,
    DecideImprovement,
    HoldReview,
    ImprovementBody,
    ImprovementClosed,
    ImprovementDecided,
    ImprovementLate,
    PublishReview,
    ReviewHeld,
    ReviewLate,
    ReviewPublished,
)
from services.platform.calendar import day_bounds, local_day
from services.platform.errors import NotFound, Refused
from services.platform.unit import Unit, Worker
from services.reviews import decide, hear, store
from services.reviews.making import Made, make
from services.reviews.service import SERVICE
from services.reviews.store import ImprovementRow, MeetingRow, ReviewRow

DESK = (Role.COORDINATOR, Role.REFERENT)
DUTY = ("coordinatrice", "referent")
NO_REVIEW = "Ce retour d'expérience n'existe pas ; voyez la liste."
NO_IMPROVEMENT = "Cette amélioration n'existe pas ; voyez la liste."

__all__ = ["SERVICE", "hear"]


def _today(unit: Unit) -> date:
    return local_day(unit.now, unit.territory.zone)


def _review(unit: Unit, name: str) -> ReviewRow:
    row = store.review(unit.session, unit.message.territory, name)
    if row is None:
        raise NotFound(NO_REVIEW)
    return row


@SERVICE.does(HoldReview)
def hold_review(unit: Unit, command: HoldReview) -> Done:
    """A meeting was held: its words stay here, and may be erased."""
    unit.require(*DESK, on_duty=DUTY)
    row = _review(unit, command.review)
    opened_on = local_day(row.opened_at, unit.territory.zone)
    decide.check_meeting(command.held_on, _today(unit), opened_on, command.worked, command.lacked)
    worked, lacked = unit.keep(command.worked.strip()), unit.keep(command.lacked.strip())
    unit.session.add(
        MeetingRow(
            review=row.id, kind=str(command.kind), held_on=command.held_on, by=unit.caller.id,
            worked=worked.id if worked else None, lacked=lacked.id if lacked else None,
        )
    )  # fmt: skip
    row.version += 1
    row.held_on = min(row.held_on or command.held_on, command.held_on)
    row.status = "tenu" if row.status == "a_tenir" else row.status
    row.waits = False
    unit.say(
        ReviewHeld(
            review=row.id, version=row.version, kind=command.kind, held_on=command.held_on,
            worked=worked, lacked=lacked, by=unit.caller.id,
        )
    )  # fmt: skip
    return Done(id=row.id)


async def prepare(worker: Worker, messages: Sequence[tuple[Envelope, Any]]) -> dict[str, Any]:
    """The facts of the reviews to publish, made before the transaction: another service is asked."""
    return {
        envelope.id: await _prepared(worker, envelope, model)
        for envelope, model in messages
        if isinstance(model, PublishReview)
    }


async def _prepared(worker: Worker, envelope: Envelope, command: PublishReview) -> Made | Refused:
    territory = worker.territories.get(envelope.territory)
    row = await worker.read(lambda session: store.review(session, envelope.territory, command.review))
    if territory is None or row is None:
        return NotFound(NO_REVIEW)
    try:
        return await make(worker, territory, row)
    except Refused as refused:
        return refused


SERVICE.prepare = prepare


@SERVICE.does(PublishReview)
def publish_review(unit: Unit, command: PublishReview) -> Done:
    """Freeze the facts as they stand, with the place of the journal they were read at."""
    unit.require(*DESK, on_duty=DUTY)
    row = _review(unit, command.review)
    decide.check_publishing(row.status)
    made = unit.prepared[unit.message.id]
    if isinstance(made, Refused):
        raise made
    row.status, row.published_at, row.published_by = "publie", unit.now, unit.caller.id
    row.facts, row.up_to, row.sha256 = made.facts.model_dump(mode="json"), made.up_to, made.sha256
    row.version += 1
    unit.say(
        ReviewPublished(
            review=row.id, version=row.version, by=unit.caller.id, up_to=row.up_to, sha256=row.sha256
        )
    )  # fmt: skip
    return Done(id=row.id)


@SERVICE.does(DecideImprovement)
def decide_improvement(unit: Unit, command: DecideImprovement) -> Created:
    """Something to do better, with who and by when. Decided after the publication too: the facts alone are frozen."""
    unit.require(*DESK, on_duty=DUTY)
    review = _review(unit, command.review)
    decide.check_improvement(command.owner, command.due_on, _today(unit))
    title = unit.keep_required(command.title.strip())
    row = ImprovementRow(
        id=unit.new_id(), territory=review.territory, review=review.id, playbook=review.playbook,
        title=title.id, title_sha256=title.sha256, owner=command.owner, due_on=command.due_on,
        due_at=day_bounds(command.due_on, unit.territory.zone)[1], decided_at=unit.now,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.say(ImprovementDecided(**_body(row)))
    return Created(id=row.id)


@SERVICE.does(CloseImprovement)
def close_improvement(unit: Unit, command: CloseImprovement) -> Done:
    """Done, by which version of the plan; or dropped, and why."""
    unit.require(*DESK, on_duty=DUTY)
    row = store.improvement(unit.session, unit.message.territory, command.improvement)
    if row is None:
        raise NotFound(NO_IMPROVEMENT)
    decide.check_closing(row.status, command.status, command.reason, command.plan_version)
    reason = unit.keep(command.reason.strip())
    row.status, row.closed, row.waits, row.closed_at = command.status, True, False, unit.now
    row.plan_version, row.reason = command.plan_version, reason.id if reason else None
    row.version += 1
    unit.say(ImprovementClosed(**_body(row), reason=reason))
    return Done(id=row.id)


def _body(row: ImprovementRow) -> dict[str, Any]:
    body = ImprovementBody(
        improvement=row.id, version=row.version, review=row.review, playbook=row.playbook,
        title=TextRef(id=row.title, sha256=row.title_sha256), owner=row.owner, due_on=row.due_on,
        status=row.status, plan_version=row.plan_version,
    )  # fmt: skip
    return body.model_dump()


@SERVICE.ticks
def say_late(unit: Unit) -> None:
    """Each review and each improvement whose day passed is said late, once."""
    for review in store.reviews_due(unit.session, unit.now):
        review.waits, review.late = False, True
        review.version += 1
        late = ReviewLate(
            review=review.id, version=review.version, crisis=review.crisis, playbook=review.playbook,
            due_on=review.due_on,
        )  # fmt: skip
        unit.say(late, territory=review.territory)
    for improvement in store.improvements_due(unit.session, unit.now):
        improvement.waits, improvement.late = False, True
        improvement.version += 1
        unit.say(ImprovementLate(**_body(improvement)), territory=improvement.territory)
