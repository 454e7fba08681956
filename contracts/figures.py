"""Figures as the situation screen shows them: yesterday beside the eve, and the places free now."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime

from contracts.base import Contract, Question


class AskBoardFigures(Question):
    """The table of the situation screen, answered by ``BoardFigures``.

    ``day`` is the day of the point (today when left out): its rows are those of the day before. Today is read
    as known now; a past day as its published point was made, or as known at its end when there was none.
    """

    service: ClassVar[str] = "digests"
    what: ClassVar[str] = "board"

    day: date | None = None


class BoardRow(Contract):
    """One line: ``day`` and ``eve`` are numbers, null when nobody sent any; the ``…_words`` are what to print.

    ``change_words`` compares the same structures on both days (``+30 %``, ``5 → 9`` under twenty, ``–``).
    ``coverage_words`` is ``9 sur 11``, ``complet`` (a register), ``spontané`` (nobody owes it) or ``non dû``
    (nobody owed it that day). ``missing``: somebody owed it and nobody sent it, which is not a zero.
    ``indent``: a part of the line above. ``corrected_at``: when a report of that day was last replaced.
    """

    key: str
    label: str
    day: int | None = None
    eve: int | None = None
    day_words: str
    eve_words: str
    change_words: str = "–"
    coverage_words: str = ""
    reported: int | None = None
    due: int | None = None
    reported_eve: int | None = None
    due_eve: int | None = None
    missing: bool = False
    missing_eve: bool = False
    corrected_at: AwareDatetime | None = None
    corrected_eve_at: AwareDatetime | None = None
    indent: bool = False


class PlacesThen(Contract):
    """What the last point published that day said: its id, number, and the places it counted at ``as_of``."""

    digest: str
    number: int
    as_of: AwareDatetime
    places: int
    free: int
    free_evening: int


class FreePlaces(Contract):
    """Places of the day: ``free`` of ``places``, ``free_evening`` of them from 17:00; ``activable`` not yet open."""

    as_of: AwareDatetime
    places: int
    booked: int
    free: int
    free_evening: int
    activable: int = 0
    said: PlacesThen | None = None


class BoardPoint(Contract):
    """A point the screen can open; ``at`` is when it was published, or made when it was not."""

    id: str
    number: int
    day: date
    status: str
    at: AwareDatetime
    as_of: AwareDatetime


class MissingStructure(Contract):
    """A structure that owed figures for the day and sent none; told to the cell only."""

    structure: str
    name: str


class BoardFigures(Contract):
    """``figures_of`` is the day reported, ``eve`` the one before. ``empty``: nothing to count yet.

    ``reported`` out of ``due`` structures; ``next_expected_at`` is when figures are next awaited, null when no
    structure owes any in the coming week. ``up_to`` is the logbook number, 0 when the logbook did not answer.
    """

    day: date
    figures_of: date
    eve: date
    as_of: AwareDatetime
    up_to: int = 0
    empty: bool = False
    rows: tuple[BoardRow, ...] = ()
    free: FreePlaces
    reported: int = 0
    due: int = 0
    missing: int = 0
    missing_structures: tuple[MissingStructure, ...] = ()
    enrolled: int = 0
    closed: int = 0
    other_pace: int = 0
    points: tuple[BoardPoint, ...] = ()
    next_expected_at: AwareDatetime | None = None
