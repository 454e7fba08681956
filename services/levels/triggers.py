"""Conditions of a plan against the facts in force. Pure: each condition gives the evidence that makes it true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from contracts.base import TextRef
from contracts.levels import Evidence
from services.levels.words import COLOURS, announced, indicator_words, moment_words
from services.platform.territory import Territory
from services.playbook.conditions import (
    AlertTold,
    AxisTriggered,
    Condition,
    IndicatorRises,
    LevelRequested,
    SlotsTaken,
    TensionsReported,
    VigilanceAnnounced,
)
from services.playbook.model import Trigger

RANKS = {"jaune": 1, "orange": 2, "rouge": 3}
#: The step that says an epidemic is over: a reason only where a plan names it, and no bar to going down.
OVER = "post_epidemique"
AXES = ("orsan", "orsec", "plan_blanc")


@dataclass(frozen=True, slots=True)
class Period:
    """One colour (0 to 3) over one span; the end is exclusive."""

    rank: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AlertFact:
    """An alert in force, reduced to what conditions read.

    ``asked``: said by who may only ask for it, or tell of it. ``authority`` is who says it, in words, ``since`` when
    it starts.
    """

    alert: str
    kind: str
    source: str
    fact: str
    at: datetime
    text: TextRef | None = None
    phenomenon: str | None = None
    periods: tuple[Period, ...] = ()
    volet: str | None = None
    departement: str | None = None
    requests_level: int | None = None
    asked: bool = False
    grade: str | None = None
    authority: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rise:
    """An indicator of one day against the day before, summed on the structures that reported both."""

    indicator: str
    day: date
    percent: int
    fact: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """Tensions of one kind on one local day, or places taken today in per cent."""

    kind: str
    day: date
    value: int
    fact: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything in force that a condition may read."""

    alerts: tuple[AlertFact, ...] = ()
    rises: tuple[Rise, ...] = ()
    tensions: tuple[Count, ...] = ()
    slots: Count | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Evidence with what tells it from another (``key``) and how bad it is (``weight``)."""

    key: str
    weight: int
    evidence: Evidence
    proposes: bool


def evidence_of(trigger: Trigger, facts: Facts, territory: Territory, now: datetime) -> list[Found]:
    """What makes a trigger true now; empty when it is not. ``facts`` holds the alerts that concern the plan."""
    return [_found(trigger, hit, territory, now) for hit in _hits(trigger.when, facts, territory, now)]


@dataclass(frozen=True, slots=True)
class _Hit:
    key: str
    weight: int
    kind: str
    fact: str
    at: datetime
    values: dict[str, object]
    alert: AlertFact | None = None


def _found(trigger: Trigger, hit: _Hit, territory: Territory, now: datetime) -> Found:
    values = dict(hit.values)
    if hit.alert is not None:
        code = hit.alert.departement or territory.departements[0]
        values |= {"departement": territory.departement_names.get(code, code), "source": hit.alert.source}
        values.setdefault("volet", hit.alert.volet or "")
        values["authority"] = hit.alert.authority or hit.alert.source
        values["at"] = moment_words(hit.alert.since or hit.alert.at, now, territory.zone)
    evidence = Evidence(
        fact=hit.fact,
        kind=hit.kind,
        label=_label(trigger, values),
        text=hit.alert.text if hit.alert else None,
        alert=hit.alert.alert if hit.alert else None,
        at=hit.at,
        weight=hit.weight,
    )
    return Found(hit.key, hit.weight, evidence, proposes=not trigger.evidence_only)


def _label(trigger: Trigger, values: dict[str, object]) -> str:
    """The sentence; an act of an authority always says whose it is and from when, where the plan left it out."""
    said = trigger.sentence(**values)
    if not isinstance(trigger.when, AxisTriggered) or "{authority}" in trigger.because:
        return said
    return f"{said} ({values['authority']}, {values['at']})"


def _hits(when: Condition, facts: Facts, territory: Territory, now: datetime) -> Iterator[_Hit]:
    if isinstance(when, VigilanceAnnounced):
        yield from _vigilance(when, facts.alerts, territory, now)
    elif isinstance(when, AlertTold):
        yield from _told(when, facts.alerts)
    elif isinstance(when, LevelRequested):
        yield from _requested(when, facts.alerts)
    elif isinstance(when, AxisTriggered):
        yield from _axis(when, facts.alerts)
    else:
        yield from _counted(when, facts)


def _vigilance(
    when: VigilanceAnnounced, alerts: Iterable[AlertFact], territory: Territory, now: datetime
) -> Iterator[_Hit]:
    today = now.astimezone(territory.zone).date()
    last = today + timedelta(days=1 if when.horizon == "J1" else 0)
    end = datetime.combine(last + timedelta(days=1), time(), territory.zone)
    for alert in alerts:
        if alert.kind != "vigilance" or alert.phenomenon != when.vigilance:
            continue
        seen = [period for period in alert.periods if period.ends_at > now and period.starts_at < end]
        worst = max(seen, key=lambda period: (period.rank, -period.starts_at.timestamp()), default=None)
        if worst is None or worst.rank < RANKS[when.at_least]:
            continue
        day = max(worst.starts_at.astimezone(territory.zone).date(), today)
        values: dict[str, object] = {"colour": COLOURS[worst.rank], "when": announced(day, today)}
        yield _Hit(alert.alert, worst.rank, alert.kind, alert.fact, alert.at, values, alert)


def _told(when: AlertTold, alerts: Iterable[AlertFact]) -> Iterator[_Hit]:
    for alert in alerts:
        of_kind = alert.kind == when.alert or (when.alert == "toute_source" and alert.kind != "vigilance")
        graded = alert.grade == when.grade if when.grade else alert.grade != OVER
        if of_kind and _about(when.phenomenon, alert) and graded:
            yield _Hit(alert.alert, 1, alert.kind, alert.fact, alert.at, {}, alert)


def _about(phenomenon: str | None, alert: AlertFact) -> bool:
    """Whether an alert that concerns the plan is about this: it names it, or names nothing of its own."""
    return phenomenon is None or alert.phenomenon in (None, phenomenon)


def _requested(when: LevelRequested, alerts: Iterable[AlertFact]) -> Iterator[_Hit]:
    for alert in alerts:
        asker = when.request in ("autorite", alert.kind)
        # An authority that asks for more than this level asks for at least this one.
        if asker and alert.requests_level is not None and alert.requests_level >= when.level:
            weight = alert.requests_level
            yield _Hit(alert.alert, weight, alert.kind, alert.fact, alert.at, {"level": weight}, alert)


def _axis(when: AxisTriggered, alerts: Iterable[AlertFact]) -> Iterator[_Hit]:
    for alert in alerts:
        acted = alert.kind == when.axis and not alert.asked
        if acted and when.volet in (None, alert.volet) and _about(when.phenomenon, alert):
            yield _Hit(alert.alert, 1, alert.kind, alert.fact, alert.at, {"volet": alert.volet or ""}, alert)


def _counted(when: Condition, facts: Facts) -> Iterator[_Hit]:
    if isinstance(when, IndicatorRises):
        for rise in facts.rises:
            if rise.indicator == when.indicator and rise.percent >= when.rises_percent:
                values = {"indicator": indicator_words(rise.indicator), "percent": rise.percent}
                key = f"indicator:{rise.indicator}:{rise.day}"
                yield _Hit(key, rise.percent, "activite", rise.fact, rise.at, values)
    elif isinstance(when, SlotsTaken):
        slots = facts.slots
        if slots is not None and slots.value >= when.slots_taken_percent:
            yield _Hit(f"slots:{slots.day}", 1, "capacite", slots.fact, slots.at, {"percent": slots.value})
    elif isinstance(when, TensionsReported):
        of_kind = [one for one in facts.tensions if when.kind in (None, one.kind)]
        total = sum(one.value for one in of_kind)
        if of_kind and total >= when.tensions:
            newest = max(of_kind, key=lambda one: one.at)
            key = f"tensions:{when.kind or 'all'}:{newest.day}"
            yield _Hit(key, 1, "tension", newest.fact, newest.at, {"count": total})


def next_look(facts: Facts, territory: Territory, now: datetime) -> datetime | None:
    """The next moment at which these facts may read otherwise although nothing new is told.

    A colour begins to be announced (midnight of the day before), starts or ends; counts are of one day.
    """
    moments: list[datetime] = []
    for alert in facts.alerts:
        for period in alert.periods:
            first = period.starts_at.astimezone(territory.zone).date()
            moments += [
                datetime.combine(first - timedelta(days=1), time(), territory.zone),
                datetime.combine(first, time(), territory.zone),
                period.ends_at,
            ]
    if facts.rises or facts.tensions or facts.slots:
        tomorrow = now.astimezone(territory.zone).date() + timedelta(days=1)
        moments.append(datetime.combine(tomorrow, time(), territory.zone))
    return min((moment.astimezone(UTC) for moment in moments if moment > now), default=None)
