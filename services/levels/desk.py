"""What one transaction knows of one territory: loaded once, kept in step, handed frozen to the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from sqlalchemy.orm import Session

from contracts.levels import CrisisState
from services.levels import store, tables
from services.levels.axes import from_json
from services.levels.decide import Pending, Situation
from services.levels.matching import Watched, shares, unassigned
from services.levels.plans import library_at, pinned
from services.levels.triggers import RANKS, AlertFact, Count, Facts, Rise
from services.platform.territory import Territory
from services.platform.unit import Unit
from services.playbook.loader import Library
from services.playbook.model import Plan

V = TypeVar("V")


class Desk:
    """Rows of one territory, by key. Rows added in this transaction stand here before the database has them."""

    def __init__(self, session: Session, library: Library, territory: Territory, now: datetime) -> None:
        self.session = session
        self.library = library
        self.territory = territory
        self.now = now
        self.name = territory.territory
        self.today: date = now.astimezone(territory.zone).date()
        self.unsettled = False  # facts were taken in since proposals were last derived
        self.alerts = {row.alert: row for row in store.alerts_in_force(session, self.name)}
        self.crises = {row.playbook: row for row in store.open_crises(session, self.name)}
        self.pending = {row.playbook: row for row in store.pending_proposals(session, self.name)}

    @cached_property
    def axes(self) -> dict[tuple[str, str], tables.AxisRow]:
        """Outside axes by name and label."""
        return {(row.axis, row.label): row for row in store.axes(self.session, self.name)}

    @cached_property
    def days(self) -> dict[tuple[str, date], tables.DayRow]:
        """Colours from today on, by phenomenon and day."""
        return {(row.phenomenon, row.day): row for row in store.days_from(self.session, self.name, self.today)}

    @cached_property
    def reports(self) -> dict[tuple[date, str, str], tables.ReportRow]:
        """Reports of today and the two days before."""
        rows = store.reports_from(self.session, self.name, self.first_report_day)
        return {(row.day, row.indicator, row.structure): row for row in rows}

    @cached_property
    def tensions(self) -> dict[str, tables.TensionRow]:
        """Tensions of today."""
        return {row.tension: row for row in store.tensions_of(self.session, self.name, self.today)}

    @cached_property
    def slots(self) -> dict[str, tables.SlotRow]:
        """Slots of today."""
        return {row.slot: row for row in store.slots_of(self.session, self.name, self.today)}

    @property
    def first_report_day(self) -> date:
        """Older reports change no proposal."""
        return self.today - timedelta(days=2)

    def watch(self, playbook: str) -> tables.WatchRow:
        """What a plan watches here."""
        return self.row(tables.WatchRow, (self.name, playbook), lambda: tables.WatchRow(
            territory=self.name, playbook=playbook, considered={}
        ))  # fmt: skip

    def row(self, model: type[V], key: tuple[str, ...], make: Callable[[], V]) -> V:
        """A row by primary key, made and flushed when there is none."""
        found = self.session.get(model, key)
        if found is None:
            found = make()
            self.session.add(found)
            self.session.flush()
        return found

    def plan(self, playbook: str) -> Plan:
        """The content that counts now: the one the crisis is pinned to, else the current one."""
        crisis = self.crises.get(playbook)
        if crisis is not None:
            return pinned(self.session, self.library, crisis.plan_sha256, playbook)
        return self.library.plans[playbook]

    def playbooks(self) -> Iterable[str]:
        """Plans of the folder, and those of open crises whose file is gone."""
        return dict.fromkeys([*self.library.plans, *self.crises])

    def watched(self) -> list[Watched]:
        """Every plan, with what became of its last crisis since the oldest alert in force."""
        oldest = min((row.at for row in self.alerts.values() if row.in_force), default=self.now)
        self.session.flush()
        closed = {row.playbook: row.closed_at for row in store.recently_closed(self.session, self.name, oldest)}
        return [Watched(self.plan(name), name in self.crises, closed.get(name)) for name in self.playbooks()]

    def shares(self) -> dict[str, Facts]:
        """What each plan reads: the facts in force, with the alerts that concern it."""
        facts = self.facts()
        found = shares(facts, self.watched(), self.territory, self.now)
        return {
            playbook: replace(facts, alerts=alerts, slots=self._slots_taken(playbook))
            for playbook, alerts in found.items()
        }

    def unassigned(self) -> tuple[AlertFact, ...]:
        """Requests for a level that concern no plan."""
        return unassigned(self.facts().alerts, self.watched())

    def situation(self, playbook: str, facts: Facts | None = None) -> Situation:
        """Everything the rules read for one plan, frozen; ``facts`` when its share is known already."""
        plan, crisis = self.plan(playbook), self.crises.get(playbook)
        watch = self.watch(playbook)
        return Situation(
            plan=plan,
            territory=self.territory,
            facts=self.shares()[playbook] if facts is None else facts,
            now=self.now,
            level=crisis.level if crisis else 0,
            opened_at=crisis.opened_at if crisis else None,
            considered=dict(watch.considered),
            hot_day=self._hot_day(plan) if crisis else None,
            quiet_since=watch.quiet_since,
        )

    def facts(self) -> Facts:
        """Facts in force, as conditions read them."""
        alerts = [from_json(r.alert, r.kind, r.fact, r.at, r.body) for r in self.alerts.values() if r.in_force]
        return Facts(
            alerts=tuple(sorted(alerts, key=lambda alert: alert.at)),
            rises=self._rises(),
            tensions=tuple(Count(row.kind, row.day, row.count, row.fact, row.at) for row in self.tensions.values()),
            slots=self._slots_taken(),
        )

    def pending_of(self, playbook: str) -> Pending | None:
        """The proposal that waits for this plan."""
        row = self.pending.get(playbook)
        return Pending(row.id, row.level, row.from_level, dict(row.weights), row.because) if row else None

    def holders(self) -> dict[str, tuple[str, ...]]:
        """Who may decide for each duty role."""
        return {row.role: tuple(row.people) for row in store.duties(self.session, self.name)}

    def _hot_day(self, plan: Plan) -> date | None:
        if plan.lowering is None or plan.lowering.vigilance is None:
            return None
        self.session.flush()
        return store.last_hot_day(self.session, self.name, plan.lowering.vigilance, RANKS[plan.lowering.at_least])

    def _rises(self) -> tuple[Rise, ...]:
        rises = [
            rise
            for indicator in sorted({key[1] for key in self.reports})
            for day in (self.today, self.today - timedelta(days=1))
            if (rise := self._rise(indicator, day)) is not None
        ]
        newest = {rise.indicator: rise for rise in reversed(rises)}
        return tuple(newest.values())

    def _rise(self, indicator: str, day: date) -> Rise | None:
        before = {key[2]: row for key, row in self.reports.items() if key[:2] == (day - timedelta(days=1), indicator)}
        both = [row for key, row in self.reports.items() if key[:2] == (day, indicator) and key[2] in before]
        base = sum(before[row.structure].value for row in both)
        if not base:
            return None
        newest = max(both, key=lambda row: row.at)
        percent = round(100 * (sum(row.value for row in both) - base) / base)
        return Rise(indicator, day, percent, newest.fact, newest.at)

    def _slots_taken(self, playbook: str | None = None) -> Count | None:
        """Places of today, of one plan: those given to another crisis say nothing of this one."""
        others = {crisis.id for name, crisis in self.crises.items() if playbook is not None and name != playbook}
        rows = [row for row in self.slots.values() if row.counts and row.crisis not in others]
        places = sum(row.places for row in rows)
        if not places:
            return None
        newest = max(rows, key=lambda row: row.at)
        taken = round(100 * sum(row.booked for row in rows) / places)
        return Count("slots", self.today, taken, newest.fact, newest.at)


def desk_of(unit: Unit, territory: str | None = None) -> Desk:
    """The desk of a territory, one for the whole transaction."""
    name = territory or unit.message.territory
    desks: dict[str, Desk] = unit.session.info.setdefault("levels", {})
    if name not in desks:
        library = library_at(unit.settings.playbooks_dir)
        desks[name] = Desk(unit.session, library, unit.territory_named(name), unit.now)
    return desks[name]


def crisis_state(row: tables.CrisisRow, library: Library) -> CrisisState:
    """A crisis as it travels."""
    state = CrisisState.model_validate(row.model_dump(exclude={"territory", "plan_since", "plan_by"}))
    newest = library.plans.get(row.playbook)
    if newest is None:
        return state
    return state.model_copy(update={"newest_version": newest.version, "newest_sha256": newest.sha256})


def utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)
