"""What every message has in common: facts, commands, questions and the CloudEvents envelope around them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

EXERCISE_SUFFIX = "~exercice"


def exercise_of(territory: str) -> str:
    """Name of the exercise territory that stands beside a real one."""
    return territory if territory.endswith(EXERCISE_SUFFIX) else territory + EXERCISE_SUFFIX


def is_exercise(territory: str) -> bool:
    """Whether a territory is an exercise, where nothing reaches real recipients."""
    return territory.endswith(EXERCISE_SUFFIX)


class OpenEnum(StrEnum):
    """An enum that may grow: a value this version does not know reads as ``autre``."""

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        return cls.__members__.get("AUTRE") if isinstance(value, str) else None


class Contract(BaseModel):
    """A frozen value that travels. Fields may be added with a default, never removed or retyped."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TextRef(Contract):
    """A free text kept by its owner; the bus and the chain carry only its id and its salted SHA-256."""

    id: str
    sha256: str


class Fact(Contract):
    """Something that happened, committed by its owner before it is told."""

    entity: ClassVar[str]
    happened: ClassVar[str]

    @classmethod
    def type_name(cls) -> str:
        """CloudEvents type, also the end of the subject: ``alert.raised``."""
        return f"{cls.entity}.{cls.happened}"

    @classmethod
    def subject(cls, territory: str) -> str:
        """Subject of this fact in one territory; ``*`` listens to all of them."""
        return f"fact.{territory}.{cls.type_name()}"


class Command(Contract):
    """A request that its service may refuse. ``Result`` is what a success answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: ClassVar[str]
    verb: ClassVar[str]

    @classmethod
    def type_name(cls) -> str:
        """``service.verb``."""
        return f"{cls.service}.{cls.verb}"

    @classmethod
    def subject(cls) -> str:
        """Subject a caller sends this command to."""
        return f"do.{cls.type_name()}"


class Question(Contract):
    """A read that the owner of the data answers."""

    service: ClassVar[str]
    what: ClassVar[str]

    @classmethod
    def type_name(cls) -> str:
        """``service.what``."""
        return f"{cls.service}.{cls.what}"

    @classmethod
    def subject(cls) -> str:
        """Subject a caller sends this question to."""
        return f"ask.{cls.type_name()}"


class Role(OpenEnum):
    """What a caller may do. ``platform`` is Tocsin itself and is never given a token."""

    ARS = "ars"
    SAMU = "samu"
    METEO = "meteo"
    COORDINATOR = "coordinator"
    REFERENT = "referent"
    PROFESSIONAL = "professional"
    READER = "reader"
    PLATFORM = "platform"
    AUTRE = "autre"


class Principal(Contract):
    """Who calls: a person, a system, or a role that someone holds a token for.

    ``id`` is an opaque reference (``coord-a``, ``role:samu``); names stay in the directory.
    ``on_duty`` lists the duty roles (``coordinatrice``, ``referent``) held when the token was checked.
    """

    id: str
    kind: Literal["person", "role", "platform"] = "role"
    roles: tuple[Role, ...] = ()
    territories: tuple[str, ...] = ()
    structure: str | None = None
    on_duty: tuple[str, ...] = ()

    def has(self, *roles: Role) -> bool:
        """Whether the caller holds at least one of these roles."""
        return any(role in self.roles for role in roles)


PLATFORM = Principal(id="tocsin", kind="platform", roles=(Role.PLATFORM,))


class Envelope(Contract):
    """CloudEvents 1.0, structured JSON.

    ``time`` is when it happened, ``recorded`` when it was committed; both carry an offset.
    ``correlation`` is the first cause of the chain, ``causation`` the message just before.
    """

    specversion: Literal["1.0"] = "1.0"
    id: str
    type: str
    source: str
    time: AwareDatetime
    recorded: AwareDatetime | None = None
    territory: str
    correlation: str
    causation: str | None = None
    author: str = "tocsin"
    authorrole: str = ""
    caller: Principal | None = None
    expires: AwareDatetime | None = None
    key: str | None = Field(default=None, description="SHA-256 of the body a caller bound to this command id")
    datacontenttype: str = "application/json"
    data: dict[str, Any] = Field(default_factory=dict)


class RefusalKind(OpenEnum):
    """Why a command was not carried out; the edge alone turns it into a status code."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    MISMATCH = "mismatch"
    EXPIRED = "expired"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    AUTRE = "autre"


class Refusal(Contract):
    """A refusal in words a user can act on."""

    kind: RefusalKind
    message: str
    details: dict[str, Any] = Field(default_factory=dict)


class Reply(Contract):
    """Answer to a command or a question: a result, or a refusal."""

    result: dict[str, Any] | None = None
    refusal: Refusal | None = None
    created: bool = False


class Done(Contract):
    """Plain success: the id of what was changed."""

    id: str


class Created(Contract):
    """A thing now exists under this id."""

    id: str


class Page(Contract):
    """A slice of a list; ``next`` is the cursor of the following slice, or null at the end."""

    items: tuple[dict[str, Any], ...] = ()
    next: str | None = None


class ListQuestion(Question):
    """A question whose answer is a ``Page``."""

    cursor: str | None = None
    limit: int = Field(default=50, ge=1, le=500)


class Texts(Question):
    """Free texts by id, asked of the service that keeps them (``ask.<service>.texts``)."""

    service: ClassVar[str] = "*"
    what: ClassVar[str] = "texts"

    ids: tuple[str, ...] = ()


class Text(Contract):
    """A text with the salt its digest was made with."""

    id: str
    salt: str
    text: str


class TextsFound(Contract):
    """The texts asked for; an erased one is absent."""

    texts: tuple[Text, ...] = ()


def aware(value: datetime) -> datetime:
    """Refuse a date without offset: a naive time means nothing between two machines."""
    if value.tzinfo is None:
        raise ValueError("date sans fuseau horaire")
    return value
