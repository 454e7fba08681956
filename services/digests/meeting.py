"""The meeting: opened once, written line by line, closed once. Moves are only kept: they would flood the logbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.base import Created, Done, Fact, Role, TextRef
from contracts.meetings import (
    AttendanceNoted,
    Attended,
    Attendee,
    CloseMeeting,
    DecisionKept,
    DecisionRecorded,
    MeetingBody,
    MeetingClosed,
    MeetingNoted,
    MeetingOpened,
    MoveToItem,
    Named,
    NoteAttendance,
    NoteInMeeting,
    OpenMeeting,
    Outcome,
    RecordDecision,
    Settled,
    Someone,
)
from services.digests import meeting_clock, meeting_decide, meeting_store, store
from services.digests.handlers import BY_HAND
from services.digests.meeting_store import LineRow, MeetingRow
from services.digests.service import SERVICE
from services.digests.store import DigestRow
from services.platform.errors import Invalid, NotFound
from services.platform.unit import Unit

INSIDE = (Role.COORDINATOR, Role.REFERENT)
DUTY = ("coordinatrice", "referent")
UNKNOWN = "Ce point de situation n'existe pas ; voyez la liste des points."


def plan_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of the agenda: those that have minutes."""
    return [{name: section[name] for name in ("key", "title", "minutes")}
            for section in content.get("sections", ()) if section.get("minutes")]  # fmt: skip


@SERVICE.does(OpenMeeting)
def open_meeting(unit: Unit, command: OpenMeeting) -> Created:
    """Begin, with the agenda and the decisions to take as the point has them."""
    unit.require(*INSIDE, on_duty=DUTY)
    row = _digest(unit, command.digest)
    before = meeting_store.of_digest(unit.session, row.territory, row.id)
    if before is not None:
        raise meeting_decide.already_open(before.number, _local(unit, before.started_at), closed=bool(before.closed_at))
    meeting_decide.check_meetable(row.status, by_hand=row.claim.startswith(BY_HAND))
    meeting_decide.check_lead(command.led_by, without_referent=command.without_referent)
    led_by, keeper = _named(unit, command.led_by), _named(unit, command.keeper) or _caller(unit)
    meeting = MeetingRow(
        id=unit.new_id(), territory=row.territory, digest=row.id, number=row.number, day=row.day,
        started_at=unit.now, without_referent=command.without_referent, plan=plan_of(row.content),
        questions=list(row.content.get("decisions", ())), moves=[[1, 0]],
    )  # fmt: skip
    unit.session.add(meeting)
    _tell(unit, meeting, MeetingOpened(**_body(meeting), started_at=unit.now, led_by=led_by, keeper=keeper,
                                       without_referent=command.without_referent))  # fmt: skip
    return Created(id=meeting.id)


@SERVICE.does(NoteAttendance)
def note_attendance(unit: Unit, command: NoteAttendance) -> Done:
    """Who is there; noted again, it corrects."""
    meeting, lines = _running(unit, command.digest)
    meeting_decide.check_attendance(command.present, command.absent)
    before = any(line.kind == AttendanceNoted.type_name() for line in lines)
    present = tuple(_attended(unit, someone) for someone in command.present)
    absent = tuple(_attended(unit, someone) for someone in command.absent)
    fact = AttendanceNoted(**_body(meeting), present=present, absent=absent, corrects=before)
    return Done(id=_tell(unit, meeting, fact))


@SERVICE.does(MoveToItem)
def move_to_item(unit: Unit, command: MoveToItem) -> Done:
    """The agenda is the clock: a move is a time."""
    meeting, _ = _running(unit, command.digest)
    if command.item > len(meeting.plan):
        raise Invalid(f"L'ordre du jour compte {len(meeting.plan)} sujets ; choisissez l'un d'eux.")
    second = meeting_clock.since(meeting.started_at, unit.now)
    meeting.moves = meeting_clock.moved(meeting.moves, command.item, second)
    return Done(id=meeting.id)


@SERVICE.does(RecordDecision)
def record_decision(unit: Unit, command: RecordDecision) -> DecisionKept:
    """Write a decision, or correct it before the meeting closes."""
    meeting, lines = _running(unit, command.digest)
    meeting_decide.check_decision(command)
    recorded = decisions_of(lines)
    question = meeting_decide.question_of(command.code, meeting.questions)
    meeting_decide.check_known(command.code, question, recorded)
    code = command.code or meeting_decide.next_code(meeting.questions, recorded)
    before = recorded.get(code)
    meeting_decide.check_rewrite(code, _local(unit, before.at) if before else None, corrects=command.corrects)
    meeting_decide.check_level(question, command.outcome, without_referent=meeting.without_referent)
    title = meeting_decide.title_of(command, question, _words(unit, before, "title"))
    fact = DecisionRecorded(
        **_body(meeting), decision=f"{meeting.id}:{code}", version=1 + (before.data["version"] if before else 0),
        code=code, title=unit.keep_required(title), outcome=Outcome(command.outcome),
        words=unit.keep_required(command.words.strip()),
        decided_by=_named(unit, command.decided_by) or _caller(unit), owner=_named(unit, command.owner),
        due_at=command.due_at, due_words=unit.keep(command.due_words.strip()), corrects=before is not None,
    )  # fmt: skip
    return DecisionKept(id=_tell(unit, meeting, fact), code=code)


@SERVICE.does(NoteInMeeting)
def note_in_meeting(unit: Unit, command: NoteInMeeting) -> Created:
    """A line of the journal, with the item that was being read."""
    meeting, _ = _running(unit, command.digest)
    words = command.words.strip()
    if not words:
        raise Invalid("Le texte est vide ; écrivez ce qui est dit.")
    if command.kind == "a_verifier" and command.verified:
        raise Invalid("Une information à vérifier n'est pas vérifiée : choisissez l'un ou l'autre.")
    fact = MeetingNoted(
        **_body(meeting), item=meeting_clock.current(meeting.moves), kind=command.kind, words=unit.keep_required(words),
        verified=False if command.kind == "a_verifier" else command.verified,
    )  # fmt: skip
    return Created(id=_tell(unit, meeting, fact))


@SERVICE.does(CloseMeeting)
def close_meeting(unit: Unit, command: CloseMeeting) -> Done:
    """End it: the time by item, what was decided, what is deferred."""
    meeting, lines = _running(unit, command.digest)
    recorded = {code: str(line.data["outcome"]) for code, line in decisions_of(lines).items()}
    noted = [line.data for line in lines if line.kind == AttendanceNoted.type_name()]
    there, missing = (len(noted[-1]["present"]), len(noted[-1]["absent"])) if noted else (0, 0)
    seconds = meeting_clock.since(meeting.started_at, unit.now)
    fact = MeetingClosed(
        **_body(meeting), closed_at=unit.now, seconds=seconds,
        by_item=tuple(meeting_clock.spent(meeting.moves, seconds, len(meeting.plan))),
        present=there, expected=there + missing,
        decided=tuple(Settled(code=code, outcome=Outcome(outcome)) for code, outcome in recorded.items()),
        deferred=meeting_decide.deferred(meeting.questions, recorded),
    )  # fmt: skip
    meeting.closed_at = unit.now
    _tell(unit, meeting, fact)
    return Done(id=meeting.id)


def decisions_of(lines: Sequence[LineRow]) -> dict[str, LineRow]:
    """The last writing of each decision, by number, in the order of the numbers."""
    found = {str(line.data["code"]): line for line in lines if line.kind == DecisionRecorded.type_name()}
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def _tell(unit: Unit, meeting: MeetingRow, fact: Fact) -> str:
    """Say a fact and keep it as a line of the meeting."""
    key = unit.say(fact)
    rank = len(meeting_store.lines(unit.session, meeting.id))
    unit.session.add(LineRow(id=key, meeting=meeting.id, rank=rank, kind=fact.type_name(), at=unit.now,
                             by=unit.caller.id, data=fact.model_dump(mode="json")))  # fmt: skip
    unit.session.flush()
    return key


def _digest(unit: Unit, digest: str) -> DigestRow:
    row = store.digest(unit.session, unit.message.territory, digest)
    if row is None or row.status == "prévu":
        raise NotFound(UNKNOWN)
    return row


def _running(unit: Unit, digest: str) -> tuple[MeetingRow, list[LineRow]]:
    """The open meeting of a point and its lines, for somebody on duty."""
    unit.require(*INSIDE, on_duty=DUTY)
    row = _digest(unit, digest)
    meeting = meeting_store.of_digest(unit.session, row.territory, row.id)
    if meeting is None:
        raise meeting_decide.not_open()
    meeting_decide.check_running(meeting.number, _local(unit, meeting.closed_at) if meeting.closed_at else None)
    return meeting, meeting_store.lines(unit.session, meeting.id)


def _body(meeting: MeetingRow) -> dict[str, Any]:
    body = MeetingBody(meeting=meeting.id, digest=meeting.digest, number=meeting.number, day=meeting.day)
    return body.model_dump()


def _local(unit: Unit, moment: datetime) -> datetime:
    return moment.astimezone(unit.territory.zone)


def _caller(unit: Unit) -> Named:
    return Named(person=unit.caller.id)


def _named(unit: Unit, someone: Someone | None) -> Named | None:
    if someone is None:
        return None
    meeting_decide.check_someone(someone)
    return Named(person=someone.person, name=unit.keep(someone.words.strip()))


def _attended(unit: Unit, someone: Attendee) -> Attended:
    name, note = unit.keep(someone.words.strip()), unit.keep(someone.note.strip())
    return Attended(person=someone.person, name=name, note=note)


def _words(unit: Unit, line: LineRow | None, field: str) -> str:
    return unit.text(TextRef.model_validate(line.data[field])) if line else ""
