"""Gathering, outside any transaction: rows from the projections, names, texts, duty and the head from their owners.

A service that does not answer leaves a line in the point; it never holds it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from contracts.base import Contract, Page, Question, TextsFound
from contracts.directory import DutyHeld, PeopleFound, WhoAre, WhoIsOnDuty
from contracts.logbook import AskHead, AskTexts, HeadFound
from services.digests import axes, figures, known, store
from services.digests.brief import Brief
from services.digests.compose import apply_edits, compose
from services.digests.decide import Span, sequence_start
from services.digests.known import Known, World
from services.digests.point import tokens
from services.digests.store import DigestRow
from services.platform.errors import Conflict, Refused
from services.platform.territory import Territory
from services.platform.unit import Worker

A = TypeVar("A", bound=Contract)
NAMES = {"directory": "l’annuaire", "logbook": "le journal de bord"}
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Made:
    """A point made: its content with tokens, the words behind them, and where the chain stood."""

    number: int
    day: date
    as_of: datetime
    up_to: int
    head: str
    content: dict[str, Any]
    words: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Read:
    world: World
    histories: list[list[Known]]
    number: int
    edits: list[dict[str, Any]]
    opened: bool


def _read(session: Session, territory: Territory, day: date, as_of: datetime) -> _Read:
    name = territory.territory
    world = known.read_world(session, name, as_of, day - timedelta(days=2), day)
    histories = [
        known.read_history(session, name, "alert", row.entity, as_of)
        for row in world.standing("alert")
        if row.data["kind"] == "vigilance" and row.data.get("status") == "inforce"
    ]
    spans = [_span(row) for row in world.all("crisis")]
    start = sequence_start(spans, as_of)
    same_day = store.daily(session, name, day)
    number = same_day.number if same_day and same_day.number else 0
    if not number:
        number = 1 + (store.published_before(session, name, start, day) if start else 0)
    return _Read(world, histories, number, _edits(same_day, as_of), start is not None)


def _span(row: Known) -> Span:
    closed = row.data.get("closed_at")
    return Span(datetime.fromisoformat(row.data["opened_at"]), datetime.fromisoformat(closed) if closed else None)


def _edits(row: DigestRow | None, as_of: datetime) -> list[dict[str, Any]]:
    return [edit for edit in (row.edits if row else ()) if datetime.fromisoformat(edit["at"]) < as_of]


class _Asking:
    """Questions to other services, and which of them stayed silent."""

    def __init__(self, worker: Worker, territory: str) -> None:
        self.worker = worker
        self.territory = territory
        self.silent: list[str] = []

    async def ask(self, question: Question, answer: type[A]) -> A | None:
        """The answer, or nothing when the service refuses or is down."""
        try:
            return await self.worker.ask(question, answer, territory=self.territory)
        except Refused:  # down or unwilling: the point says so and goes on
            name = NAMES.get(type(question).service, type(question).service)
            if name not in self.silent:
                self.silent.append(name)
            return None


async def make(worker: Worker, territory: Territory, day: date, as_of: datetime) -> Made:
    """The point of ``day`` from what was known at ``as_of``. Refused when no crisis was open then."""
    found = await worker.read(lambda session: _read(session, territory, day, as_of))
    if not found.opened:
        raise Conflict("Aucune crise n’était ouverte à ce moment : il n’y a pas de point de situation à faire.")
    asking = _Asking(worker, territory.territory)
    head = await asking.ask(AskHead(before=as_of - known.INSTANT), HeadFound)
    duty = await _duty(asking, found.world, as_of)
    brief = Brief(
        territory=territory, day=day, number=found.number, as_of=as_of, world=found.world,
        figures=figures.compute(found.world, territory, day), duty=duty,
        up_to=head.number if head else 0, head=head.hash if head else "", silent=asking.silent,
    )  # fmt: skip
    states = [axes.vigilance(history, as_of, territory) for history in found.histories]
    brief.vigilances = sorted(
        (state for state in states if state is not None), key=lambda state: (-axes.rank(state.today), state.phenomenon)
    )
    content = apply_edits(compose(brief).model_dump(mode="json"), found.edits)
    words = await _words(asking, brief, content)
    return Made(found.number, day, as_of, brief.up_to, brief.head, content, words)


async def _duty(asking: _Asking, world: World, as_of: datetime) -> list[DutyHeld]:
    page = await asking.ask(WhoIsOnDuty(at=as_of), Page)
    if page is not None:
        return [DutyHeld.model_validate(item) for item in page.items]
    return [DutyHeld(role=row.entity, person=row.data["person"], deputies=tuple(row.data.get("deputies") or ()))
            for row in world.all("duty")]  # fmt: skip


async def _words(asking: _Asking, brief: Brief, content: dict[str, Any]) -> dict[str, str]:
    """Words behind the tokens: names from the directory, texts from the logbook's copies, structures from facts."""
    needed = tokens(content)
    words = {f"s:{row.entity}": str(row.data["name"]) for row in brief.world.all("structure")}
    people = tuple(sorted({ref for kind, ref in needed if kind == "p" and "#" not in ref}))
    for start in range(0, len(people), CHUNK):
        names = await asking.ask(WhoAre(people=people[start : start + CHUNK]), PeopleFound)
        words.update({f"p:{item.person}": item.name for item in (names.people if names else ()) if item.name})
    for held in brief.duty:
        if held.person and held.name:
            words.setdefault(f"p:{held.person}", held.name)
        if held.person and held.phone:
            words[f"p:{held.person}#tel"] = held.phone
    texts = tuple(sorted({ref for kind, ref in needed if kind == "t"}))
    for start in range(0, len(texts), CHUNK):
        kept = await asking.ask(AskTexts(ids=texts[start : start + CHUNK]), TextsFound)
        words.update({f"t:{item.id}": item.text for item in (kept.texts if kept else ())})
    return words
