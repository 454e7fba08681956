"""Digests: the point de situation of a day, drafted, published, validated."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, Question


class DigestBody(Fact):
    """``up_to`` is the logbook number the figures stop at, ``head`` the chain's hash there."""

    digest: str
    number: int
    day: date
    up_to: int
    head: str
    as_of: AwareDatetime


class DigestDrafted(DigestBody):
    """The draft of the day is ready to read and edit; ``remade``: a point was only made again, it calls nobody."""

    entity: ClassVar[str] = "digest"
    happened: ClassVar[str] = "drafted"

    remade: bool = False


class DigestPublished(DigestBody):
    """Sent once to the cell; ``late`` when the desk was down at the hour."""

    entity: ClassVar[str] = "digest"
    happened: ClassVar[str] = "published"

    late: bool = False
    summary_sha256: str = ""


class DigestValidated(DigestBody):
    """The référent let the outside version go to ARS, SAMU and mairies."""

    entity: ClassVar[str] = "digest"
    happened: ClassVar[str] = "validated"

    by: str


class DraftDigest(Command):
    """Make the point of a day now, or make a past one again as of ``as_of``."""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "draft"

    day: date | None = None
    as_of: AwareDatetime | None = None


class EditDigest(Command):
    """Replace a text of the draft: ``item`` is ``essentiel``, ``decisions``, ``communication``…"""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "edit"

    digest: str
    item: str
    text: str = Field(max_length=4000)


class ValidateDigest(Command):
    """Let the outside version go."""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "validate"

    digest: str


class ListDigests(ListQuestion):
    """Digests, newest first."""

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "list"


class AskDigest(Question):
    """One digest in one form; ``version`` interne or externe. Answered by ``Document``."""

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "document"

    digest: str
    form: Literal["json", "html", "pdf", "txt"] = "json"
    version: Literal["interne", "externe"] = "interne"


class AskKit(Question):
    """The morning's paper kit as PDF: situation, phone list, open requests, blank journal page."""

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "kit"


class Document(Contract):
    """A rendered document, base64."""

    media_type: str
    filename: str
    body: str


class AskFigures(Question):
    """Figures of a period by day, commune, profession, crisis; answered by ``FiguresFound``.

    By ``crisis``, the places given to each plan's crisis are apart; other figures belong to the territory.
    """

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "figures"

    first: date
    last: date
    by: tuple[Literal["day", "commune", "profession", "crisis"], ...] = ("day",)


class FigureRow(Contract):
    """One figure: its value, who reported out of who was due (empty for registers, which are complete).

    ``crisis`` is the plan of the crisis that places were given to, when asked by crisis.
    """

    indicator: str
    label: str
    day: date | None = None
    commune: str | None = None
    profession: str | None = None
    value: int | None
    reported: int | None = None
    due: int | None = None
    crisis: str | None = None


class FiguresFound(Contract):
    """Rows and the logbook number they stop at."""

    rows: tuple[FigureRow, ...] = ()
    up_to: int = 0
    extra: dict[str, Any] = {}
