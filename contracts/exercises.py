"""Exercises: drills started, watched, paced, stopped and entered from the desk; each plays on a desk of its own."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime, Field

from contracts.base import Command, Contract, Fact, ListQuestion, OpenEnum, Question


class ExerciseStatus(OpenEnum):
    """Where a drill stands. ``arrete``: a person ended it early; ``echec``: it could not be played to its end."""

    EN_COURS = "en_cours"
    EN_PAUSE = "en_pause"
    TERMINE = "termine"
    ARRETE = "arrete"
    ECHEC = "echec"
    AUTRE = "autre"


class ExerciseStarted(Fact):
    """A drill began, asked by ``by``. Told in the exercise territory, so that its journal alone keeps it."""

    entity: ClassVar[str] = "exercise"
    happened: ClassVar[str] = "started"

    run: str
    scenario: str
    title: str
    by: str


class ExerciseEnded(Fact):
    """A drill ended: checks that held and that did not. ``reason`` is there when it failed."""

    entity: ClassVar[str] = "exercise"
    happened: ClassVar[str] = "ended"

    run: str
    scenario: str
    title: str
    status: ExerciseStatus
    passed: int
    failed: int
    fingerprint: str = ""
    reason: str = ""


class StartExercise(Command):
    """Play a scenario in the exercise space. ``speed`` is 1 to 600 times real time, null for full speed."""

    service: ClassVar[str] = "exercises"
    verb: ClassVar[str] = "start"

    scenario: str = Field(min_length=1, max_length=100)
    speed: float | None = Field(default=60, ge=1, le=600)
    start: date | None = Field(default=None, description="first day, when not the one the scenario gives")
    paused: bool = Field(default=False, description="wait for a first order before playing")


class PaceExercise(Command):
    """Change the speed (null for full speed), hold the drill or let it go on."""

    service: ClassVar[str] = "exercises"
    verb: ClassVar[str] = "pace"

    run: str
    speed: float | None = Field(ge=1, le=600)
    paused: bool = False


class StopExercise(Command):
    """End a drill: what was played is scored. Asked again once it has ended, its desk and its pages are closed."""

    service: ClassVar[str] = "exercises"
    verb: ClassVar[str] = "stop"

    run: str


class EnterExercise(Question):
    """A way into the desk of a drill, for ``person`` or who asks (``Entered``).

    It changes nothing here: the desk of the drill draws the code, which is kept nowhere.
    """

    service: ClassVar[str] = "exercises"
    what: ClassVar[str] = "enter"

    run: str
    person: str | None = Field(default=None, max_length=63)


class Entered(Contract):
    """``path`` opens the console of the drill, signed in as ``person``; it serves once."""

    path: str
    person: str
    code: str


class ListScenarios(ListQuestion):
    """Scenarios that can be played; a ``Page`` of ``ScenarioItem``."""

    service: ClassVar[str] = "exercises"
    what: ClassVar[str] = "scenarios"


class ScenarioItem(Contract):
    """A scenario as its file describes it. ``problem`` says what to mend when it cannot be read, ``days`` are begun."""

    name: str
    title: str
    about: str = ""
    territory: str = ""
    starts_at: AwareDatetime | None = None
    days: int = 0
    steps: int = 0
    problem: str = ""


class ListExercises(ListQuestion):
    """Drills of a territory, newest first; a ``Page`` of ``ExerciseItem`` without their score lines."""

    service: ClassVar[str] = "exercises"
    what: ClassVar[str] = "list"


class AskExercise(Question):
    """One drill, with its score lines (``ExerciseItem``)."""

    service: ClassVar[str] = "exercises"
    what: ClassVar[str] = "one"

    run: str


class ExerciseItem(Contract):
    """A drill as it stands.

    ``played_at`` is the hour on its own clock, ``step`` of ``steps`` what was played, ``passed`` and ``failed`` the
    checks so far. ``open`` tells whether its pages, under ``base_path``, can be looked at. Once ended:
    ``verdict`` in a sentence, ``missed`` the checks that did not hold, ``score`` the sheet line by line,
    ``documents`` the files it left. ``reason`` says why it failed.
    """

    id: str
    scenario: str
    title: str
    status: ExerciseStatus
    speed: float | None
    paused: bool
    open: bool
    started_at: AwareDatetime
    by: str
    base_path: str
    ended_at: AwareDatetime | None = None
    played_at: AwareDatetime | None = None
    step: int = 0
    steps: int = 0
    passed: int = 0
    failed: int = 0
    verdict: str = ""
    missed: tuple[str, ...] = ()
    score: tuple[str, ...] = ()
    fingerprint: str = ""
    reason: str = ""
    documents: tuple[str, ...] = ()


class AskExercisePort(Question):
    """Where the pages of a drill are served on this machine, for the gateway alone (``ExercisePort``)."""

    service: ClassVar[str] = "exercises"
    what: ClassVar[str] = "port"

    run: str


class ExercisePort(Contract):
    """``port`` on loopback; 0 when no desk serves this drill."""

    port: int = 0
