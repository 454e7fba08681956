"""The journal as a file for people: reads the entries, asks the directory for names, renders."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Envelope, Page
from contracts.directory import DutyHeld, PeopleFound, WhoAre, WhoIsOnDuty
from contracts.logbook import AskJournal, JournalFile
from services.logbook import items, store
from services.logbook.render_csv import journal_csv
from services.logbook.render_pdf import Cover, journal_pdf
from services.logbook.roles import READERS
from services.platform.errors import Invalid, Refused
from services.platform.unit import View, Worker

SLICE = 500
#: Answers travel in one bus message of 1 MB; base64 takes a third of it.
MAX_FILE_BYTES = 700 * 1024
MAX_ENTRIES = 5000
TOO_LONG = "Ce journal est trop long pour un seul fichier ; demandez-le par périodes, une semaine par exemple."


async def ask_journal(worker: Worker, envelope: Envelope, question: AskJournal) -> JournalFile:
    """The journal of a period, as PDF or CSV."""
    entries = await worker.read(lambda session: _entries(session, worker, envelope, question))
    names, keeper = await _names(worker, envelope, entries)
    if question.form == "csv":
        body = journal_csv(entries, names).encode("utf-8-sig")  # the mark tells spreadsheets that letters are UTF-8
    else:
        territory = worker.territories.get(envelope.territory)
        cover = Cover(territory.name if territory else envelope.territory, keeper, worker.clock.now())
        zone = territory.zone if territory else None
        body = await asyncio.to_thread(journal_pdf, entries, names, cover, zone)
    if len(body) > MAX_FILE_BYTES:
        raise Invalid(TOO_LONG)
    return JournalFile(
        media_type="text/csv; charset=utf-8" if question.form == "csv" else "application/pdf",
        filename=f"journal-de-bord-{envelope.territory.replace('~', '-')}.{question.form}",
        body=base64.b64encode(body).decode(),
    )


def _entries(session: Session, worker: Worker, envelope: Envelope, question: AskJournal) -> list[dict[str, Any]]:
    view = View(session, envelope, worker.clock.now(), worker.settings, worker.territories)
    view.require(*READERS)
    found: list[dict[str, Any]] = []
    while len(found) <= MAX_ENTRIES:
        after = found[-1]["number"] if found else 0
        rows = store.slice_after(session, envelope.territory, after, SLICE, first=question.first, last=question.last)
        found += [items.export_item(row, words) for row, words in rows]
        if len(rows) < SLICE:
            return found
    raise Invalid(TOO_LONG)


async def _names(worker: Worker, envelope: Envelope, entries: list[dict[str, Any]]) -> tuple[dict[str, str], str]:
    """Names of the authors, and of who keeps the journal; references stand where the directory says nothing."""
    keeper = envelope.caller.id if envelope.caller else ""
    try:
        page = await worker.ask(WhoIsOnDuty(), Page, territory=envelope.territory)
        held = [DutyHeld.model_validate(item) for item in page.items]
        keeper = next((duty.person for duty in held if duty.role == "coordinatrice" and duty.person), keeper)
        people = tuple(sorted({entry["author"] for entry in entries} | ({keeper} if keeper else set())))
        found = await worker.ask(WhoAre(people=people), PeopleFound, territory=envelope.territory)
    except Refused:
        return {}, keeper or "personne désignée"
    names = {person.person: person.name for person in found.people if person.name}
    return names, names.get(keeper, keeper) or "personne désignée"
