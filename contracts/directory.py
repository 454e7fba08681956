"""Directory: people, structures, duty and tokens. Facts carry opaque references; names stay with the owner."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, Question, Role


class Closure(Contract):
    """Days a structure is closed, both included."""

    first: date
    last: date


class Reporting(Contract):
    """What a structure chose to report, and when it is due.

    ``weekdays`` are 0 (Monday) to 6; ``holidays`` says whether public holidays count as due days.
    An empty ``weekdays`` is a structure that reports freely and is never missing.
    """

    indicators: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    holidays: bool = False


class TimeBand(Contract):
    """When someone may be called: weekdays 0 to 6, ``start``/``end`` as local ``HH:MM`` (may pass midnight)."""

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    start: str = "00:00"
    end: str = "24:00"


class PersonEnrolled(Fact):
    """A person is known, or their entry changed. No name, no number, no address."""

    entity: ClassVar[str] = "person"
    happened: ClassVar[str] = "enrolled"

    person: str
    version: int = 1
    profession: str = ""
    roles: tuple[Role, ...] = ()
    structure: str | None = None
    communes: tuple[str, ...] = ()
    certifies: bool = False
    bands: tuple[TimeBand, ...] = ()
    groups: tuple[str, ...] = ()


class PersonErased(Fact):
    """Their names and contacts are gone from the directory."""

    entity: ClassVar[str] = "person"
    happened: ClassVar[str] = "erased"

    person: str


class StructureEnrolled(Fact):
    """A structure of the territory, with what it reports and its closures."""

    entity: ClassVar[str] = "structure"
    happened: ClassVar[str] = "enrolled"

    structure: str
    version: int = 1
    kind: str
    name: str
    commune: str
    professions: tuple[str, ...] = ()
    reporting: Reporting = Reporting()
    closures: tuple[Closure, ...] = ()


class DutyTaken(Fact):
    """``person`` now holds ``role`` (``coordinatrice``, ``referent``…); ``deputies`` are called next, in order.

    ``taken_from`` is who held it until then, when the duty passes from hand to hand.
    """

    entity: ClassVar[str] = "duty"
    happened: ClassVar[str] = "taken"

    role: str
    person: str
    version: int
    deputies: tuple[str, ...] = ()
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None
    taken_from: str | None = None


class DutyGiven(Fact):
    """``person`` no longer holds ``role``; ``to`` took it, if anyone did."""

    entity: ClassVar[str] = "duty"
    happened: ClassVar[str] = "given"

    role: str
    person: str
    to: str | None = None
    version: int
    until: AwareDatetime | None = None


class EnrollPerson(Command):
    """Add or change a person. ``channels`` are Apprise-style addresses: ``mailto:…``, ``sms:+33…``, a webhook."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "enroll-person"

    person: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    name: str = Field(min_length=1, max_length=120)
    function: str = Field(default="", max_length=120)
    profession: str = ""
    roles: tuple[Role, ...] = ()
    structure: str | None = None
    communes: tuple[str, ...] = ()
    certifies: bool = False
    bands: tuple[TimeBand, ...] = ()
    groups: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    channels: tuple[str, ...] = ()


class ErasePerson(Command):
    """Erase the names and contacts of a person; the reference stays in the facts."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "erase-person"

    person: str


class EnrollStructure(Command):
    """Add or change a structure."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "enroll-structure"

    structure: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    kind: str
    name: str = Field(min_length=1, max_length=120)
    commune: str
    professions: tuple[str, ...] = ()
    reporting: Reporting = Reporting()
    closures: tuple[Closure, ...] = ()


class ChangeDuty(Command):
    """Take or give a duty role: ``person`` holds it from now (or ``starts_at``) until ``ends_at``."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "duty"

    role: str = Field(min_length=1, max_length=60)
    person: str
    deputies: tuple[str, ...] = ()
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class IssueToken(Command):
    """A bearer token for a role or a person; the answer is the only time it can be read (``TokenIssued``)."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "issue-token"

    role: Role | None = None
    person: str | None = None
    expires_at: AwareDatetime | None = None


class TokenIssued(Contract):
    """``token`` is shown once; only its SHA-256 is kept. ``id`` is used to revoke it."""

    remember: ClassVar[bool] = False

    id: str
    token: str


class RevokeToken(Command):
    """A token, a session or a personal link stops working within five seconds (the gateway's cache)."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "revoke-token"

    token: str = Field(description="id of the token, not its secret")


class ListTokens(ListQuestion):
    """Accesses still valid, newest first: id, use, role or person, by whom and when made. Never the secret itself.

    ``use`` keeps one kind (``jeton``, ``session``, ``professionnel``), ``person`` those of one person.
    """

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "tokens"

    use: str | None = None
    person: str | None = None


class WhoCalls(Question):
    """The principal behind a token, by the SHA-256 of the token; answered by ``CallerFound``."""

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "caller"

    token_sha256: str


class CallerFound(Contract):
    """``principal`` is empty when the token is unknown, revoked or expired.

    ``use`` is what was shown: ``jeton``, ``session`` or ``professionnel`` (a personal link). For a personal link
    that worked once, ``over`` says why it no longer does (``expire`` or ``revoque``) and ``territory`` where it did.
    """

    principal: dict | None = None  # type: ignore[type-arg]  # Principal as JSON, parsed by the caller
    use: str = "jeton"
    over: str = ""
    territory: str = ""


class WhoIsOnDuty(Question):
    """Duty roles and who holds them at ``at`` (now by default); answered by a ``Page`` of ``DutyHeld``."""

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "duty"

    at: AwareDatetime | None = None


class DutyHeld(Contract):
    """A role, its holder and deputies, with the names and numbers a person on duty may read."""

    role: str
    person: str | None
    name: str = ""
    phone: str | None = None
    deputies: tuple[str, ...] = ()
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class WhoAre(Question):
    """Names and functions of references (``PeopleFound``); an erased person answers an empty name."""

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "names"

    people: tuple[str, ...] = ()


class PersonName(Contract):
    """A name for a screen or a print; never for a fact."""

    person: str
    name: str
    function: str = ""


class PeopleFound(Contract):
    """Names of the references asked for."""

    people: tuple[PersonName, ...] = ()


class HowToReach(Question):
    """Channels of people, groups (``medecins``) or duty roles (``role:coordinatrice``); ``ContactsFound``."""

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "contacts"

    targets: tuple[str, ...] = ()


class Contact(Contract):
    """How to reach one person: channels in the order they are tried."""

    person: str
    name: str = ""
    email: str | None = None
    phone: str | None = None
    channels: tuple[str, ...] = ()


class ContactsFound(Contract):
    """Contacts by target asked."""

    contacts: dict[str, tuple[Contact, ...]] = {}


class ListPeople(ListQuestion):
    """People of a territory, names included, for who is allowed."""

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "people"


class ListStructures(ListQuestion):
    """Structures of a territory."""

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "structures"


class AskOwnEntry(Question):
    """What the directory holds of the person who asks, for their own page; answered by ``OwnEntry``."""

    service: ClassVar[str] = "directory"
    what: ClassVar[str] = "own-entry"


class OwnStructure(Contract):
    """The structure of a person, with what it chose to report."""

    structure: str
    name: str
    commune: str
    reporting: Reporting = Reporting()


class OwnEntry(Contract):
    """The entry of who asks, their contacts apart; ``structure`` is absent when they belong to none."""

    person: str
    name: str
    function: str = ""
    profession: str = ""
    communes: tuple[str, ...] = ()
    structure: OwnStructure | None = None


DutyRole = Literal["coordinatrice", "referent"]
