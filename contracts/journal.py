"""Questions a screen asks of the whole journal: what changed since a moment, and whether the chain holds."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import AwareDatetime, Field

from contracts.base import Contract, Question


class AskSince(Question):
    """What matters among the entries written after ``since`` (``SinceFound``)."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "since"

    since: AwareDatetime


class SinceFound(Contract):
    """The journal between two heads, ``number_then`` excluded and ``number_now`` included.

    ``kinds`` counts every entry read by kind, ``types`` by type of fact, ``told`` says the routine flow in words.
    ``entries`` are those that matter, oldest first, sixty at most; ``left_out`` counts those that mattered and
    are not shown. ``unread`` counts the oldest entries of a long absence, that were not read at all.
    """

    since: AwareDatetime
    number_then: int = 0
    number_now: int = 0
    kinds: dict[str, int] = {}
    types: dict[str, int] = {}
    told: tuple[str, ...] = ()
    entries: tuple[dict[str, Any], ...] = ()
    left_out: int = 0
    unread: int = 0


class AskVerdict(Question):
    """Whether the whole chain holds, checked now where it stands (``ChainVerdict``); ``head`` must then be in it."""

    service: ClassVar[str] = "logbook"
    what: ClassVar[str] = "verdict"

    head: str | None = Field(default=None, max_length=64)


class ChainVerdict(Contract):
    """``first_broken`` is the number of the first entry that does not hold, and ``reason`` says why."""

    ok: bool
    entries: int
    first_broken: int | None = None
    reason: str = ""
    erased: int = 0
    head: str
    at: AwareDatetime
