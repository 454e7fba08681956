"""Reading a meeting: the same for every screen of the cell, with names from the directory, numbers from the logbook.

A silent service leaves a blank, never a refusal: the meeting goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from contracts.base import Contract, Envelope, Page, Question
from contracts.directory import ContactsFound, DutyHeld, HowToReach, PeopleFound, WhoAre, WhoIsOnDuty
from contracts.logbook import ListEntries
from contracts.meetings import AskMeeting, MeetingFound
from services.digests import meeting_store, store
from services.digests.answers import allow, is_inside
from services.digests.meeting import UNKNOWN, plan_of
from services.digests.meeting_store import LineRow
from services.digests.meeting_view import Seen, meeting_found, people_of
from services.digests.outside import everything_shown
from services.digests.point import fill
from services.digests.service import SERVICE
from services.platform.errors import Forbidden, NotFound, Refused
from services.platform.territory import Territory
from services.platform.unit import Worker

A = TypeVar("A", bound=Contract)
CELL = "cellule"
#: Kinds of entry that a meeting writes, and how long after its end the logbook may still date one.
KINDS = ("decision", "information", "point")
MARGIN = timedelta(seconds=5)
MOST_ENTRIES = 200


@SERVICE.answers(AskMeeting)
async def ask_meeting(worker: Worker, envelope: Envelope, question: AskMeeting) -> MeetingFound:
    """Where the meeting of a point stands, for the cell."""
    if not is_inside(allow(envelope)):
        raise Forbidden("La réunion est réservée à la cellule de coordination.")
    territory, now = worker.territories[envelope.territory], worker.clock.now()
    seen = await worker.read(lambda session: _read(session, territory, question.digest, now))
    if seen is None:
        raise NotFound(UNKNOWN)
    seen.cell, seen.duty, seen.entries = await asyncio.gather(
        _cell(worker, territory), _duty(worker, territory, now), _entries(worker, territory, seen)
    )
    people = await _asked(worker, territory, WhoAre(people=tuple(sorted(people_of(seen)))), PeopleFound)
    seen.people = {item.person: item for item in people.people} if people else {}
    return meeting_found(seen)


def _read(session: Session, territory: Territory, digest: str, now: datetime) -> Seen | None:
    row = store.digest(session, territory.territory, digest)
    if row is None or row.status == "prévu":
        return None
    meeting = meeting_store.of_digest(session, row.territory, row.id)
    lines = meeting_store.lines(session, meeting.id) if meeting else []
    content = {**row.content, "decisions": meeting.questions} if meeting else row.content
    return Seen(
        territory=territory, now=now, digest=row.id, number=row.number, day=row.day,
        point=fill(content, row.words, everything_shown), raw=content["decisions"], names=row.words,
        plan=meeting.plan if meeting else plan_of(content), meeting=meeting, lines=lines,
        texts=meeting_store.texts(session, _references(lines)),
    )  # fmt: skip


def _references(lines: Sequence[LineRow]) -> list[str]:
    found, waiting = [], [value for line in lines for value in line.data.values()]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found += [value["id"]] if "sha256" in value else []
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found


async def _cell(worker: Worker, territory: Territory) -> list[str]:
    found = await _asked(worker, territory, HowToReach(targets=(CELL,)), ContactsFound)
    return [contact.person for contact in found.contacts.get(CELL, ())] if found else []


async def _duty(worker: Worker, territory: Territory, now: datetime) -> dict[str, str]:
    page = await _asked(worker, territory, WhoIsOnDuty(at=now), Page)
    held = [DutyHeld.model_validate(item) for item in (page.items if page else ())]
    return {item.role: item.person for item in held if item.person}


async def _entries(worker: Worker, territory: Territory, seen: Seen) -> dict[str, int]:
    """Numbers in the logbook, by fact."""
    if seen.meeting is None:
        return {}
    first, last = seen.meeting.started_at - MARGIN, (seen.meeting.closed_at or seen.now) + MARGIN
    pages = await asyncio.gather(*(
        _asked(worker, territory, ListEntries(kind=kind, first=first, last=last, limit=MOST_ENTRIES), Page)
        for kind in KINDS
    ))  # fmt: skip
    return {str(item["fact"]): int(item["number"]) for page in pages if page for item in page.items if item["fact"]}


async def _asked(worker: Worker, territory: Territory, question: Question, answer: type[A]) -> A | None:
    try:
        return await worker.ask(question, answer, territory=territory.territory)
    except Refused:
        return None
