"""The plan de crise as a document: the yearly deliverable of a CPTS to the ARS and the CPAM."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, Question


class CrisisPlanDelivered(Fact):
    """The document was sent; ``sha256`` is that of its content, kept as it was sent."""

    entity: ClassVar[str] = "crisis-plan"
    happened: ClassVar[str] = "delivered"

    delivery: str
    number: int
    recipients: tuple[str, ...]
    on: date
    sha256: str
    gaps: int
    by: str


class DeliverCrisisPlan(Command):
    """Freeze the document as it stands and note that it was sent, to whom and on which day (today by default)."""

    service: ClassVar[str] = "readiness"
    verb: ClassVar[str] = "deliver"

    recipients: tuple[Literal["ars", "cpam"], ...] = Field(default=("ars", "cpam"), min_length=1, max_length=2)
    on: date | None = None


class AskCrisisPlan(Question):
    """The document of this moment, or one as it was sent (``contracts.digests.Document``)."""

    service: ClassVar[str] = "readiness"
    what: ClassVar[str] = "crisis-plan"

    form: Literal["pdf", "docx", "json"] = "pdf"
    delivery: str | None = None


class ListDeliveries(ListQuestion):
    """Documents sent, newest first; a ``Page`` of ``DeliveryItem``."""

    service: ClassVar[str] = "readiness"
    what: ClassVar[str] = "deliveries"


class DeliveryItem(Contract):
    """A document as it was sent."""

    id: str
    number: int
    recipients: tuple[str, ...]
    on: date
    at: AwareDatetime
    by: str
    sha256: str
    gaps: int


class AskGaps(Question):
    """What the plan de crise lacks (``GapsFound``); ``silent`` names the services that did not answer."""

    service: ClassVar[str] = "readiness"
    what: ClassVar[str] = "gaps"


class Gap(Contract):
    """Something missing: what, why it matters, who could fill it."""

    key: str
    what: str
    why: str
    who: str


class GapsFound(Contract):
    """The gaps, those of the whole CPTS first, then plan by plan."""

    gaps: tuple[Gap, ...] = ()
    silent: tuple[str, ...] = ()
