"""What the plan de crise needs of the other services, asked all at once; one that is silent leaves its part empty."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

from contracts.base import Contract, ListQuestion, Page, Question
from contracts.cell import AskCell, CellFound
from contracts.directory import DutyHeld, ListPeople, WhoIsOnDuty
from contracts.plans import ListPlans, PlanRead, ReadPlan
from contracts.reviews import ListImprovements, ListReviews
from services.platform.calendar import local_day
from services.platform.errors import Refused
from services.platform.territory import Territory
from services.platform.unit import Worker
from services.readiness import reading, store
from services.readiness.known import Known

A = TypeVar("A", bound=Contract)
SLICE = 500
MAX_SLICES = 10
SENT = 20


async def gather(worker: Worker, territory: Territory) -> Known:
    """Everything known at this moment."""
    name, now = territory.territory, worker.clock.now()
    today = local_day(now, territory.zone)
    silent: list[str] = []
    line = _Line(worker, name, silent)
    people, duty, cell, plans, reviews, improvements = await asyncio.gather(
        line.every("l’annuaire", ListPeople()),
        line.every("l’astreinte", WhoIsOnDuty()),
        line.one("la cellule", AskCell(), CellFound),
        _plans(line),
        line.every("les retours d’expérience", ListReviews()),
        line.every("les améliorations", ListImprovements()),
    )
    ready, written, deliveries, number = await worker.read(
        lambda session: (
            reading.readiness(session, territory, today),
            {row.person: local_day(row.written_at, territory.zone) for row in store.people(session, name)},
            tuple(dict(card) for card in store.deliveries(session, name, None, SENT)),
            store.next_number(session, name),
        )
    )
    return Known(
        territory=territory, now=now, ready=ready, people=people or (), written=written,
        duty=tuple(DutyHeld.model_validate(one) for one in duty or ()), cell=cell, plans=plans,
        reviews=reviews, improvements=improvements, deliveries=deliveries, number=number,
        silent=tuple(dict.fromkeys(silent)),
    )  # fmt: skip


class _Line:
    """Questions of one document; who does not answer is noted, never waited for by the others."""

    def __init__(self, worker: Worker, territory: str, silent: list[str]) -> None:
        self._worker, self._territory, self._silent = worker, territory, silent

    async def one(self, part: str, question: Question, answer: type[A]) -> A | None:
        """An answer, or nothing."""
        try:
            return await self._worker.ask(question, answer, territory=self._territory)
        except Refused:
            self._silent.append(part)
            return None

    async def every(self, part: str, question: Question) -> tuple[Mapping[str, Any], ...] | None:
        """Every row of a list, or nothing."""
        found: list[Mapping[str, Any]] = []
        asked = question.model_copy(update={"limit": SLICE}) if isinstance(question, ListQuestion) else question
        for _ in range(MAX_SLICES):
            page = await self.one(part, asked, Page)
            if page is None:
                return None
            found += page.items
            if page.next is None:
                break
            asked = asked.model_copy(update={"cursor": page.next})
        return tuple(found)


async def _plans(line: _Line) -> tuple[PlanRead, ...]:
    """The newest version of each plan, by typology then title."""
    listed = await line.every("les plans", ListPlans()) or ()
    newest = [str(one["playbook"]) for one in listed if one.get("newest")]
    read = await asyncio.gather(*(line.one("un plan", ReadPlan(playbook=name), PlanRead) for name in newest))
    found = [plan for plan in read if plan is not None]
    return tuple(sorted(found, key=lambda plan: (plan.about.typology, plan.about.title)))
