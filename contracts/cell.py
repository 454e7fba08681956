"""The crisis cell: its functions and who holds them, its sessions, contacts with partners, needs against means."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, Question, TextRef


class CellFunction(OpenEnum):
    """What somebody holds in the cell. ``main_courante`` keeps the journal de bord."""

    PILOTE = "pilote"
    COORDINATION = "coordination"
    MAIN_COURANTE = "main_courante"
    COMMUNICATION = "communication"
    MOBILISATION = "mobilisation"
    LOGISTIQUE = "logistique"
    LIAISON = "liaison"
    AUTRE = "autre"


class Gravity(OpenEnum):
    """How hard the crisis presses, as a person judges it."""

    FAIBLE = "faible"
    MODEREE = "moderee"
    FORTE = "forte"
    EXTREME = "extreme"
    AUTRE = "autre"


class Proportion(OpenEnum):
    """Means against what is asked, as a person judges it."""

    SUFFISANTS = "suffisants"
    JUSTES = "justes"
    INSUFFISANTS = "insuffisants"
    AUTRE = "autre"


class FunctionAssigned(Fact):
    """Outside or during a crisis: who holds a function of the cell, and the deputies, in order."""

    entity: ClassVar[str] = "cell-function"
    happened: ClassVar[str] = "assigned"

    function: CellFunction
    version: int
    holder: str
    deputies: tuple[str, ...] = ()


class CellBody(Fact):
    """``crises`` are those the session serves: one session meets for all."""

    cell: str
    crises: tuple[str, ...]


class CellConvened(CellBody):
    """The cell is called: when, where, which functions. ``place`` may hold a link or a room."""

    entity: ClassVar[str] = "cell"
    happened: ClassVar[str] = "convened"

    starts_at: AwareDatetime
    place: TextRef | None = None
    functions: tuple[CellFunction, ...] = ()
    by: str


class CellWidened(CellBody):
    """A second crisis is served by the session under way, or one fewer."""

    entity: ClassVar[str] = "cell"
    happened: ClassVar[str] = "widened"


class CellMemberArrived(CellBody):
    """Somebody holds a function in this session, from now on. ``outsider`` names who is not in the directory."""

    entity: ClassVar[str] = "cell-member"
    happened: ClassVar[str] = "arrived"

    function: CellFunction
    person: str | None = None
    outsider: TextRef | None = None
    at: AwareDatetime


class CellMemberRelieved(CellBody):
    """A function passes from one person to another (relève), or is left without anyone (``to`` empty)."""

    entity: ClassVar[str] = "cell-member"
    happened: ClassVar[str] = "relieved"

    function: CellFunction
    person: str | None = None
    to: str | None = None
    outsider: TextRef | None = None
    handover: TextRef | None = None
    at: AwareDatetime


class CellDismissed(CellBody):
    """The session is over: a person said so, or its last crisis closed."""

    entity: ClassVar[str] = "cell"
    happened: ClassVar[str] = "dismissed"

    at: AwareDatetime
    because: str = ""


class PartnerContacted(Fact):
    """An exchange with a partner (ARS, SAMU, DAC, hospital, communes), in or out, logged by who had it."""

    entity: ClassVar[str] = "partner"
    happened: ClassVar[str] = "contacted"

    contact: str
    partner: str
    direction: Literal["recu", "emis"]
    channel: str = ""
    crises: tuple[str, ...] = ()
    text: TextRef
    person: TextRef | None = None
    verified: bool = False
    at: AwareDatetime


class NeedBody(Fact):
    """Something asked for: ``asked`` out of which ``available`` was found, in ``unit``; ``crisis`` it belongs to.

    ``kind`` is a short key (``consultations``, ``visites``, ``soignants``, ``materiel``, ``locaux``, ``autre``).
    """

    need: str
    version: int
    crisis: str
    kind: str
    what: TextRef
    unit: str
    asked: int
    available: int = 0
    asked_by: str
    asked_at: AwareDatetime
    wanted_by: AwareDatetime | None = None
    status: Literal["open", "met", "dropped"] = "open"


class NeedStated(NeedBody):
    """A partner, or the cell itself, asks for something countable."""

    entity: ClassVar[str] = "need"
    happened: ClassVar[str] = "stated"


class NeedUpdated(NeedBody):
    """What was found, or asked, changed; ``how`` says by whom it is met."""

    entity: ClassVar[str] = "need"
    happened: ClassVar[str] = "updated"

    how: TextRef | None = None


class NeedClosed(NeedBody):
    """Met, or dropped with a reason: what was still missing is known for good."""

    entity: ClassVar[str] = "need"
    happened: ClassVar[str] = "closed"

    reason: TextRef | None = None


class GravityJudged(Fact):
    """A person judged how hard the crisis presses and whether the means are in proportion, on these sums."""

    entity: ClassVar[str] = "gravity"
    happened: ClassVar[str] = "judged"

    judgement: str
    crisis: str
    version: int
    gravity: Gravity
    proportion: Proportion
    reason: TextRef
    by: str
    at: AwareDatetime
    needs_open: int = 0
    needs_short: int = 0


class AssignFunction(Command):
    """Say who holds a function, and the deputies, in order."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "assign"

    function: CellFunction
    holder: str = Field(min_length=1, max_length=63)
    deputies: tuple[str, ...] = Field(default=(), max_length=10)


class ConveneCell(Command):
    """Call the cell for the crises named, all those open without a name; the session under way is widened."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "convene"

    crises: tuple[str, ...] = ()
    starts_at: AwareDatetime | None = None
    place: str = Field(default="", max_length=300)
    functions: tuple[CellFunction, ...] = Field(default=(), max_length=10)


class NotePresence(Command):
    """Somebody is there and holds this function: a person of the directory, or an outsider by name."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "present"

    function: CellFunction
    person: str | None = Field(default=None, max_length=63)
    outsider: str = Field(default="", max_length=120)
    at: AwareDatetime | None = None


class RelieveMember(Command):
    """Pass a function on (relève), with a word of handover."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "relieve"

    function: CellFunction
    to: str | None = Field(default=None, max_length=63)
    outsider: str = Field(default="", max_length=120)
    handover: str = Field(default="", max_length=2000)
    at: AwareDatetime | None = None


class DismissCell(Command):
    """End the session under way."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "dismiss"

    reason: str = Field(default="", max_length=1000)


class NoteContact(Command):
    """Log an exchange with a partner."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "contact"

    partner: str = Field(min_length=1, max_length=120)
    direction: Literal["recu", "emis"]
    channel: str = Field(default="", max_length=60)
    text: str = Field(min_length=1, max_length=2000)
    person: str = Field(default="", max_length=120)
    crises: tuple[str, ...] = ()
    verified: bool = False
    at: AwareDatetime | None = None


class StateNeed(Command):
    """Say what is asked for, how much, by whom, for when."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "need"

    crisis: str
    kind: str = Field(pattern=r"^[a-z][a-z_]{1,40}$")
    what: str = Field(min_length=1, max_length=500)
    unit: str = Field(min_length=1, max_length=40)
    asked: int = Field(ge=1, le=100_000)
    available: int = Field(default=0, ge=0, le=100_000)
    asked_by: str = Field(min_length=1, max_length=120)
    asked_at: AwareDatetime | None = None
    wanted_by: AwareDatetime | None = None


class UpdateNeed(Command):
    """Say what was found, or that what is asked changed."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "need-update"

    need: str
    asked: int | None = Field(default=None, ge=1, le=100_000)
    available: int | None = Field(default=None, ge=0, le=100_000)
    how: str = Field(default="", max_length=1000)


class CloseNeed(Command):
    """Met, or dropped with a reason."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "need-close"

    need: str
    status: Literal["met", "dropped"]
    reason: str = Field(default="", max_length=1000)


class JudgeGravity(Command):
    """Judge how hard the crisis presses and whether means are in proportion; the sums of the moment are kept."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "judge"

    crisis: str
    gravity: Gravity
    proportion: Proportion
    reason: str = Field(min_length=1, max_length=2000)


class AskCell(Question):
    """The roster, the session under way, the last one (``CellFound``)."""

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "state"


class FunctionHeld(Contract):
    """A function: who holds it by the roster, and who is there now. ``present_name`` is an outsider's."""

    function: CellFunction
    label: str
    role: str = ""
    holder: str | None = None
    deputies: tuple[str, ...] = ()
    called: bool = False
    present: str | None = None
    present_name: str = ""
    since: AwareDatetime | None = None


class CellFound(Contract):
    """``session`` is empty when no cell sits; ``absent`` counts functions called that nobody holds yet."""

    functions: tuple[FunctionHeld, ...] = ()
    session: str | None = None
    crises: tuple[str, ...] = ()
    convened_at: AwareDatetime | None = None
    starts_at: AwareDatetime | None = None
    place: str = ""
    absent: int = 0


class ListContacts(ListQuestion):
    """Exchanges with partners, newest first: ``id, partner, direction, channel, text, person, at, by, verified``."""

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "contacts"

    partner: str | None = None
    crisis: str | None = None


class ListNeeds(ListQuestion):
    """Needs, open ones first: ``id, crisis, kind, what, unit, asked, available, missing, asked_by, asked_at…``."""

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "needs"

    crisis: str | None = None
    open_only: bool = False


class ListJudgements(ListQuestion):
    """Judgements of gravity, newest first: ``id, crisis, gravity, proportion, reason, by, at``."""

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "judgements"

    crisis: str | None = None


class AskMeansPage(Question):
    """The page « gravité et proportion des moyens » of a crisis as a PDF (``contracts.digests.Document``)."""

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "means-page"

    crisis: str
