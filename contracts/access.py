"""Ways in: sign-in, sessions and personal links. Secrets travel in answers and commands, never in a fact."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact


class SignInAsked(Fact):
    """``person`` asked for a sign-in link; ``link`` is its opaque id. Neither the code nor an address is told."""

    entity: ClassVar[str] = "session"
    happened: ClassVar[str] = "asked"

    person: str
    link: str


class SessionStarted(Fact):
    """``person`` signed in: ``session`` is the id under which it can be revoked."""

    entity: ClassVar[str] = "session"
    happened: ClassVar[str] = "opened"

    person: str
    session: str


class ProfessionalLinkMade(Fact):
    """``person`` has a personal page under ``link`` until ``expires_at``; ``send``: it goes to them. No code here."""

    entity: ClassVar[str] = "link"
    happened: ClassVar[str] = "made"

    person: str
    link: str
    expires_at: AwareDatetime
    send: bool = False


class AccessRevoked(Fact):
    """An access stopped before its end. ``use`` is ``jeton``, ``session`` or ``professionnel``.

    ``person`` is null for a token made for a role. A session its holder closes is not told.
    """

    entity: ClassVar[str] = "access"
    happened: ClassVar[str] = "revoked"

    access: str
    use: str
    person: str | None = None


class SecondFactorReset(Fact):
    """The second factor of ``person`` was forgotten: the next sign-in enrols another one."""

    entity: ClassVar[str] = "factor"
    happened: ClassVar[str] = "reset"

    person: str


class AskSignIn(Command):
    """Ask for a sign-in link by e-mail or SMS. The answer is the same whether the address is known or not."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "ask-sign-in"

    email: str = Field(min_length=3, max_length=254)


class OpenSession(Command):
    """Exchange a sign-in code for a session; ``totp`` is the six digits of the second factor (``SessionOpened``)."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "open-session"

    code: str = Field(min_length=1, max_length=200)
    totp: str | None = Field(default=None, max_length=20)


class OpenExerciseSession(Command):
    """A person signed in on the real territory asks the same for its exercise twin (``SessionOpened``)."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "open-exercise-session"


class SessionOpened(Contract):
    """What came of a code.

    ``ouverte``: ``token`` is the session's bearer, shown once, valid until ``expires_at``.
    ``second_facteur``: send the same code again with the six digits.
    ``inscription``: same, and ``provisioning`` is the ``otpauth://`` address to add to an authenticator first.
    ``wrong`` says that the digits just given were refused, ``tries_left`` how many more may be tried with this
    code: at 0 it is void. ``person``, ``name`` and ``territory`` always say who is signing in.
    """

    remember: ClassVar[bool] = False

    status: Literal["ouverte", "second_facteur", "inscription"]
    token: str = ""
    id: str = ""
    person: str = ""
    name: str = ""
    territory: str = ""
    expires_at: AwareDatetime | None = None
    provisioning: str = ""
    wrong: bool = False
    tries_left: int = 5


class CloseSession(Command):
    """Close a session by the SHA-256 of its token: its holder's own, or any when the platform asks."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "close-session"

    token_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class IssueLink(Command):
    """A personal link to the professional's page of ``person``: 30 days unless ``expires_at``, a year at most.

    The answer (``LinkIssued``) carries the code; it can be revoked as a token, by its id. ``send`` also sends it
    to the person, by SMS or e-mail.
    """

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "issue-link"

    person: str
    expires_at: AwareDatetime | None = None
    send: bool = False


class LinkIssued(Contract):
    """``code`` goes at the end of the page's address; ``id`` is used to revoke it."""

    remember: ClassVar[bool] = False

    id: str
    code: str
    expires_at: AwareDatetime


class IssueSignIn(Command):
    """A one-time console link that the operator hands over: the terminal stands for the second factor.

    The platform alone may ask (``LinkIssued``); valid one hour.
    """

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "issue-sign-in"

    person: str


class ResetSecondFactor(Command):
    """Forget the second factor of ``person`` (a lost phone) and close their sessions."""

    service: ClassVar[str] = "directory"
    verb: ClassVar[str] = "reset-second-factor"

    person: str
