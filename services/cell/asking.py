"""What the cell asks of the other services. One that does not answer leaves a line, and blocks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from contracts.activity import ListRequests
from contracts.base import ListQuestion, Page
from contracts.directory import PeopleFound, WhoAre
from contracts.logbook import AskHead, HeadFound
from contracts.slots import ListSlots
from services.platform.errors import Refused
from services.platform.unit import Worker

#: Five hundred rows a page: beyond this, a day or a list is not one a cell can read.
MOST_PAGES = 10


@dataclass(slots=True)
class Brought:
    """What came back; an empty place in ``requests`` or ``slots`` means that their owner did not answer."""

    requests: list[dict[str, Any]] | None = None
    slots: list[dict[str, Any]] | None = None
    names: dict[str, str] = field(default_factory=dict)
    head: HeadFound | None = None
    silent: list[str] = field(default_factory=list)


async def _everything(worker: Worker, question: ListQuestion, territory: str) -> list[dict[str, Any]] | None:
    rows: list[dict[str, Any]] = []
    asked = question.model_copy(update={"limit": 500})
    for _ in range(MOST_PAGES):
        try:
            page = await worker.ask(asked, Page, territory=territory)
        except Refused:
            return None
        rows.extend(page.items)
        if page.next is None:
            break
        asked = asked.model_copy(update={"cursor": page.next})
    return rows


async def open_requests(worker: Worker, territory: str) -> list[dict[str, Any]] | None:
    """Requests to partners that wait for an answer, from the activity service that keeps them."""
    return await _everything(worker, ListRequests(open_only=True), territory)


async def bring(worker: Worker, territory: str, day: date, now: datetime, people: Iterable[str]) -> Brought:
    """Everything the page of means shows that is not the cell's."""
    found = Brought(
        requests=await open_requests(worker, territory),
        slots=await _everything(worker, ListSlots(day=day.isoformat()), territory),
    )
    if found.requests is None:
        found.silent.append("les demandes aux partenaires")
    if found.slots is None:
        found.silent.append("les places du jour")
    try:
        named = await worker.ask(WhoAre(people=tuple(dict.fromkeys(people))), PeopleFound, territory=territory)
        found.names = {one.person: one.name for one in named.people if one.name}
    except Refused:
        found.silent.append("l’annuaire")
    try:
        head = await worker.ask(AskHead(before=now), HeadFound, territory=territory)
        found.head = head if head.number else None
    except Refused:
        found.silent.append("le journal de bord")
    return found
