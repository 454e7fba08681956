"""What the engine hears of crises: opened, moved to a level, given a newer plan, closed."""

from __future__ import annotations

from datetime import datetime

from contracts.adoptions import PlanApplied
from contracts.base import Fact
from contracts.levels import CrisisClosed, CrisisOpened, LevelChanged, PlanAdopted
from services.engine import store
from services.engine.state import Run
from services.engine.tables import CrisisRow
from services.engine.unroll import Decision, Plans, change_of, unroll
from services.platform.errors import BadSettings
from services.platform.unit import Unit
from services.playbook.model import Plan
from services.playbook.rules import Change


def open_crisis(unit: Unit, fact: CrisisOpened) -> None:
    """Note the crisis and the content of the plan it is pinned to; its steps come with the level."""
    store.crisis_heard(unit.session, unit.message.territory, fact)


def change_level(unit: Unit, fact: LevelChanged) -> None:
    """Unroll the level; a change older than the last one applied changes nothing.

    It names the content the crisis follows: one taken by a decision not heard yet is taken with it.
    """
    crisis = store.crisis_heard(unit.session, unit.message.territory, fact)
    if crisis.closed_at is not None or fact.version <= crisis.version:
        return
    decision = Decision(fact.crisis, crisis.level, fact.level, fact.decided_by, fact.changed_at, fact.reason)
    _apply(unit, crisis, decision, fact.plan_sha256)
    crisis.version = fact.version


def adopt_plan(unit: Unit, fact: PlanAdopted) -> None:
    """Follow the version taken from now on; the level stays. Older than what was last applied, it changes nothing."""
    crisis = store.crisis_heard(unit.session, unit.message.territory, fact)
    if crisis.closed_at is not None or fact.version <= crisis.version:
        return
    decision = Decision(
        fact.crisis, crisis.level, fact.level, fact.decided_by, fact.adopted_at, fact.reason, adopted=fact.plan_version
    )
    change = _apply(unit, crisis, decision, fact.plan_sha256)
    crisis.version = fact.version
    unit.say(_applied(fact, change), at=fact.adopted_at)


def close_crisis(unit: Unit, fact: CrisisClosed) -> None:
    """End the crisis: what a change to level 0 not heard would have closed is closed now."""
    crisis = store.crisis_heard(unit.session, unit.message.territory, fact)
    if crisis.closed_at is not None:
        return
    if crisis.level != 0:
        decision = Decision(fact.crisis, crisis.level, 0, unit.message.author, fact.closed_at)
        _apply(unit, crisis, decision, crisis.plan_sha256)
    crisis.closed_at, crisis.version = fact.closed_at, fact.version


def _apply(unit: Unit, crisis: CrisisRow, decision: Decision, sha256: str) -> Change:
    newer = _known(unit, crisis, sha256)
    older = newer if crisis.plan_sha256 == sha256 else _known(unit, crisis, crisis.plan_sha256)
    plans = Plans(newer, older, lambda other: store.plan_followed(unit.session, other))
    territory = unit.territory_named(crisis.territory)
    unit.session.flush()
    runs = [store.state_of(row) for row in store.runs_in_force(unit.session, crisis.territory)]
    change = change_of(plans, decision, runs, territory)
    for run, fact in unroll(plans, decision, change, runs, territory, unit.new_id):
        save(unit, run, fact, at=decision.at)
    crisis.level, crisis.plan_sha256 = decision.level, sha256
    unit.session.flush()
    return change


def _known(unit: Unit, crisis: CrisisRow, sha256: str) -> Plan:
    plan = store.stored_plan(unit.session, sha256)
    if plan is None:
        raise BadSettings(f"Le plan {sha256[:12]} de « {crisis.playbook} » n'est pas connu de ce poste.")
    return plan


def _applied(fact: PlanAdopted, change: Change) -> PlanApplied:
    return PlanApplied(
        crisis=fact.crisis,
        version=fact.version,
        playbook=fact.playbook,
        plan_version=fact.plan_version,
        from_version=fact.from_version,
        level=fact.level,
        opened=len(change.opens) + len(change.joins),
        closed=len(change.closes) + len(change.leaves),
        changed=len(change.changed),
        kept=len(change.keeps),
    )


def save(unit: Unit, run: Run, fact: Fact | None, *, at: datetime | None = None) -> None:
    """Write a run as decided, and tell what happened to it."""
    store.save(unit.session, run)
    if fact is not None:
        unit.say(fact, at=at, territory=run.territory)
