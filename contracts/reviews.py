"""Experience reviews (RETEX): what a crisis or a drill was, in facts, and what will be done about it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, Question, TextRef


class ReviewKind(OpenEnum):
    """``a_chaud``: in the days that follow; ``a_froid``: weeks later, with partners."""

    A_CHAUD = "a_chaud"
    A_FROID = "a_froid"
    AUTRE = "autre"


class ReviewOpened(Fact):
    """The review of a crisis begins by itself when it closes; ``due_on`` is the day it must be held by."""

    entity: ClassVar[str] = "review"
    happened: ClassVar[str] = "opened"

    review: str
    crisis: str
    playbook: str
    plan_sha256: str = ""
    due_on: date


class ReviewHeld(Fact):
    """A meeting was held; ``worked`` and ``lacked`` are its words."""

    entity: ClassVar[str] = "review"
    happened: ClassVar[str] = "held"

    review: str
    version: int
    kind: ReviewKind
    held_on: date
    worked: TextRef | None = None
    lacked: TextRef | None = None
    by: str


class ReviewPublished(Fact):
    """The facts of the review are frozen as they stood, with the head of the journal they were read at."""

    entity: ClassVar[str] = "review"
    happened: ClassVar[str] = "published"

    review: str
    version: int
    by: str
    up_to: int = 0


class ImprovementBody(Fact):
    """Something to do better: who owns it, by when. ``plan_version`` is the revision that answered it."""

    improvement: str
    version: int
    review: str
    playbook: str
    title: TextRef
    owner: str
    due_on: date
    status: Literal["open", "done", "dropped"] = "open"
    plan_version: int | None = None


class ImprovementDecided(ImprovementBody):
    """A review decided it."""

    entity: ClassVar[str] = "improvement"
    happened: ClassVar[str] = "decided"


class ImprovementClosed(ImprovementBody):
    """Done, or dropped with the reason."""

    entity: ClassVar[str] = "improvement"
    happened: ClassVar[str] = "closed"

    reason: TextRef | None = None


class ImprovementLate(ImprovementBody):
    """Its day passed."""

    entity: ClassVar[str] = "improvement"
    happened: ClassVar[str] = "late"


class HoldReview(Command):
    """Note a review meeting: what worked, what lacked."""

    service: ClassVar[str] = "reviews"
    verb: ClassVar[str] = "hold"

    review: str
    kind: ReviewKind
    held_on: date
    worked: str = Field(default="", max_length=4000)
    lacked: str = Field(default="", max_length=4000)


class DecideImprovement(Command):
    """Decide something to do better, with an owner (a duty role or a person) and a day."""

    service: ClassVar[str] = "reviews"
    verb: ClassVar[str] = "improve"

    review: str
    title: str = Field(min_length=3, max_length=300)
    owner: str = Field(min_length=1, max_length=63)
    due_on: date


class CloseImprovement(Command):
    """Say it done (``plan_version``: by this revision of the plan), or dropped."""

    service: ClassVar[str] = "reviews"
    verb: ClassVar[str] = "improvement-close"

    improvement: str
    status: Literal["done", "dropped"]
    reason: str = Field(default="", max_length=1000)
    plan_version: int | None = Field(default=None, ge=1)


class PublishReview(Command):
    """Freeze the facts of a review as they stand."""

    service: ClassVar[str] = "reviews"
    verb: ClassVar[str] = "publish"

    review: str


class ListReviews(ListQuestion):
    """Reviews, newest first; a ``Page`` of ``ReviewItem``."""

    service: ClassVar[str] = "reviews"
    what: ClassVar[str] = "list"

    playbook: str | None = None


class ReviewItem(Contract):
    """A review as a list shows it. ``status``: ``a_tenir``, ``tenu``, ``publie``."""

    id: str
    crisis: str
    playbook: str
    opened_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    due_on: date
    late: bool = False
    status: str
    held: tuple[dict, ...] = ()  # type: ignore[type-arg]  # kind, held_on, worked, lacked, by: rows for a screen
    improvements: int = 0
    improvements_open: int = 0


class AskReview(Question):
    """One review with its facts, written by themselves (``ReviewFound``)."""

    service: ClassVar[str] = "reviews"
    what: ClassVar[str] = "one"

    review: str


class ReviewIndicator(Contract):
    """A figure of a review: ``value`` in words, ``number`` when it is one, ``note`` how it was counted."""

    key: str
    label: str
    value: str
    number: float | None = None
    note: str = ""


class ReviewMoment(Contract):
    """A line of the timeline: ``kind`` is ``niveau``, ``proposition``, ``alerte``, ``cellule``, ``besoin``…"""

    at: AwareDatetime
    kind: str
    label: str
    level: int | None = None


class ReviewFound(Contract):
    """A review: ``timeline`` in order, ten ``indicators`` at least, ``daily`` for the chart, what was late or unmet."""

    item: ReviewItem
    timeline: tuple[ReviewMoment, ...] = ()
    indicators: tuple[ReviewIndicator, ...] = ()
    late_actions: tuple[dict, ...] = ()  # type: ignore[type-arg]  # rows for a screen, shown as they are
    unmet_needs: tuple[dict, ...] = ()  # type: ignore[type-arg]  # same
    improvements: tuple[dict, ...] = ()  # type: ignore[type-arg]  # same
    daily: tuple[dict, ...] = ()  # type: ignore[type-arg]  # day, level, places, booked, visits…: what the chart draws
    published_at: AwareDatetime | None = None


class ListImprovements(ListQuestion):
    """Improvements, open ones first, soonest due first."""

    service: ClassVar[str] = "reviews"
    what: ClassVar[str] = "improvements"

    open_only: bool = False
    playbook: str | None = None


class AskReviewDocument(Question):
    """A review as a PDF, chart included (``contracts.digests.Document``)."""

    service: ClassVar[str] = "reviews"
    what: ClassVar[str] = "document"

    review: str
