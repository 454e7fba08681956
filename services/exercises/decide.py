"""What may be asked of a drill, and what its child's news make of it. Pure: no session, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from contracts.base import EXERCISE_SUFFIX, is_exercise
from contracts.exercises import ExerciseStatus
from services.platform.errors import Conflict, Invalid

#: Where the pages of a drill stand, behind the gateway.
PREFIX = "/exercice/"
STOPPED_WITH_THE_DESK = "Le poste s'est arrêté pendant l'exercice ; ce qui était joué n'a pas été noté. Relancez-le."
WITHOUT_A_WORD = "L'exercice s'est arrêté de lui-même ; relancez-le, et signalez-le si cela se répète."


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a drill when something is asked of it."""

    id: str
    title: str
    status: str
    open: bool

    @property
    def playing(self) -> bool:
        """Whether steps may still be played."""
        return self.status == ExerciseStatus.EN_COURS


def base_path(root: str, run: str) -> str:
    """Prefix of every page of a drill, behind the one (``root``) of the desk itself."""
    return f"{root}{PREFIX}{run}"


def home_of(territory: str) -> str:
    """The real territory behind a name."""
    return territory.removesuffix(EXERCISE_SUFFIX)


def check_start(territory: str, others: Iterable[Standing]) -> list[str]:
    """Ids of ended drills to close first; refused while one is playing, and from within an exercise."""
    if is_exercise(territory):
        raise Invalid("Un exercice se lance depuis le poste réel ; quittez l'espace d'exercice, puis lancez-le.")
    others = list(others)
    for other in others:
        if other.playing:
            raise Conflict(f"Un exercice est déjà en cours : « {other.title} ». Arrêtez-le avant d'en lancer un autre.")
    return [other.id for other in others if other.open]


def check_pace(run: Standing) -> None:
    """Only what is playing has a speed."""
    if not run.playing:
        raise Conflict("Cet exercice est terminé ; sa vitesse ne change plus rien.")


def check_stop(run: Standing) -> bool:
    """True when the playing must end, false when only the pages are left to close; refused when nothing is."""
    if not run.open:
        raise Conflict("Cet exercice est déjà terminé et son poste fermé ; il n'y a rien à arrêter.")
    return run.playing


def check_enter(run: Standing) -> None:
    """Only a desk that stands can be entered."""
    if not run.open:
        raise Conflict("Le poste de cet exercice est fermé ; relancez l'exercice pour y entrer.")


def shown_status(status: str, *, paused: bool) -> ExerciseStatus:
    """A drill that plays while held is « en pause »."""
    if status == ExerciseStatus.EN_COURS and paused:
        return ExerciseStatus.EN_PAUSE
    return ExerciseStatus(status)


def orders(sent: tuple[float | None, bool], wanted: tuple[float | None, bool]) -> list[str]:
    """Lines to write to a child so that what it was ``sent`` (speed, paused) becomes what is ``wanted``."""
    lines = []
    if sent[0] != wanted[0]:
        lines.append("speed max" if wanted[0] is None else f"speed {wanted[0]:g}")
    if sent[1] != wanted[1]:
        lines.append("pause" if wanted[1] else "resume")
    return lines


def entry_path(base: str, code: str) -> str:
    """The address that signs a person in the console of a drill."""
    return f"{base}/connexion/{code}"


def progress_of(news: dict[str, Any]) -> dict[str, int]:
    """The counts in a line of progress; what is not a count reads as 0."""
    names = ("step", "steps", "passed", "failed")
    return {name: found if isinstance(found := news.get(name), int) else 0 for name in names}
