"""Places asked of professionals: one message to each, none to who has answered or once it is over."""

from __future__ import annotations

from contracts.solicitations import PlacesSolicited, SolicitationAnswered, SolicitationClosed
from services.messages import decide, store, words
from services.messages.handlers import SERVICE
from services.messages.outgoing import Letter, drop, queue
from services.platform.unit import Unit

__all__ = ["SERVICE"]


@SERVICE.on(PlacesSolicited)
def places_solicited(unit: Unit, fact: PlacesSolicited) -> None:
    """Each one asked is written to, after the quiet hours."""
    if decide.is_stale(unit.message.recorded or unit.message.time, unit.now):
        return
    territory = unit.territory
    letters = [
        Letter(
            about=fact.solicitation,
            category=decide.PLACES,
            purpose="Demande de places",
            to=person,
            channel=decide.EMAIL,
            words=words.solicited(fact, territory),
        )
        for person in fact.addressees
    ]
    queue(unit, territory.territory, letters, due_at=decide.call_at(unit.now, decide.PLACES, territory))


@SERVICE.on(SolicitationAnswered)
def solicitation_answered(unit: Unit, fact: SolicitationAnswered) -> None:
    """Who answered by phone before the message left needs it no more."""
    _not_needed(unit, fact.solicitation, "réponse reçue", person=fact.person)


@SERVICE.on(SolicitationClosed)
def solicitation_closed(unit: Unit, fact: SolicitationClosed) -> None:
    """What has not left would ask for nothing."""
    _not_needed(unit, fact.solicitation, "sollicitation close")


def _not_needed(unit: Unit, solicitation: str, because: str, *, person: str | None = None) -> None:
    for row in store.messages_about(unit.session, unit.territory.territory, solicitation, decide.PLACES):
        if row.state == store.WAITING and person in {None, row.to}:
            drop(row, because)
