"""What people and the clock do to one run: pure decisions, refused in words that name who and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts.actions import ActionDone, ActionLate, ActionRepeated, ActionSkipped, ActionTaken
from contracts.base import Fact, TextRef
from services.engine.state import Run
from services.platform.errors import Conflict, Invalid
from services.platform.territory import Territory
from services.playbook.model import ActionTemplate
from services.playbook.schedule import renewal

_SETTLED = {"done": "déjà faite", "skipped": "déjà laissée de côté", "closed": "fermée"}
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def take(run: Run, person: str, now: datetime, territory: Territory, *, named: bool) -> tuple[Run, ActionTaken | None]:
    """Take a step in hand. Somebody else's is refused, unless the new holder is expressly ``named``."""
    still_waits(run, territory)
    if run.taken_by == person:
        return run, None
    if run.taken_by and not named:
        raise Conflict(
            f"« {run.title} » : déjà prise par {run.taken_by}{_when(run.taken_at, territory)}. "
            "Voyez avec cette personne, ou nommez qui la reprend.",
            by=run.taken_by,
        )
    taken = replace(run, status="taken", taken_by=person, taken_at=now, version=run.version + 1)
    return taken, ActionTaken(**taken.body(), by=person)


def finish(run: Run, by: str, now: datetime, territory: Territory, *, proof: TextRef | None) -> tuple[Run, ActionDone]:
    """Say a step done."""
    still_waits(run, territory)
    done = _settled(run, "done", by, now)
    return done, ActionDone(**done.body(), by=by, proof=proof)


def skip(run: Run, by: str, now: datetime, territory: Territory, *, reason: TextRef) -> tuple[Run, ActionSkipped]:
    """Leave a step aside; a repeated one comes back at its next turn."""
    still_waits(run, territory)
    skipped = _settled(run, "skipped", by, now)
    return skipped, ActionSkipped(**skipped.body(), by=by, reason=reason)


def still_waits(run: Run, territory: Territory) -> None:
    """Refuse what is over: done, left aside, or closed by a change of level."""
    if run.live and run.in_force:
        return
    words = _SETTLED.get(run.status, "plus en cours")
    by = f" par {run.settled_by}" if run.settled_by else ""
    raise Conflict(
        f"« {run.title} » : {words}{by}{_when(run.settled_at, territory)}. Rechargez la liste des actions.",
        by=run.settled_by,
    )


def adoptable(run: Run, territory: Territory) -> None:
    """Refuse an answer to what is not an idea for structures, or no longer stands."""
    if run.side != "structures":
        raise Invalid(f"« {run.title} » revient à la CPTS : une structure n'a pas à la retenir ni à l'écarter.")
    if not run.in_force:
        still_waits(replace(run, status="closed"), territory)


def wake(run: Run, template: ActionTemplate | None, now: datetime, territory: Territory) -> list[tuple[Run, Fact]]:
    """What the clock does: a firm step passes its deadline, once for each; a repeated one starts its next turn."""
    effects: list[tuple[Run, Fact]] = []
    while run.wakes_at is not None and run.wakes_at <= now:
        late = run.late(now) and not run.late_told
        run, fact = _late(run) if late else _renewed(run, template, now, territory)
        effects.append((run, fact))
    return effects


def _late(run: Run) -> tuple[Run, Fact]:
    late = replace(run, late_told=True, version=run.version + 1)
    return late, ActionLate(**late.body())


def _renewed(run: Run, template: ActionTemplate | None, now: datetime, territory: Territory) -> tuple[Run, Fact]:
    turn = renewal(template, now, territory) if template else None
    again = replace(
        run,
        status="open",
        occurrence=run.occurrence + 1,
        version=run.version + 1,
        due_at=turn.due_at if turn else None,
        late_at=turn.late_at if turn else None,
        renews_at=turn.renews_at if turn else None,
        late_told=False,
        taken_by=None,
        taken_at=None,
        settled_by=None,
        settled_at=None,
    )
    return again, ActionRepeated(**again.body())


def _settled(run: Run, status: str, by: str, now: datetime) -> Run:
    """Over by a person's word; a step of closing lists only then leaves the board, since no level will end it."""
    settled = replace(run, status=status, settled_by=by, settled_at=now, version=run.version + 1)
    return replace(settled, in_force=settled.still_held)


def _when(at: datetime | None, territory: Territory) -> str:
    if at is None:
        return ""
    local = at.astimezone(territory.zone)
    return f" le {local.day} {_MONTHS[local.month - 1]} à {local:%H:%M}"
