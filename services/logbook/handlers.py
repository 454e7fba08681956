"""Commands and questions of the journal de bord; facts are in ``hearing``."""

from __future__ import annotations

from contracts.base import Contract, Page, Text, TextsFound
from contracts.journal import AskSince, AskVerdict
from contracts.logbook import (
    AskExport,
    AskHead,
    AskJournal,
    AskTexts,
    CorrectEntry,
    EntryCorrected,
    EntryKind,
    EntryWritten,
    HeadFound,
    ListEntries,
    ReadEntry,
    RedactEntry,
    TextRedacted,
    WriteEntry,
    Written,
)
from services.logbook import answers, checking, decide, hearing, items, journal, store, writing
from services.logbook.roles import DUTY, KEEPERS, READERS
from services.logbook.tables import TABLES, EntryRow
from services.platform.errors import Invalid
from services.platform.service import Service
from services.platform.unit import Unit, View

SERVICE = Service(
    name="logbook",
    purpose="The journal de bord: every fact becomes a numbered, chained entry that an outsider can check",
    says=(EntryWritten, EntryCorrected, TextRedacted),
    owns=TABLES,
    hears_everything=True,
    every_fact=hearing.enter,
    preload=hearing.preload,
    prepare=hearing.gather_texts,
)
SERVICE.runs(hearing.fetch_missing)
SERVICE.answers(AskJournal)(journal.ask_journal)
SERVICE.answers(ReadEntry)(answers.read_entry)
SERVICE.answers(AskSince)(answers.ask_since)
SERVICE.answers(AskVerdict)(checking.ask_verdict)


@SERVICE.does(WriteEntry)
def write_entry(unit: Unit, command: WriteEntry) -> Contract:
    """A person writes; a decision asks to be on duty."""
    unit.require(*KEEPERS, on_duty=DUTY if command.kind == "decision" else ())
    occurred_at = decide.check_written(command.occurred_at, command.crisis, unit.now)
    text = decide.check_words(command.text)
    ref, kept = writing.keep(unit, text)
    fact = EntryWritten(
        number=_next(unit),
        kind=EntryKind(command.kind),
        text=ref,
        occurred_at=occurred_at,
        crisis=command.crisis,
        verified=command.verified,
    )
    unit.say(fact, at=occurred_at)
    draft = _draft(unit, fact.kind, text, crisis=command.crisis, verified=command.verified)
    return _written(writing.write(unit, unit.message.territory, draft, kept))


@SERVICE.does(CorrectEntry)
def correct_entry(unit: Unit, command: CorrectEntry) -> Contract:
    """A new entry points at the old one, which stays."""
    unit.require(*KEEPERS)
    old = _existing(unit, command.number)
    if old.kind == str(EntryKind.DECISION):
        unit.require(*KEEPERS, on_duty=DUTY)
    text = decide.check_words(command.text)
    ref, kept = writing.keep(unit, text)
    unit.say(EntryCorrected(number=_next(unit), corrects=command.number, text=ref))
    draft = _draft(unit, EntryKind.CORRECTION, text, crisis=old.crisis, corrects=command.number)
    return _written(writing.write(unit, unit.message.territory, draft, kept))


@SERVICE.does(RedactEntry)
def redact_entry(unit: Unit, command: RedactEntry) -> Contract:
    """Erase the words of an entry everywhere they were copied; the reason stays in clear."""
    unit.require(*KEEPERS)
    territory, number = unit.message.territory, command.number
    old = _existing(unit, number)
    decide.check_readable(store.text_of(unit.session, old.text_id) is not None, number)
    reason = decide.check_words(command.reason)
    numbers, shared = store.entries_sharing(unit.session, territory, number)
    gone = store.erase(unit.session, territory, numbers, shared)
    unit.say(TextRedacted(number=number, texts=tuple(gone), reason=reason))
    told = decide.redaction_text(number, numbers, unit.caller.id, reason)
    draft = _draft(unit, EntryKind.CORRECTION, told, crisis=old.crisis, about=number, erases=tuple(numbers))
    return _written(writing.write(unit, territory, draft))


def _existing(unit: Unit, number: int) -> EntryRow:
    return store.entry(unit.session, unit.message.territory, number) or decide.refuse_unknown(number)


def _next(unit: Unit) -> int:
    return store.head_of(unit.session, unit.message.territory).number + 1


def _draft(unit: Unit, kind: EntryKind, text: str, **more: object) -> decide.Draft:
    """A draft from the fact just said: same id, author and time."""
    said = unit.said[-1].envelope
    return decide.Draft(
        kind=str(kind),
        text=text,
        occurred_at=said.time,
        author=said.author,
        role=said.authorrole,
        fact=said.id,
        fact_type=said.type,
        cause=said.causation,
        **more,  # type: ignore[arg-type]
    )


def _written(row: EntryRow) -> Written:
    return Written(id=str(row.number), number=row.number, hash=row.hash)


@SERVICE.answers(ListEntries)
def list_entries(view: View, question: ListEntries) -> Page:
    """A page of entries, newest first unless asked otherwise."""
    view.require(*READERS)
    if question.cursor and not (question.cursor.isascii() and question.cursor.isdigit() and len(question.cursor) < 10):
        raise Invalid("Le curseur n'est pas valable ; reprenez la liste depuis le début.")
    territory = view.message.territory
    found = store.listed(view.session, territory, question)
    shown = found[: question.limit]
    corrected = store.corrections(view.session, territory, [row.number for row, _ in shown])
    page = tuple(items.list_item(row, words.text if words else None, corrected.get(row.number)) for row, words in shown)
    return Page(items=page, next=str(shown[-1][0].number) if len(found) > len(shown) else None)


@SERVICE.answers(AskExport)
def ask_export(view: View, question: AskExport) -> Page:
    """A slice of the export, in order."""
    view.require(*READERS)
    found = store.slice_after(view.session, view.message.territory, question.after, question.limit + 1)
    shown = found[: question.limit]
    page = tuple(items.export_item(row, words) for row, words in shown)
    return Page(items=page, next=str(shown[-1][0].number) if len(found) > len(shown) else None)


@SERVICE.answers(AskHead)
def ask_head(view: View, question: AskHead) -> HeadFound:
    """Where the chain stands, or stood. It tells nothing of what was written: any caller of the territory may know."""
    view.require()
    number, hash_ = store.head_at(view.session, view.message.territory, question.at_number, question.before)
    return HeadFound(number=number, hash=hash_)


@SERVICE.answers(AskTexts)
def ask_texts(view: View, question: AskTexts) -> TextsFound:
    """Words by reference, from the copies kept here."""
    view.require(*READERS)
    kept = store.kept_texts(view.session, view.message.territory, question.ids)
    return TextsFound(texts=tuple(Text(id=row.id, salt=row.salt, text=row.text) for row in kept))
