"""Logbook: the journal de bord, an append-only chain that an outsider can check."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

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
    RETEX = "retex"
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
    """Entries, newest first unless ``ascending``; filters by kinds, author, crisis, words and period.

    ``words`` are found whatever their accents and capitals. The period bounds when it happened, or when it was
    written (``dated``); its end is not included.
    """

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "list"

    after: int | None = Field(default=None, description="only numbers above this one")
    kind: str | None = Field(default=None, description="one kind, or several separated by commas")
    author: str | None = None
    crisis: str | None = None
    words: str | None = None
    first: AwareDatetime | None = None
    last: AwareDatetime | None = None
    dated: Literal["occurred", "written"] = Field(default="occurred", description="which time the period bounds")
    ascending: bool = False


class ReadEntry(Question):
    """One entry with what it is tied to (``EntryFound``)."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "entry"

    number: int = Field(ge=1, le=2_147_483_647)


class EntryFound(Contract):
    """``entry`` as lists give it, and the entries it is tied to, in the same form, in order of number.

    ``cause`` is the entry of the fact that set it off. ``erased_by`` is the redaction that took its words;
    ``about`` are the entry it comments and the others that comment the same one, or this one.
    At most twenty entries for each tie; ``left_out`` counts those beyond.
    """

    entry: dict[str, Any]
    cause: dict[str, Any] | None = None
    corrects: dict[str, Any] | None = None
    corrections: tuple[dict[str, Any], ...] = ()
    erases: tuple[dict[str, Any], ...] = ()
    erased_by: dict[str, Any] | None = None
    about: tuple[dict[str, Any], ...] = ()
    left_out: int = 0


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
