"""Logbook: the journal de bord, an append-only chain that an outsider can check."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, Question, TextRef


class EntryKind(OpenEnum):
    """Kinds of entry, as filters and exports name them."""

    ALERTE = "alerte"
    PROPOSITION = "proposition"
    NIVEAU = "niveau"
    ACTION = "action"
    CAPACITE = "capacite"
    ACTIVITE = "activite"
    TENSION = "tension"
    CERTIFICAT = "certificat"
    DEMANDE = "demande"
    MESSAGE = "message"
    POINT = "point"
    RELEVE = "releve"
    INFORMATION = "information"
    DECISION = "decision"
    CORRECTION = "correction"
    AUTRE = "autre"


class EntryWritten(Fact):
    """A person wrote an entry. Said for human entries only, and not logged again."""

    entity: ClassVar[str] = "entry"
    happened: ClassVar[str] = "written"

    number: int
    kind: EntryKind
    text: TextRef
    occurred_at: AwareDatetime
    crisis: str | None = None
    verified: bool | None = None


class EntryCorrected(Fact):
    """A new entry that points at the one it corrects."""

    entity: ClassVar[str] = "entry"
    happened: ClassVar[str] = "corrected"

    number: int
    corrects: int
    text: TextRef


class TextRedacted(Fact):
    """A person erased a free text, with a reason; every copy must go. The chain still verifies."""

    entity: ClassVar[str] = "text"
    happened: ClassVar[str] = "redacted"

    number: int
    texts: tuple[str, ...]
    reason: str


class WriteEntry(Command):
    """Write in the journal. ``occurred_at`` earlier than now makes a late entry that says so."""

    service: ClassVar[str] = "logbook"
    verb: ClassVar[str] = "write"

    kind: Literal["information", "decision", "message", "alerte", "action", "point", "releve"] = "information"
    text: str = Field(min_length=1, max_length=4000)
    occurred_at: AwareDatetime | None = None
    crisis: str | None = None
    verified: bool | None = None


class CorrectEntry(Command):
    """Correct an entry by a new one; the old stays."""

    service: ClassVar[str] = "logbook"
    verb: ClassVar[str] = "correct"

    number: int = Field(ge=1)
    text: str = Field(min_length=1, max_length=4000)


class RedactEntry(Command):
    """Erase the free text of an entry (a name typed by mistake); the erasure is itself an entry."""

    service: ClassVar[str] = "logbook"
    verb: ClassVar[str] = "redact"

    number: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=300)


class Written(Contract):
    """``id`` is the number as text, as every creation answers; ``hash`` the head of the chain after it."""

    id: str
    number: int
    hash: str


class ListEntries(ListQuestion):
    """Entries, newest first unless ``ascending``; filters by kind, author, crisis, words and period."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "list"

    after: int | None = Field(default=None, description="only numbers above this one")
    kind: str | None = None
    author: str | None = None
    crisis: str | None = None
    words: str | None = None
    first: AwareDatetime | None = None
    last: AwareDatetime | None = None
    ascending: bool = False


class AskExport(Question):
    """A slice of the export: entries above ``after``, in order, with the exact hashed strings."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "export"

    after: int = 0
    limit: int = Field(default=200, ge=1, le=500)


class AskHead(Question):
    """Number and hash of the last entry (``HeadFound``)."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "head"

    at_number: int | None = None
    before: AwareDatetime | None = Field(default=None, description="head as of this time of writing")


class HeadFound(Contract):
    """Head of the chain; number 0 and 64 zeros before the first entry."""

    number: int
    hash: str


class AskTexts(Question):
    """Texts by reference, from the copies the logbook keeps (``TextsFound``)."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "kept-texts"

    ids: tuple[str, ...] = ()


class AskJournal(Question):
    """The journal as a file for people, oldest entry first, naming its keeper (``JournalFile``)."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "journal"

    form: Literal["pdf", "csv"] = "pdf"
    first: AwareDatetime | None = Field(default=None, description="written from this time on")
    last: AwareDatetime | None = Field(default=None, description="written before this time")


class JournalFile(Contract):
    """A rendered journal; ``body`` is base64."""

    media_type: str
    filename: str
    body: str
