"""Activity: what the field reports, tensions seen in practices, requests made to partners."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, Question, TextRef


class VadKind(OpenEnum):
    """``urgente``: asked and made the same day, unplanned. ``non_urgente``: planned follow-up."""

    URGENTE = "urgente"
    NON_URGENTE = "non_urgente"
    AUTRE = "autre"


class TensionKind(OpenEnum):
    """What a practice sees; never a patient."""

    DESHYDRATATION = "deshydratation"
    COUP_DE_CHALEUR = "coup_de_chaleur"
    ACCES_AUX_SOINS = "acces_aux_soins"
    RUPTURE_DE_CONTINUITE = "rupture_de_continuite"
    SURCHARGE = "surcharge"
    AUTRE = "autre"


class VadReported(Fact):
    """Home visits of one structure, one day, one profession. ``replaces`` is the report it corrects."""

    entity: ClassVar[str] = "vad"
    happened: ClassVar[str] = "reported"

    report: str
    version: int
    structure: str
    commune: str
    day: date
    profession: Literal["medecin", "infirmier"]
    kind: VadKind
    count: int
    previous: int | None = None
    replaces: str | None = None
    entered_by: str | None = None


class ActivityReported(Fact):
    """One indicator of one structure, one day (``consultations_non_programmees``, ``perfusions``…)."""

    entity: ClassVar[str] = "activity"
    happened: ClassVar[str] = "reported"

    report: str
    version: int
    structure: str
    commune: str
    day: date
    indicator: str
    value: int
    previous: int | None = None
    replaces: str | None = None
    entered_by: str | None = None


class TensionReported(Fact):
    """A tension seen in a practice, ``count`` times."""

    entity: ClassVar[str] = "tension"
    happened: ClassVar[str] = "reported"

    tension: str
    structure: str
    commune: str
    kind: TensionKind
    count: int = 1
    note: TextRef | None = None
    seen_at: AwareDatetime
    entered_by: str | None = None


class PartnerRequested(Fact):
    """The CPTS asked something of a partner (ARS, SAMU, mairie, hôpital…)."""

    entity: ClassVar[str] = "request"
    happened: ClassVar[str] = "sent"

    request: str
    version: int = 1
    partner: str
    text: TextRef
    asked_at: AwareDatetime
    crisis: str | None = None


class PartnerAnswered(Fact):
    """The partner answered, or a reminder was sent (``closes`` is then false)."""

    entity: ClassVar[str] = "request"
    happened: ClassVar[str] = "answered"

    request: str
    version: int
    partner: str
    answer: TextRef
    answered_at: AwareDatetime
    closes: bool = True


class ReportVad(Command):
    """Declare home visits; sending again for the same structure, day, profession and kind corrects."""

    service: ClassVar[str] = "activity"
    verb: ClassVar[str] = "vad"

    structure: str
    day: date
    profession: Literal["medecin", "infirmier"]
    kind: VadKind
    count: int = Field(ge=0, le=2000)


class ReportActivity(Command):
    """Declare one indicator of one day; sending again corrects."""

    service: ClassVar[str] = "activity"
    verb: ClassVar[str] = "activity"

    structure: str
    day: date
    indicator: str = Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")
    value: int = Field(ge=0, le=100000)


class ReportTension(Command):
    """Tell a tension, in a practice of the territory."""

    service: ClassVar[str] = "activity"
    verb: ClassVar[str] = "tension"

    structure: str
    kind: TensionKind
    commune: str = Field(min_length=5, max_length=5)
    count: int = Field(default=1, ge=1, le=1000)
    note: str = Field(default="", max_length=1000)
    seen_at: AwareDatetime | None = Field(default=None, description="when it was seen, if typed afterwards")


class AskPartner(Command):
    """Record a request to a partner."""

    service: ClassVar[str] = "activity"
    verb: ClassVar[str] = "request"

    partner: str = Field(min_length=1, max_length=120)
    text: str = Field(min_length=1, max_length=1000)
    asked_at: AwareDatetime | None = None
    crisis: str | None = None


class AnswerRequest(Command):
    """Record what a partner answered; ``closes`` false keeps the request open (a reminder, a partial answer)."""

    service: ClassVar[str] = "activity"
    verb: ClassVar[str] = "answer"

    request: str
    answer: str = Field(min_length=1, max_length=2000)
    closes: bool = True
    answered_at: AwareDatetime | None = Field(default=None, description="when it was answered, if typed afterwards")


class ListReports(ListQuestion):
    """Reports of a period by structure; refused to ARS and SAMU, who read figures instead."""

    service: ClassVar[str] = "activity"
    what: ClassVar[str] = "reports"

    first: date | None = None
    last: date | None = None


class ListTensions(ListQuestion):
    """Tensions of a period; totals by commune for ARS and SAMU."""

    service: ClassVar[str] = "activity"
    what: ClassVar[str] = "tensions"

    first: date | None = None
    last: date | None = None


class ListRequests(ListQuestion):
    """Requests to partners with their age; ``open_only`` keeps the unanswered."""

    service: ClassVar[str] = "activity"
    what: ClassVar[str] = "requests"

    open_only: bool = False


class AskCoverage(Question):
    """Who was due, who reported, on one day (``CoverageFound``); names for coordinators, counts for the others."""

    service: ClassVar[str] = "activity"
    what: ClassVar[str] = "coverage"

    day: date


class CoverageFound(Contract):
    """``reported`` out of ``due`` on one day; ``missing`` is what was due and did not come.

    ``free`` counts structures that reported without being due. ``items`` has a row by structure that was
    due or reported: ``structure, name, commune, due, reported, missing, indicators, reported_indicators``.
    """

    day: date
    due: int
    reported: int
    missing: int
    free: int = 0
    items: tuple[dict, ...] = ()  # type: ignore[type-arg]  # rows for a screen, shown as they are
