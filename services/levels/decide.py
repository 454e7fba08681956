"""Which proposal should stand, and what a person's decision does. Pure: frozen state in, facts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from contracts.levels import Evidence
from services.levels.triggers import Facts, Found, evidence_of, next_look
from services.levels.words import day_words
from services.platform.territory import Territory
from services.playbook.conditions import VigilanceAnnounced
from services.playbook.model import Plan

MAX_EVIDENCE = 20
MAX_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the rules read for one plan in one territory.

    ``considered``: evidence a person had before them at their last decision, with its weight then.
    ``hot_day``: last local day at or above the colour the plan lowers from, announced days included.
    ``quiet_since``: when the last fact that proposed a level ended, for a plan that lowers on quiet.
    """

    plan: Plan
    territory: Territory
    facts: Facts
    now: datetime
    level: int = 0
    opened_at: datetime | None = None
    considered: Mapping[str, int] | None = None
    hot_day: date | None = None
    quiet_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The proposal that the facts in force derive. ``weights``: what its evidence weighs, by key."""

    level: int
    from_level: int
    because: str
    evidence: tuple[Evidence, ...]
    weights: Mapping[str, int]
    decided_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """The proposal that waits for a person."""

    proposal: str
    level: int
    from_level: int
    weights: Mapping[str, int]
    label: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of the pending proposal: ``withdraw`` says why, ``propose`` what takes its place."""

    withdraw: str | None = None
    propose: Standing | None = None


def derive(situation: Situation) -> Standing | None:
    """The one proposal that should stand for this plan: going up on fresh facts, else going down after the tail."""
    return _raise(situation) or _lower(situation)


def taken_into_account(situation: Situation, *, tail: bool) -> dict[str, int]:
    """Every piece of evidence in force for any level, with its weight: what a decision had before it.

    With ``tail``, the quiet days too: who declines to go down, or goes up, is not asked again for them;
    who goes down one level may be asked for the next.
    """
    weights: dict[str, int] = {}
    for level in situation.plan.levels:
        for found in _of_level(situation, level):
            weights[found.key] = max(found.weight, weights.get(found.key, 0))
    quiet = _tail(situation) if tail else None
    if quiet is not None and situation.now >= quiet[0]:
        weights[quiet[1]] = 0
    return weights


def reconsidered(before: Situation, after: Situation) -> dict[str, int]:
    """What a person had considered, once the crisis follows another plan.

    Evidence that proposes a level above this one, and did not under the plan before, is news again.
    """
    told = {(level, found.key) for level, found in _proposing(before)}
    news = {found.key for level, found in _proposing(after) if (level, found.key) not in told}
    return {key: weight for key, weight in (before.considered or {}).items() if key not in news}


def _proposing(situation: Situation) -> list[tuple[int, Found]]:
    above = [level for level in situation.plan.levels if level > situation.level]
    return [(level, found) for level in above for found in _of_level(situation, level) if found.proposes]


def _of_level(situation: Situation, level: int) -> list[Found]:
    plan_level = situation.plan.levels.get(level)
    triggers = plan_level.propose if plan_level else ()
    return [
        found
        for trigger in triggers
        for found in evidence_of(trigger, situation.facts, situation.territory, situation.now)
    ]


def _fresh(found: Found, considered: Mapping[str, int]) -> bool:
    return found.proposes and found.weight > considered.get(found.key, -1)


def _raise(situation: Situation) -> Standing | None:
    considered = situation.considered or {}
    above = [level for level in situation.plan.levels if level > situation.level]
    by_level = {level: _of_level(situation, level) for level in above}
    wanted = [level for level in above if any(_fresh(found, considered) for found in by_level[level])]
    if not wanted:
        return None
    target = max(wanted)
    proposing = [found for found in by_level[target] if found.proposes]
    fresh_first = sorted(proposing, key=lambda found: not _fresh(found, considered))
    first_words = {found.key: found.evidence.label for found in reversed(fresh_first)}
    sentences = list(dict.fromkeys(first_words[found.key] for found in fresh_first))[:MAX_SENTENCES]
    found = [one for level in above if level <= target for one in reversed(by_level[level])]
    kept = {one.key: one for one in sorted(found, key=lambda one: one.weight)}
    return _standing(situation, target, " ; ".join(sentences), list(kept.values()))


def _lower(situation: Situation) -> Standing | None:
    tail = _tail(situation)
    if tail is None or situation.level == 0 or situation.now < tail[0]:
        return None
    due, key = tail
    if key in (situation.considered or {}) or _announced_level(situation) >= situation.level:
        return None
    label = situation.plan.lowering.because if situation.plan.lowering else ""
    label = label.replace("{hours}", str(_tail_hours(situation)))
    if situation.hot_day is not None:
        label = f"{label.rstrip('.')} (dernier jour concerné : {day_words(situation.hot_day)})"
    kind = "calme" if situation.plan.lowering and situation.plan.lowering.quiet else "vigilance"
    evidence = Evidence(fact=key, kind=kind, label=label, at=due, weight=0)
    target = max(situation.level - 1, _announced_level(situation))
    return _standing(situation, target, label, [Found(key, 0, evidence, proposes=True)])


def _announced_level(situation: Situation) -> int:
    """Highest level whose vigilance trigger holds now, whatever a person made of it: it keeps a crisis open."""
    holding = [
        level
        for level, content in situation.plan.levels.items()
        for trigger in content.propose
        if isinstance(trigger.when, VigilanceAnnounced)
        and evidence_of(trigger, situation.facts, situation.territory, situation.now)
    ]
    return max(holding, default=0)


def quiet_since(situation: Situation) -> datetime | None:
    """Since when nothing proposes any level of the plan; nothing while something does, whatever was made of it."""
    if any(found.proposes for level in situation.plan.levels for found in _of_level(situation, level)):
        return None
    return situation.quiet_since or situation.now


def _tail(situation: Situation) -> tuple[datetime, str] | None:
    """When lowering may be proposed, and the key that says from which day (or quiet moment) and level."""
    lowering = situation.plan.lowering
    if lowering is None or situation.opened_at is None:
        return None
    if lowering.quiet:
        quiet = quiet_since(situation)
        if quiet is None:
            return None
        starts = max(quiet, situation.opened_at)
        return starts + timedelta(hours=_tail_hours(situation)), f"tail:{quiet.isoformat()}:{situation.level}"
    starts = situation.opened_at
    if situation.hot_day is not None:
        midnight = datetime.combine(situation.hot_day + timedelta(days=1), time(), situation.territory.zone)
        starts = max(starts, midnight.astimezone(UTC))
    return starts + timedelta(hours=_tail_hours(situation)), f"tail:{situation.hot_day or 'opening'}:{situation.level}"


def _tail_hours(situation: Situation) -> int:
    own = situation.plan.lowering.tail_hours if situation.plan.lowering else None
    return situation.territory.thresholds.lowering_tail_hours if own is None else own


def next_check(situation: Situation) -> datetime | None:
    """The next moment at which ``derive`` may answer otherwise by time alone."""
    moments = [next_look(situation.facts, situation.territory, situation.now)]
    tail = _tail(situation)
    if tail is not None and situation.level > 0 and tail[0] > situation.now:
        moments.append(tail[0])
    return min((moment for moment in moments if moment is not None), default=None)


def _standing(situation: Situation, level: int, because: str, found: list[Found]) -> Standing:
    ordered = sorted(found, key=lambda one: (-one.weight, -one.evidence.at.timestamp()))[:MAX_EVIDENCE]
    return Standing(
        level=level,
        from_level=situation.level,
        because=because,
        evidence=tuple(one.evidence for one in ordered),
        weights={one.key: one.weight for one in ordered},
        decided_by=required_roles(situation.plan, situation.level, level),
    )


def reconcile(pending: Pending | None, standing: Standing | None, *, by_clock: bool = False) -> Settlement:
    """One proposal at most waits per plan; it moves only for another level, more evidence or worse.

    ``by_clock``: nothing new was told; a colour announced yesterday that starts at midnight wakes nobody twice.
    """
    if standing is None:
        reason = f"Ce qui la motivait ne tient plus : {pending.label}" if pending else None
        return Settlement(withdraw=reason)
    if pending is None:
        return Settlement(propose=standing)
    same = (pending.level, pending.from_level) == (standing.level, standing.from_level)
    worse = any(weight > pending.weights.get(key, -1) for key, weight in standing.weights.items())
    if same and (by_clock or not worse):
        return Settlement()
    return Settlement(withdraw="Remplacée par une proposition plus récente.", propose=standing)


def required_roles(plan: Plan, before: int, after: int) -> tuple[str, ...]:
    """Duty roles that decide a change: the plan says it for the level reached, or left for none."""
    return plan.levels[after or before].decided_by if (after or before) in plan.levels else ()
