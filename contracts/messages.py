"""Messages: what leaves the desk, what came of it, who acknowledged."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, Question, TextRef


class MessageBody(Fact):
    """``to`` is an opaque reference, ``channel`` email, sms or webhook; never an address, never the words."""

    message: str
    about: str
    purpose: str
    to: str
    channel: str


class MessageSent(MessageBody):
    """The first server took it; that is not a reading."""

    entity: ClassVar[str] = "message"
    happened: ClassVar[str] = "sent"


class MessageFailed(MessageBody):
    """Refused or unreachable after the retries; ``reason`` says what to do."""

    entity: ClassVar[str] = "message"
    happened: ClassVar[str] = "failed"

    reason: str


class MessageUncertain(MessageBody):
    """The desk stopped between sending and noting it: it may have left. Never sent twice by itself."""

    entity: ClassVar[str] = "message"
    happened: ClassVar[str] = "uncertain"


class MessageAcknowledged(Fact):
    """A person followed the link: they have read what ``about`` asked."""

    entity: ClassVar[str] = "message"
    happened: ClassVar[str] = "acknowledged"

    about: str
    by: str
    at: AwareDatetime


class DutyEscalated(Fact):
    """Nobody acknowledged in time: the next channel or the next deputy was tried."""

    entity: ClassVar[str] = "message"
    happened: ClassVar[str] = "escalated"

    about: str
    role: str
    to: str
    step: int


class DraftPrepared(Fact):
    """A text is ready to paste or to send, addressed to groups; nothing has left.

    ``about`` is the crisis, ``level`` the level it announces; 0 for the message of end.
    """

    entity: ClassVar[str] = "draft"
    happened: ClassVar[str] = "prepared"

    draft: str
    about: str
    groups: tuple[str, ...] = ()
    body: TextRef
    level: int | None = None


class DraftPosted(Fact):
    """A person pasted or sent the text: who, where, when."""

    entity: ClassVar[str] = "draft"
    happened: ClassVar[str] = "posted"

    draft: str
    by: str
    where: str
    at: AwareDatetime


class AcknowledgeMessage(Command):
    """Follow an acknowledgement link: ``code`` is the secret in it."""

    service: ClassVar[str] = "messages"
    verb: ClassVar[str] = "acknowledge"

    code: str = Field(min_length=8, max_length=100)


class Acknowledged(Contract):
    """What a followed link was about; ``already`` when it had been followed before."""

    id: str
    about: str
    purpose: str
    by: str
    already: bool = False


class PostDraft(Command):
    """Note that a draft was pasted somewhere (``where``: Signal, WhatsApp…), or ask to send it by e-mail."""

    service: ClassVar[str] = "messages"
    verb: ClassVar[str] = "post-draft"

    draft: str
    where: str = Field(min_length=1, max_length=120)
    at: AwareDatetime | None = None
    send: bool = False


class ListMessages(ListQuestion):
    """Messages with their state: en attente, parti, échec, incertain, lu."""

    service: ClassVar[str] = "messages"
    what: ClassVar[str] = "list"


class AskLink(Question):
    """What a link is about, before following it (``LinkFound``): an opening mail scanner acknowledges nothing."""

    service: ClassVar[str] = "messages"
    what: ClassVar[str] = "link"

    code: str = Field(min_length=8, max_length=100)


class LinkFound(Contract):
    """The message behind a link; ``message`` is empty when the code is unknown or too old.

    ``person`` is who it was sent to, ``category`` proposition, autorite, rouge, certificat or certificat_escalade.
    """

    message: str = ""
    territory: str = ""
    about: str = ""
    category: str = ""
    purpose: str = ""
    person: str = ""
    acknowledged: bool = False


class ListDrafts(ListQuestion):
    """Texts ready to copy."""

    service: ClassVar[str] = "messages"
    what: ClassVar[str] = "drafts"


MessageState = Literal["en_attente", "en_cours", "parti", "echec", "incertain", "lu"]
