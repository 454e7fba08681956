"""The cell is called: each person called is told at once, by SMS and by e-mail; nobody of a cell that is over."""

from __future__ import annotations

from typing import Any

from contracts.cell import CellConvened, CellDismissed, CellWidened
from services.messages import decide, store, words
from services.messages.access import SERVICE
from services.messages.outgoing import Letter, drop, queue
from services.platform.unit import Unit

__all__ = ["SERVICE"]

PURPOSE = "Cellule de crise : convocation"


@SERVICE.on(CellConvened)
def cell_convened(unit: Unit, fact: CellConvened) -> None:
    """Quiet hours or not: a crisis is on."""
    _call(unit, fact.cell, fact.called, words.convened(fact.playbooks, fact.starts_at, unit.now, unit.territory))


@SERVICE.on(CellWidened)
def cell_widened(unit: Unit, fact: CellWidened) -> None:
    """Those called only now; the others have their message already."""
    _call(unit, fact.cell, fact.called, words.convened(fact.playbooks, None, unit.now, unit.territory))


@SERVICE.on(CellDismissed)
def cell_dismissed(unit: Unit, fact: CellDismissed) -> None:
    """What has not left would call to an empty room."""
    for row in store.messages_about(unit.session, unit.territory.territory, fact.cell, decide.CELL):
        if row.state == store.WAITING:
            drop(row, "cellule levée")


def _call(unit: Unit, cell: str, people: tuple[str, ...], told: dict[str, Any]) -> None:
    if decide.is_stale(unit.message.recorded or unit.message.time, unit.now):
        return
    territory = unit.territory
    channels = decide.channels_for(
        decide.FIRST, exercise=territory.exercise, mail=bool(unit.settings.mail_url), sms=bool(unit.settings.sms_url)
    )
    letters = [
        Letter(about=cell, category=decide.CELL, purpose=PURPOSE, to=person, channel=channel, words=told)
        for person in people
        for channel in channels
    ]
    queue(unit, territory.territory, letters, urgent=True)
