"""The meeting as screens show it, from its row, its lines, the words behind them and the names. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from contracts.directory import PersonName
from contracts.meetings import (
    AttendanceNoted,
    AttendanceShown,
    AttendeeShown,
    DecisionRecorded,
    DecisionShown,
    ItemShown,
    LineShown,
    MeetingClosed,
    MeetingFound,
    MeetingNoted,
    MeetingOpened,
    Shown,
)
from services.digests import meeting_clock, meeting_decide
from services.digests.meeting_store import LineRow, MeetingRow
from services.digests.point import ERASED, TOKEN, Point, plain
from services.platform import french
from services.platform.territory import Territory

Data = Mapping[str, Any]
State = Literal["a_venir", "en_cours", "close"]
STATES: dict[bool, State] = {False: "en_cours", True: "close"}


@dataclass(slots=True)
class Seen:
    """All that a screen of the meeting is built from. ``point`` has its words in place; ``raw`` has tokens.

    ``people`` are the names the directory gave, ``names`` those the point was printed with.
    """

    territory: Territory
    now: datetime
    digest: str
    number: int
    day: date
    point: Point
    raw: Sequence[Data]
    plan: Sequence[Data]
    meeting: MeetingRow | None = None
    lines: Sequence[LineRow] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    people: dict[str, PersonName] = field(default_factory=dict)
    cell: Sequence[str] = ()
    duty: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, int] = field(default_factory=dict)

    def words(self, ref: Data | None) -> str:
        """The words behind a reference."""
        return self.texts.get(str(ref["id"]), ERASED["t"]) if ref else ""

    def shown(self, named: Data | None) -> Shown | None:
        """A person of a fact."""
        if not named:
            return None
        person = named.get("person")
        return self.person(str(person)) if person else Shown(name=self.words(named.get("name")))

    def person(self, ref: str) -> Shown:
        """A person by reference: the name the directory gives, else the one of the point, else the reference."""
        known = self.people.get(ref)
        if known is not None:
            return Shown(person=ref, name=known.name or ERASED["p"], function=known.function)
        return Shown(person=ref, name=self.names.get(f"p:{ref}") or ref)

    def last(self, kind: str) -> LineRow | None:
        """The last line of a kind."""
        return next((line for line in reversed(self.lines) if line.kind == kind), None)


def people_of(seen: Seen) -> set[str]:
    """Every person to ask the directory about."""
    found = {ref for item in seen.raw for kind, ref in TOKEN.findall(str(item["decides"])) if kind == "p"}
    found |= {*seen.cell, *seen.duty.values(), *(line.by for line in seen.lines)}
    waiting: list[Any] = [line.data for line in seen.lines]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            found |= {value["person"]} if isinstance(value.get("person"), str) else set()
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return found


def meeting_found(seen: Seen) -> MeetingFound:
    """The whole screen."""
    meeting, minutes = seen.meeting, sum(int(item["minutes"]) for item in seen.plan)
    opened, closed = seen.last(MeetingOpened.type_name()), seen.last(MeetingClosed.type_name())
    common = {
        "digest": seen.digest, "number": seen.number, "day": seen.day, "title": seen.point.title, "now": seen.now,
        "minutes": minutes, "items": _items(seen), "attendance": _attendance(seen), "decisions": _decisions(seen),
        "remarks": _remarks(seen.point),
    }  # fmt: skip
    if meeting is None or opened is None:
        lead, keeper = seen.duty.get("referent"), seen.duty.get("coordinatrice")
        return MeetingFound(state="a_venir", led_by=seen.person(lead) if lead else None,
                            keeper=seen.person(keeper) if keeper else None, **common)  # fmt: skip
    return MeetingFound(
        state=STATES[closed is not None], meeting=meeting.id, started_at=meeting.started_at,
        ends_at=meeting.started_at + timedelta(minutes=minutes), closed_at=meeting.closed_at, elapsed=_elapsed(seen),
        led_by=seen.shown(opened.data["led_by"]), keeper=seen.shown(opened.data["keeper"]),
        without_referent=meeting.without_referent, lines=tuple(_line(seen, line) for line in reversed(seen.lines)),
        deferred=tuple(closed.data["deferred"]) if closed else (),
        summary=meeting_decide.summary(seen.territory, closed.data, opened.data) if closed else "", **common,
    )  # fmt: skip


def _elapsed(seen: Seen) -> int:
    if seen.meeting is None:
        return 0
    return meeting_clock.since(seen.meeting.started_at, seen.meeting.closed_at or seen.now)


def _items(seen: Seen) -> tuple[ItemShown, ...]:
    moves = seen.meeting.moves if seen.meeting else []
    spent = meeting_clock.spent(moves, _elapsed(seen), len(seen.plan)) if moves else [0] * len(seen.plan)
    now_at = meeting_clock.current(moves) if seen.meeting and seen.meeting.closed_at is None else 0
    return tuple(
        ItemShown(n=n, key=item["key"], title=item["title"], minutes=item["minutes"], seconds_spent=seconds,
                  current=n == now_at)
        for n, (item, seconds) in enumerate(zip(seen.plan, spent, strict=True), 1)
    )  # fmt: skip


def _attendance(seen: Seen) -> AttendanceShown:
    expected = tuple(AttendeeShown(**seen.person(ref).model_dump()) for ref in seen.cell)
    line = seen.last(AttendanceNoted.type_name())
    if line is None:
        return AttendanceShown(expected=expected)
    present, absent = (tuple(_attendee(seen, item) for item in line.data[side]) for side in ("present", "absent"))
    return AttendanceShown(noted_at=line.at, present=present, absent=absent, expected=expected)


def _attendee(seen: Seen, data: Data) -> AttendeeShown:
    shown = seen.shown(data) or Shown()
    return AttendeeShown(**shown.model_dump(), note=seen.words(data["note"]))


def _decisions(seen: Seen) -> tuple[DecisionShown, ...]:
    closed = bool(seen.meeting and seen.meeting.closed_at)
    written = {str(line.data["code"]): line for line in seen.lines if line.kind == DecisionRecorded.type_name()}
    filled = {item.code: item for item in seen.point.decisions}
    found = []
    for question in seen.raw:
        code, item = str(question["code"]), filled[question["code"]]
        refs = [ref for kind, ref in TOKEN.findall(str(question["decides"])) if kind == "p"]
        about = {"code": code, "title": plain(item.proposal), "why": plain(item.why),
                 "decides": seen.person(refs[0]) if refs else None,
                 "level": meeting_decide.about_level(question)}  # fmt: skip
        line = written.pop(code, None)
        told = _told(seen, line) if line else {"outcome": "deferred" if closed else ""}
        found.append(DecisionShown(**{**about, **told}))
    news = sorted(written.items(), key=lambda pair: int(pair[0][1:]))
    return (*found, *(DecisionShown(code=code, new=True, **_told(seen, line)) for code, line in news))


def _told(seen: Seen, line: LineRow) -> dict[str, Any]:
    data = line.data
    return {
        "title": seen.words(data["title"]), "outcome": data["outcome"], "words": seen.words(data["words"]),
        "decided_by": seen.shown(data["decided_by"]), "owner": seen.shown(data["owner"]), "due_at": data["due_at"],
        "due_words": seen.words(data["due_words"]), "recorded_at": line.at, "recorded_by": seen.person(line.by),
        "version": data["version"], "fact": line.id, "entry": seen.entries.get(line.id),
    }  # fmt: skip


def _remarks(point: Point) -> tuple[str, ...]:
    blocks = [block for section in point.sections if section.key == "decisions" for block in section.blocks]
    return tuple(plain(line) for block in blocks if block.kind != "table" for line in block.lines)


def _line(seen: Seen, line: LineRow) -> LineShown:
    data = line.data
    about = {"at": line.at, "by": seen.person(line.by), "fact": line.id, "entry": seen.entries.get(line.id)}
    if line.kind == DecisionRecorded.type_name():
        return LineShown(kind="decision", code=data["code"], outcome=data["outcome"], words=seen.words(data["words"]),
                         corrects=data["corrects"], **about)  # fmt: skip
    if line.kind == MeetingNoted.type_name():
        return LineShown(kind=data["kind"], words=seen.words(data["words"]), verified=data["verified"], **about)
    if line.kind == AttendanceNoted.type_name():
        there, all_of = len(data["present"]), len(data["present"]) + len(data["absent"])
        return LineShown(kind="presences", words=f"{there} sur {all_of}", corrects=data["corrects"], **about)
    if line.kind == MeetingClosed.type_name():
        return LineShown(kind="cloture", words=f"clos en {french.lasting(data['seconds'])}", **about)
    return LineShown(kind="ouverture", words="", **about)
