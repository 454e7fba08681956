"""Solicitations: a coordinator asks professionals for places; each answers yes, no, or later."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, Field

from contracts.base import Command, Fact, ListQuestion, OpenEnum, TextRef
from contracts.slots import SlotMode


class SolicitationAnswer(OpenEnum):
    """What a professional says. ``plus_tard`` settles nothing: the solicitation is shown to them again."""

    OUI = "oui"
    NON = "non"
    PLUS_TARD = "plus_tard"
    AUTRE = "autre"


class SolicitationEnding(OpenEnum):
    """Why a solicitation takes no more answers."""

    CLOSE = "close"
    PERIODE = "periode"
    CRISE = "crise"
    AUTRE = "autre"


class SolicitationBody(Fact):
    """State of a solicitation: ``places`` wanted in all, between ``starts_at`` and ``ends_at``.

    ``groups`` and ``communes`` say how the addressees were chosen; no commune is the whole territory.
    """

    solicitation: str
    version: int
    groups: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    places: int
    mode: SlotMode
    crisis: str | None = None


class PlacesSolicited(SolicitationBody):
    """Places are asked for. ``addressees`` are opaque references, fixed from now on; ``text`` is what was written."""

    entity: ClassVar[str] = "solicitation"
    happened: ClassVar[str] = "asked"

    addressees: tuple[str, ...] = ()
    text: TextRef | None = None


class SolicitationAnswered(SolicitationBody):
    """``person`` answered; ``previous`` is what they had said before, ``entered_by`` who typed it for them."""

    entity: ClassVar[str] = "solicitation"
    happened: ClassVar[str] = "answered"

    person: str
    answer: SolicitationAnswer
    previous: SolicitationAnswer | None = None
    entered_by: str | None = None


class SolicitationClosed(SolicitationBody):
    """No more answers; ``yes`` of the ``solicited`` had said they can."""

    entity: ClassVar[str] = "solicitation"
    happened: ClassVar[str] = "closed"

    ending: SolicitationEnding
    solicited: int = 0
    yes: int = 0


class SolicitPlaces(Command):
    """Ask professionals for places: the members of ``groups``, the ``people`` named, or both.

    ``communes`` keeps, among the members of the groups, those who work there; who is named is always asked.
    """

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "solicit"

    groups: tuple[str, ...] = Field(default=(), max_length=30)
    people: tuple[str, ...] = Field(default=(), max_length=500)
    communes: tuple[str, ...] = Field(default=(), max_length=60)
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    places: int = Field(ge=1, le=1000)
    mode: SlotMode = SlotMode.CONSULTATION
    text: str = Field(default="", max_length=500)
    crisis: str | None = None


class AnswerSolicitation(Command):
    """Yes, no or later; it replaces the former answer. ``professional`` when typed for someone reached by phone."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "answer"

    solicitation: str
    answer: SolicitationAnswer
    professional: str | None = Field(default=None, max_length=63)


class CloseSolicitation(Command):
    """Take no more answers."""

    service: ClassVar[str] = "slots"
    verb: ClassVar[str] = "close"

    solicitation: str


class ListSolicitations(ListQuestion):
    """Solicitations, newest first.

    Coordinators and référents receive the counts and each answer by person; a professional those addressed to
    them, with their own answer.
    """

    service: ClassVar[str] = "slots"
    what: ClassVar[str] = "solicitations"

    open_only: bool = False
