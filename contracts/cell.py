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


#: What each function is called, and what it is for in one sentence: the written note of functions.
FUNCTIONS: dict[CellFunction, tuple[str, str]] = {
    CellFunction.PILOTE: (
        "Pilote",
        "Dirige la cellule, tranche, décide avec son motif et fixe l'heure du prochain point.",
    ),
    CellFunction.COORDINATION: (
        "Coordination",
        "Suit les actions et leurs échéances, prépare les décisions, relaie vers le terrain.",
    ),
    CellFunction.MAIN_COURANTE: (
        "Main courante",
        "Écrit au journal de bord chaque information, chaque décision et son heure ; relit avant la relève.",
    ),
    CellFunction.COMMUNICATION: (
        "Communication",
        "Rédige le message unique pour le public et les professionnels, le fait valider, le diffuse.",
    ),
    CellFunction.MOBILISATION: (
        "Mobilisation",
        "Appelle les professionnels volontaires, ouvre les places de crise, organise les relèves.",
    ),
    CellFunction.LOGISTIQUE: (
        "Logistique",
        "Trouve locaux, matériel et transport, et dit ce qui manque.",
    ),
    CellFunction.LIAISON: (
        "Liaison avec les autorités",
        "Tient le lien avec l'ARS, le SAMU, le DAC, les hôpitaux et les communes, et note chaque échange.",
    ),
    CellFunction.AUTRE: ("Autre présent", "Assiste la cellule sans y tenir de fonction."),
}
#: Those a session calls when nothing else is said.
SEATS: tuple[CellFunction, ...] = tuple(item for item in FUNCTIONS if item is not CellFunction.AUTRE)
#: A cell that calls more people than this no longer decides.
MOST_CALLED = 15


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


#: How a judgement reads.
GRAVITIES: dict[Gravity, str] = {
    Gravity.FAIBLE: "faible",
    Gravity.MODEREE: "modérée",
    Gravity.FORTE: "forte",
    Gravity.EXTREME: "extrême",
    Gravity.AUTRE: "autre",
}
PROPORTIONS: dict[Proportion, str] = {
    Proportion.SUFFISANTS: "suffisants",
    Proportion.JUSTES: "justes",
    Proportion.INSUFFISANTS: "insuffisants",
    Proportion.AUTRE: "autre",
}


class FunctionAssigned(Fact):
    """Outside or during a crisis: who holds a function of the cell, and the deputies, in order.

    ``holder`` is empty once the last person named for it was erased from the directory.
    """

    entity: ClassVar[str] = "cell-function"
    happened: ClassVar[str] = "assigned"

    function: CellFunction
    version: int
    holder: str | None = None
    deputies: tuple[str, ...] = ()


class CellBody(Fact):
    """``crises`` are those the session serves, ``playbooks`` their plans in the same order: one session for all."""

    cell: str
    version: int
    crises: tuple[str, ...]
    playbooks: tuple[str, ...] = ()


class CellConvened(CellBody):
    """The cell is called: when, where, which functions. ``place`` may hold a link or a room.

    ``called`` are the people to call, from the roster and the duty, at most fifteen.
    """

    entity: ClassVar[str] = "cell"
    happened: ClassVar[str] = "convened"

    starts_at: AwareDatetime
    place: TextRef | None = None
    functions: tuple[CellFunction, ...] = ()
    called: tuple[str, ...] = ()
    by: str


class CellWidened(CellBody):
    """The session under way serves a crisis more, or one fewer (``left``), or calls functions more.

    ``called`` are people called now who were not before.
    """

    entity: ClassVar[str] = "cell"
    happened: ClassVar[str] = "widened"

    joined: tuple[str, ...] = ()
    left: str | None = None
    functions: tuple[CellFunction, ...] = ()
    called: tuple[str, ...] = ()


class CellMemberArrived(CellBody):
    """Somebody holds a function in this session, from now on. ``outsider`` names who is not in the directory."""

    entity: ClassVar[str] = "cell-member"
    happened: ClassVar[str] = "arrived"

    function: CellFunction
    person: str | None = None
    outsider: TextRef | None = None
    at: AwareDatetime


class CellMemberRelieved(CellBody):
    """A function passes from ``person`` to ``to`` (relève), or is left without anyone (``to``, ``outsider`` empty).

    Who is not in the directory is ``outsider`` when taking it, ``left_by`` when leaving it.
    """

    entity: ClassVar[str] = "cell-member"
    happened: ClassVar[str] = "relieved"

    function: CellFunction
    person: str | None = None
    left_by: TextRef | None = None
    to: str | None = None
    outsider: TextRef | None = None
    handover: TextRef | None = None
    at: AwareDatetime


class CellDismissed(CellBody):
    """The session is over: a person said so, or its last crisis closed (``crisis_over``)."""

    entity: ClassVar[str] = "cell"
    happened: ClassVar[str] = "dismissed"

    at: AwareDatetime
    crisis_over: bool = False
    reason: TextRef | None = None


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


class NeedSum(Contract):
    """Open needs of one kind and unit, added up need by need: what one has too much never covers another."""

    kind: str
    unit: str
    needs: int
    asked: int
    available: int
    missing: int
    margin: int


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
    sums: tuple[NeedSum, ...] = ()


class AssignFunction(Command):
    """Say who holds a function, and the deputies, in order."""

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "assign"

    function: CellFunction
    holder: str = Field(min_length=1, max_length=63)
    deputies: tuple[str, ...] = Field(default=(), max_length=10)


class ConveneCell(Command):
    """Call the cell for the crises named, all those open without a name; the session under way is widened.

    Without functions, the seven are called. Asked again while it sits, it changes nothing and says who called it.
    """

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "convene"

    crises: tuple[str, ...] = Field(default=(), max_length=20)
    starts_at: AwareDatetime | None = None
    place: str = Field(default="", max_length=300, description="a room, or a link")
    functions: tuple[CellFunction, ...] = Field(default=(), max_length=10)


class Convened(Contract):
    """``status`` is ``new``, ``widened`` or ``known``; ``message`` says in French what came of the call."""

    id: str
    status: Literal["new", "widened", "known"]
    message: str
    crises: tuple[str, ...]
    called: tuple[str, ...] = ()


class NotePresence(Command):
    """Somebody is there and holds this function: a person of the directory, or an outsider by name.

    Neither named: the person called for it, by duty, then by the roster.
    """

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "present"

    function: CellFunction
    person: str | None = Field(default=None, max_length=63)
    outsider: str = Field(default="", max_length=120)
    at: AwareDatetime | None = None


class RelieveMember(Command):
    """Pass a function on (relève), with a word of handover; nobody named, it is left without anyone."""

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
    """Log an exchange with a partner, named by key (``samu``) or in full; ``at`` when it was typed afterwards.

    Without crises named, it is for those the session serves, or those open.
    """

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "contact"

    partner: str = Field(min_length=1, max_length=120)
    direction: Literal["recu", "emis"]
    channel: str = Field(default="", max_length=60)
    text: str = Field(min_length=1, max_length=2000)
    person: str = Field(default="", max_length=120)
    crises: tuple[str, ...] = Field(default=(), max_length=20)
    verified: bool = False
    at: AwareDatetime | None = None


class StateNeed(Command):
    """Say what is asked for, how much, by whom (a partner's key, or in full), for when; the crisis when only one runs.

    What is available may be more than asked: it shows as margin.
    """

    service: ClassVar[str] = "cell"
    verb: ClassVar[str] = "need"

    crisis: str | None = None
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
    """The roster and the session under way (``CellFound``); outside the CPTS, whether it sits, never who."""

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "state"


class FunctionHeld(Contract):
    """A function: who holds it by the roster, and who is there now. ``present_name`` is an outsider's.

    ``expected`` is who is called for it now: the person on duty, else the holder. ``filled``: somebody is there.
    """

    function: CellFunction
    label: str
    role: str = ""
    holder: str | None = None
    deputies: tuple[str, ...] = ()
    expected: str | None = None
    called: bool = False
    filled: bool = False
    present: str | None = None
    present_name: str = ""
    since: AwareDatetime | None = None


class Guest(Contract):
    """Somebody there without a function: a person of the directory, or an outsider by name."""

    person: str | None = None
    name: str = ""
    since: AwareDatetime


class CellFound(Contract):
    """``session`` is empty when no cell sits; ``absent`` counts functions called that nobody holds yet.

    ``last_dismissed_at`` is when the last session ended, when none sits.
    """

    functions: tuple[FunctionHeld, ...] = ()
    guests: tuple[Guest, ...] = ()
    session: str | None = None
    crises: tuple[str, ...] = ()
    playbooks: tuple[str, ...] = ()
    convened_at: AwareDatetime | None = None
    convened_by: str | None = None
    starts_at: AwareDatetime | None = None
    place: str = ""
    absent: int = 0
    last_dismissed_at: AwareDatetime | None = None


class ListContacts(ListQuestion):
    """Exchanges with partners, newest first, for the desk.

    Items: ``id, partner, name, direction, channel, text, person, crises, at, noted_at, by, verified``.
    """

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "contacts"

    partner: str | None = None
    crisis: str | None = None


class AskPartners(Question):
    """The board of partners (``PartnersFound``), for the desk: last exchange and open requests of each."""

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "partners"


class PartnerStanding(Contract):
    """Where one partner stands. ``contacts`` 0 and ``last_at`` empty: never contacted. Ages are in minutes."""

    partner: str
    name: str
    contacts: int = 0
    last_at: AwareDatetime | None = None
    last_minutes: int | None = None
    last_direction: Literal["recu", "emis"] | None = None
    last_text: str = ""
    requests: int = 0
    oldest_request_minutes: int | None = None


class PartnersFound(Contract):
    """Partners of the territory, then others contacted. ``requests_known`` is false when they could not be read."""

    partners: tuple[PartnerStanding, ...] = ()
    requests_known: bool = True


class ListNeeds(ListQuestion):
    """Needs, open ones first, newest first.

    The desk reads each: ``id, version, crisis, kind, what, unit, asked, available, missing, margin, asked_by,
    asked_at, age_minutes, wanted_by, late, status, how, reason``. A professional reads sums of what is open
    (``NeedSum``), the ARS and the SAMU the sums of what they asked themselves.
    """

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "needs"

    crisis: str | None = None
    open_only: bool = False


class ListJudgements(ListQuestion):
    """Judgements of gravity, newest first, for the desk.

    Items: ``id, crisis, version, gravity, proportion, reason, by, at, needs_open, needs_short, sums``.
    """

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "judgements"

    crisis: str | None = None


class AskMeansPage(Question):
    """The page « gravité et proportion des moyens » of a crisis (``contracts.digests.Document``), for the desk.

    ``json`` is the content the PDF is printed from.
    """

    service: ClassVar[str] = "cell"
    what: ClassVar[str] = "means-page"

    crisis: str
    form: Literal["pdf", "json"] = "pdf"
