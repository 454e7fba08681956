"""Meetings: the fifteen minutes in which a point de situation is read and decided. Owned by the digests.

Nobody's name travels in a fact: a person of the directory goes by reference, whoever was typed by a ``TextRef``.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Created, Fact, OpenEnum, Question, TextRef

PERSON = r"^[a-z0-9][a-z0-9-]{0,62}$"
CODE = r"^D[1-9][0-9]?$"


class Outcome(OpenEnum):
    """What became of a proposal."""

    ADOPTEE = "adoptee"
    MODIFIEE = "modifiee"
    REPORTEE = "reportee"
    ECARTEE = "ecartee"
    AUTRE = "autre"


class Someone(Contract):
    """A person as a screen names them: a reference of the directory, or else words; one of the two."""

    person: str | None = Field(default=None, pattern=PERSON)
    words: str = Field(default="", max_length=120)


class Attendee(Someone):
    """Somebody expected; ``note`` is what stands beside the name: « pour Sophie Lemaire », « mairies »."""

    note: str = Field(default="", max_length=120)


class Named(Contract):
    """A person as a fact names them: by reference, or by the text that was typed."""

    person: str | None = None
    name: TextRef | None = None


class Attended(Named):
    """Somebody present or absent, with what stands beside the name."""

    note: TextRef | None = None


class MeetingBody(Fact):
    """``digest`` is the point that is read, ``number`` and ``day`` are its own."""

    meeting: str
    digest: str
    number: int
    day: date


class MeetingOpened(MeetingBody):
    """The meeting began; ``without_referent`` when it is held without the référent, who decides of the levels."""

    entity: ClassVar[str] = "meeting"
    happened: ClassVar[str] = "opened"

    started_at: AwareDatetime
    led_by: Named | None = None
    keeper: Named
    without_referent: bool = False


class AttendanceNoted(MeetingBody):
    """Who is there and who is not; ``corrects`` when it was noted before."""

    entity: ClassVar[str] = "attendance"
    happened: ClassVar[str] = "noted"

    present: tuple[Attended, ...] = ()
    absent: tuple[Attended, ...] = ()
    corrects: bool = False


class DecisionRecorded(MeetingBody):
    """A decision as it was read aloud. ``code`` is its number at the meeting (``D1``), ``decision`` holds for ever.

    ``corrects``: it was written before and this takes its place. ``due_at`` or ``due_words`` says by when.
    """

    entity: ClassVar[str] = "decision"
    happened: ClassVar[str] = "recorded"

    decision: str
    version: int
    code: str
    title: TextRef
    outcome: Outcome
    words: TextRef
    decided_by: Named
    owner: Named | None = None
    due_at: AwareDatetime | None = None
    due_words: TextRef | None = None
    corrects: bool = False


class MeetingNoted(MeetingBody):
    """A line written during the meeting, while item ``item`` was read; ``verified`` false: somebody must check."""

    entity: ClassVar[str] = "meeting"
    happened: ClassVar[str] = "noted"

    item: int
    kind: Literal["information", "a_verifier"]
    words: TextRef
    verified: bool | None = None


class Settled(Contract):
    """A decision of the meeting and what became of it."""

    code: str
    outcome: Outcome


class MeetingClosed(MeetingBody):
    """The meeting ended. ``by_item`` are seconds spent on each item in order; ``deferred`` what nobody decided."""

    entity: ClassVar[str] = "meeting"
    happened: ClassVar[str] = "closed"

    closed_at: AwareDatetime
    seconds: int
    by_item: tuple[int, ...] = ()
    present: int = 0
    expected: int = 0
    decided: tuple[Settled, ...] = ()
    deferred: tuple[str, ...] = ()


class OpenMeeting(Command):
    """Begin the meeting of a point, once. ``keeper`` writes the logbook (the caller when left out).

    ``digest`` is an id, or the day of the point. ``led_by`` may only be left out with ``without_referent``.
    """

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "open-meeting"

    digest: str
    led_by: Someone | None = None
    keeper: Someone | None = None
    without_referent: bool = False


class NoteAttendance(Command):
    """Say who is there and who is not; sent again, it corrects."""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "note-attendance"

    digest: str
    present: tuple[Attendee, ...] = Field(default=(), max_length=60)
    absent: tuple[Attendee, ...] = Field(default=(), max_length=60)


class MoveToItem(Command):
    """Go to an item of the agenda, forward or back; the time spent on each follows from it. No fact is told."""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "move-to-item"

    digest: str
    item: int = Field(ge=1, le=7)


class RecordDecision(Command):
    """Write a decision, word for word. ``code`` is one of the point's own; without it a new one takes the next number.

    ``title`` is asked for a new one only. ``decided_by`` is the caller when left out. A decision already
    written is changed with ``corrects``. Answered by ``DecisionKept``.
    """

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "record-decision"

    digest: str
    code: str | None = Field(default=None, pattern=CODE)
    title: str = Field(default="", max_length=300)
    outcome: Literal["adoptee", "modifiee", "reportee", "ecartee"]
    words: str = Field(min_length=1, max_length=2000)
    decided_by: Someone | None = None
    owner: Someone | None = None
    due_at: AwareDatetime | None = None
    due_words: str = Field(default="", max_length=120)
    corrects: bool = False


class DecisionKept(Created):
    """``id`` is the fact, as the logbook's entry names it; ``code`` the number of the decision."""

    code: str


class NoteInMeeting(Command):
    """Write a line during the meeting; ``a_verifier`` is never verified. Answers the id of the fact."""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "note-in-meeting"

    digest: str
    kind: Literal["information", "a_verifier"] = "information"
    words: str = Field(min_length=1, max_length=2000)
    verified: bool | None = None


class CloseMeeting(Command):
    """End the meeting, once; what nobody decided is listed as deferred."""

    service: ClassVar[str] = "digests"
    verb: ClassVar[str] = "close-meeting"

    digest: str


class AskMeeting(Question):
    """The meeting of a point as every screen shows it, before, during and after (``MeetingFound``)."""

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "meeting"

    digest: str


class Shown(Contract):
    """A person for a screen: the reference when the directory knows them, the name, the function."""

    person: str | None = None
    name: str = ""
    function: str = ""


class AttendeeShown(Shown):
    """Somebody present, absent or expected."""

    note: str = ""


class ItemShown(Contract):
    """An item of the agenda: minutes planned, seconds spent so far."""

    n: int
    key: str
    title: str
    minutes: int
    seconds_spent: int = 0
    current: bool = False


class DecisionShown(Contract):
    """A decision to take, or taken. ``level``: it is about the level, which is changed elsewhere.

    ``outcome`` is empty until it is written, ``deferred`` once the meeting closed without it.
    ``fact`` and ``entry`` are the last writing and its number in the logbook, when it is known.
    """

    code: str
    title: str
    why: str = ""
    decides: Shown | None = None
    level: bool = False
    new: bool = False
    outcome: str = ""
    words: str = ""
    decided_by: Shown | None = None
    owner: Shown | None = None
    due_at: AwareDatetime | None = None
    due_words: str = ""
    recorded_at: AwareDatetime | None = None
    recorded_by: Shown | None = None
    version: int = 0
    fact: str | None = None
    entry: int | None = None


class LineShown(Contract):
    """A line written during the meeting, with its number in the logbook when it is known."""

    at: AwareDatetime
    kind: Literal["ouverture", "presences", "decision", "information", "a_verifier", "cloture"]
    words: str = ""
    code: str = ""
    outcome: str = ""
    verified: bool | None = None
    corrects: bool = False
    by: Shown
    fact: str
    entry: int | None = None


class AttendanceShown(Contract):
    """Who is there. Before it is noted, ``expected`` is the coordination cell of the directory."""

    noted_at: AwareDatetime | None = None
    present: tuple[AttendeeShown, ...] = ()
    absent: tuple[AttendeeShown, ...] = ()
    expected: tuple[AttendeeShown, ...] = ()


class MeetingFound(Contract):
    """Times are of the desk's clock, ``now`` included, so that two screens count alike.

    ``state`` is ``a_venir``, ``en_cours`` or ``close``. Before it opens, ``led_by`` and ``keeper`` are those on
    duty. ``elapsed`` is in seconds; ``ends_at`` is planned. ``remarks`` are the other lines of item 5;
    ``lines`` are newest first; ``summary`` is the sentence that closes the meeting.
    """

    state: Literal["a_venir", "en_cours", "close"]
    meeting: str | None = None
    digest: str
    number: int
    day: date
    title: str
    now: AwareDatetime
    started_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    elapsed: int = 0
    minutes: int = 15
    led_by: Shown | None = None
    keeper: Shown | None = None
    without_referent: bool = False
    items: tuple[ItemShown, ...] = ()
    attendance: AttendanceShown = AttendanceShown()
    decisions: tuple[DecisionShown, ...] = ()
    remarks: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    lines: tuple[LineShown, ...] = ()
    summary: str = ""
