"""What becomes of a drill, written in its row and said once it has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracts.base import exercise_of
from contracts.exercises import ExerciseEnded, ExerciseStatus
from services.exercises import decide, store
from services.platform.unit import Unit


def standing(row: store.RunRow) -> decide.Standing:
    """The state of a drill, frozen, as decisions read it."""
    return decide.Standing(id=row.id, title=row.title, status=row.status, open=row.open)


def own_up(unit: Unit) -> None:
    """A desk that starts has no child: what it was playing failed, what it was showing is closed."""
    for row in store.open_runs(unit.session):
        close(unit, row, decide.STOPPED_WITH_THE_DESK)


def own_up_launched(unit: Unit) -> None:
    """Same for the drills that were given a child, when the one who led them is no more."""
    for row in store.open_runs(unit.session):
        if row.launched:
            close(unit, row, decide.STOPPED_WITH_THE_DESK)


def launched(unit: Unit, run: str) -> bool:
    """A child is about to play this drill; false when it is no longer wanted."""
    row = store.run_named(unit.session, run)
    if row is None or not row.open or row.launched:
        return False
    row.launched = True
    return True


def ready(unit: Unit, run: str, port: int) -> None:
    """Its pages are served on ``port``."""
    row = store.run_named(unit.session, run)
    if row is not None:
        row.port = port


def advanced(unit: Unit, run: str, news: dict[str, Any]) -> None:
    """How far it is."""
    row = store.run_named(unit.session, run)
    if row is None or row.status != store.PLAYING:
        return
    row.played_at = datetime.fromisoformat(news["played_at"])
    for name, count in decide.progress_of(news).items():
        setattr(row, name, count)


def scored(unit: Unit, run: str, news: dict[str, Any], documents: list[str]) -> None:
    """Its score, kept whatever becomes of its desk."""
    row = store.run_named(unit.session, run)
    if row is None or row.status != store.PLAYING:
        return
    row.passed, row.failed = int(news["passed"]), int(news["failed"])
    row.verdict, row.fingerprint = str(news["verdict"]), str(news["fingerprint"])
    row.missed, row.score = [str(line) for line in news["missed"]], [str(line) for line in news["lines"]]
    row.documents = documents
    _end(unit, row, ExerciseStatus(news["status"]))


def closed(unit: Unit, run: str, reason: str) -> None:
    """Its child is no more; a drill that had not ended failed for this ``reason``."""
    row = store.run_named(unit.session, run)
    if row is not None and row.open:
        close(unit, row, reason)


def close(unit: Unit, row: store.RunRow, reason: str) -> None:
    """No desk stands behind this drill any more."""
    row.open, row.port = False, 0
    if row.status == store.PLAYING:
        row.reason = reason
        _end(unit, row, ExerciseStatus.ECHEC)


def _end(unit: Unit, row: store.RunRow, status: ExerciseStatus) -> None:
    row.status, row.ended_at, row.paused = str(status), unit.now, False
    fact = ExerciseEnded(
        run=row.id, scenario=row.scenario, title=row.title, status=status, passed=row.passed, failed=row.failed,
        fingerprint=row.fingerprint, reason=row.reason,
    )  # fmt: skip
    if row.territory in unit.territories:
        unit.say(fact, territory=exercise_of(row.territory), author=row.by)
