"""Which plans an alert is about: what it names decides, then the crises open. Pure.

An alert that names a phenomenon concerns the plans about it; else one that names a volet, the plans of that
volet, and when they are several those whose crisis it met, else those that something else already proposes,
else all of them; an alert that names nothing concerns the crises open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.alerts import Phenomenon
from contracts.orsan import is_measure, volet_of
from services.levels.triggers import AlertFact, Facts, evidence_of
from services.platform.territory import Territory
from services.playbook.conditions import AxisTriggered
from services.playbook.model import Plan


@dataclass(frozen=True, slots=True)
class Watched:
    """A plan, whether a crisis of it is open, and when the last one closed."""

    plan: Plan
    open: bool = False
    closed_at: datetime | None = None

    def met(self, alert: AlertFact) -> bool:
        """Whether a crisis of this plan is open, or closed after the alert was told: a person had it before them."""
        return self.open or (self.closed_at is not None and self.closed_at > alert.at)


def shares(
    facts: Facts, watched: Sequence[Watched], territory: Territory, now: datetime
) -> dict[str, tuple[AlertFact, ...]]:
    """The alerts that each plan reads, by playbook, in the order they came."""
    kept: dict[str, set[str]] = {one.plan.playbook: set() for one in watched}
    unsure: list[tuple[AlertFact, list[Watched]]] = []
    for alert in facts.alerts:
        found = _named(alert, watched)
        if len(found) > 1 and _subject(alert) is None and _volet(alert) is not None:
            unsure.append((alert, found))
            continue
        for one in found:
            kept[one.plan.playbook].add(alert.alert)
    proposed = _proposed(facts, watched, kept, territory, now) if unsure else frozenset()
    for alert, found in unsure:
        met = [one for one in found if one.open] or [one for one in found if one.met(alert)]
        for one in met or [one for one in found if one.plan.playbook in proposed] or found:
            kept[one.plan.playbook].add(alert.alert)
    return {
        playbook: tuple(alert for alert in facts.alerts if alert.alert in names) for playbook, names in kept.items()
    }


def unassigned(alerts: Iterable[AlertFact], watched: Sequence[Watched]) -> tuple[AlertFact, ...]:
    """Requests for a level that concern no plan: a person has to choose one. A crisis that met them answered them."""
    return tuple(
        alert
        for alert in alerts
        if alert.requests_level
        and not _named(alert, watched)
        and not (_names_nothing(alert) and any(one.met(alert) for one in watched))
    )


def _subject(alert: AlertFact) -> str | None:
    """The phenomenon an alert names; « autre » says that it is none of those known, which names no plan."""
    return None if alert.phenomenon == Phenomenon.AUTRE else alert.phenomenon


def _volet(alert: AlertFact) -> str | None:
    """The volet an alert names; a cross-cutting measure serves any of them and names none."""
    return None if alert.volet is None or is_measure(alert.volet) else alert.volet


def _names_nothing(alert: AlertFact) -> bool:
    return alert.phenomenon is None and _volet(alert) is None


def _named(alert: AlertFact, watched: Iterable[Watched]) -> list[Watched]:
    subject, volet = _subject(alert), _volet(alert)
    if subject is not None:
        return [one for one in watched if subject in one.plan.subjects]
    if volet is not None:
        return [one for one in watched if volet in volets_of(one.plan, acts=alert.kind == "orsan")]
    return [one for one in watched if one.open] if _names_nothing(alert) else []


def volets_of(plan: Plan, *, acts: bool) -> frozenset[str]:
    """The volet of a plan; for an act of ORSAN (``acts``) those its own conditions name too."""
    named = {plan.orsan}
    if acts:
        whens = [trigger.when for level in plan.levels.values() for trigger in level.propose]
        named |= {when.volet for when in whens if isinstance(when, AxisTriggered)}
    return frozenset(volet_of(name) for name in named if name)


def _proposed(
    facts: Facts, watched: Iterable[Watched], kept: dict[str, set[str]], territory: Territory, now: datetime
) -> frozenset[str]:
    """Plans that something proposes, apart from alerts whose plan is not sure."""
    found = set()
    for one in watched:
        sure = tuple(alert for alert in facts.alerts if alert.alert in kept[one.plan.playbook])
        own = replace(facts, alerts=sure)
        triggers = [trigger for level in one.plan.levels.values() for trigger in level.propose]
        if any(not trigger.evidence_only and evidence_of(trigger, own, territory, now) for trigger in triggers):
            found.add(one.plan.playbook)
    return frozenset(found)
