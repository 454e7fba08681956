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
    closed_at: AwareDatetime
    due_on: date


class ReviewLate(Fact):
    """Its day passed and no meeting was held."""

    entity: ClassVar[str] = "review"
    happened: ClassVar[str] = "late"

    review: str
    version: int
    crisis: str
    playbook: str
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
    """The facts are frozen as they stood, with the journal's number they were read at; ``sha256`` is their print."""

    entity: ClassVar[str] = "review"
    happened: ClassVar[str] = "published"

    review: str
    version: int
    by: str
    up_to: int = 0
    sha256: str = ""


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


class ReviewMeeting(Contract):
    """A meeting as it was noted. An erased text is said so; ``by`` is a reference."""

    kind: ReviewKind
    held_on: date
    worked: str = ""
    lacked: str = ""
    by: str = ""


class ReviewItem(Contract):
    """A review as a list shows it. ``status``: ``a_tenir``, ``tenu``, ``publie``; ``late``: its day passed."""

    id: str
    crisis: str
    playbook: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime
    due_on: date
    late: bool = False
    status: str
    held_on: date | None = None
    published_at: AwareDatetime | None = None
    meetings: int = 0
    improvements: int = 0
    improvements_open: int = 0


class AskReview(Question):
    """One review with its facts, written by themselves (``ReviewFound``). Its own id, or that of its crisis."""

    service: ClassVar[str] = "reviews"
    what: ClassVar[str] = "one"

    review: str


class ReviewIndicator(Contract):
    """A figure of a review. ``value`` in words (« sans objet », « non mesuré » included), ``note`` how it was counted.

    ``number`` is there when something was measured, in ``unit`` (``minutes``, ``jours``, ``%`` or nothing).
    """

    key: str
    label: str
    value: str
    number: float | None = None
    unit: str = ""
    note: str = ""


class ReviewMoment(Contract):
    """A line of the timeline: ``kind`` is ``niveau``, ``proposition``, ``alerte``, ``cellule``, ``besoin``…

    ``text`` is the id of what a person wrote, ``words`` what it says when read; ``shared``: it counts for another
    crisis too.
    """

    at: AwareDatetime
    kind: str
    label: str
    level: int | None = None
    by: str = ""
    text: str = ""
    words: str = ""
    shared: bool = False


class LateAction(Contract):
    """A firm step that passed its deadline: by how long it was done late, or that it never was."""

    action: str
    title: str
    owner: str
    due_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    minutes: int | None = None
    done: bool = False
    shared: bool = False


class UnmetNeed(Contract):
    """What was asked and not found. ``text`` is the id of its words, ``what`` those words when read."""

    need: str
    kind: str
    unit: str
    asked: int
    available: int
    missing: int
    asked_by: str = ""
    asked_at: AwareDatetime
    status: str
    text: str = ""
    what: str = ""


class ReviewDay(Contract):
    """A day of the crisis, for the chart. What was not measured is empty, never zero."""

    day: date
    level: int
    places: int | None = None
    booked: int | None = None
    visits: int | None = None
    tensions: int = 0
    reported: int = 0
    due: int = 0
    shared: bool = False


class ReviewFacts(Contract):
    """What the facts say: ``timeline`` in order, ``daily`` for the chart, what was late or unmet.

    ``shared_with`` names the plans of other crises open on the same days, ``left_out`` counts moments not shown.
    """

    timeline: tuple[ReviewMoment, ...] = ()
    left_out: int = 0
    indicators: tuple[ReviewIndicator, ...] = ()
    late_actions: tuple[LateAction, ...] = ()
    unmet_needs: tuple[UnmetNeed, ...] = ()
    daily: tuple[ReviewDay, ...] = ()
    shared_with: tuple[str, ...] = ()


class ImprovementItem(Contract):
    """Something to do better, as a list shows it."""

    id: str
    review: str
    playbook: str
    title: str
    owner: str
    due_on: date
    status: str
    late: bool = False
    plan_version: int | None = None
    reason: str = ""
    decided_at: AwareDatetime
    closed_at: AwareDatetime | None = None


class ReviewFound(Contract):
    """A review: what facts say by themselves, what people said, what will be done, which plan versions followed.

    Frozen once published: ``up_to`` is the journal's number then, ``sha256`` the print of ``facts``.
    ``outside``: read by a partner, names of people and structures and what people wrote left out.
    """

    item: ReviewItem
    facts: ReviewFacts
    meetings: tuple[ReviewMeeting, ...] = ()
    improvements: tuple[ImprovementItem, ...] = ()
    plan_versions: tuple[int, ...] = ()
    up_to: int = 0
    sha256: str = ""
    outside: bool = False


class ListImprovements(ListQuestion):
    """Improvements, open ones first, soonest due first (``ImprovementItem`` items)."""

    service: ClassVar[str] = "reviews"
    what: ClassVar[str] = "improvements"

    open_only: bool = False
    playbook: str | None = None
    review: str | None = None


class AskReviewDocument(Question):
    """A review as a PDF, chart included (``contracts.digests.Document``)."""

    service: ClassVar[str] = "reviews"
    what: ClassVar[str] = "document"

    review: str
