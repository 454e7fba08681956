"""Writing what the rules decided: proposals told and withdrawn, crises opened, moved and closed."""

from __future__ import annotations

from contracts.base import TextRef
from contracts.levels import (
    CrisisClosed,
    CrisisOpened,
    Decided,
    LevelChanged,
    LevelProposed,
    ProposalWithdrawn,
)
from services.levels import tables
from services.levels.decide import Standing, derive, next_check, quiet_since, reconcile, taken_into_account
from services.levels.desk import Desk, desk_of, utc
from services.levels.triggers import Facts
from services.platform.unit import Unit


def settled_desk(unit: Unit) -> Desk:
    """The desk for a decision: what was heard before it in the same batch counts."""
    desk = desk_of(unit)
    if desk.unsettled:
        settle_all(unit, desk)
    return desk


def settle_all(unit: Unit, desk: Desk) -> None:
    """After facts changed: which proposal should stand, for each plan."""
    desk.unsettled = False
    for playbook, facts in desk.shares().items():
        settle(unit, desk, playbook, facts=facts)


def settle(unit: Unit, desk: Desk, playbook: str, *, facts: Facts | None = None, by_clock: bool = False) -> None:
    """Tell the proposal that should stand for one plan, withdraw what no longer does, plan the next look.

    ``facts``: the plan's share, when it is known already. ``by_clock``: only time passed, which makes a proposal
    due or ends it but is no news about one that waits.
    """
    situation = desk.situation(playbook, facts)
    desk.watch(playbook).quiet_since = quiet_since(situation)
    settlement = reconcile(desk.pending_of(playbook), derive(situation), by_clock=by_clock)
    before = desk.pending.get(playbook)
    if settlement.withdraw and before is not None:
        withdraw(unit, desk, before, settlement.withdraw, "superseded" if settlement.propose else "withdrawn")
    if settlement.propose is not None:
        propose(unit, desk, playbook, settlement.propose, before.id if before else None)
    looked = next_check(situation)
    desk.watch(playbook).next_check_at = utc(looked) if looked else None


def propose(unit: Unit, desk: Desk, playbook: str, standing: Standing, supersedes: str | None) -> None:
    """Write a proposal and tell it."""
    row = tables.ProposalRow(
        id=unit.new_id(),
        territory=desk.name,
        playbook=playbook,
        level=standing.level,
        from_level=standing.from_level,
        because=standing.because,
        evidence=[one.model_dump(mode="json") for one in standing.evidence],
        weights=dict(standing.weights),
        decided_by_roles=list(standing.decided_by),
        supersedes=supersedes,
        proposed_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    desk.pending[playbook] = row
    fact = LevelProposed(
        proposal=row.id,
        playbook=playbook,
        from_level=standing.from_level,
        level=standing.level,
        because=standing.because,
        evidence=standing.evidence,
        supersedes=supersedes,
        decided_by=standing.decided_by,
    )
    unit.say(fact, territory=desk.name)


def withdraw(unit: Unit, desk: Desk, row: tables.ProposalRow, reason: str, status: str) -> None:
    """Take back what no longer holds, and say why."""
    row.status, row.settled_at, row.outcome = status, unit.now, reason
    desk.pending.pop(row.playbook, None)
    fact = ProposalWithdrawn(proposal=row.id, playbook=row.playbook, level=row.level, reason=reason)
    unit.say(fact, territory=desk.name)


def consider(desk: Desk, playbook: str, *, tail: bool) -> None:
    """Remember what a person had before them: it proposes nothing again unless it gets worse."""
    desk.watch(playbook).considered = taken_into_account(desk.situation(playbook), tail=tail)


def move(
    unit: Unit, desk: Desk, playbook: str, level: int, decided_by: str, *, reason: TextRef, proposal: str | None = None
) -> Decided:
    """Move a crisis to a level: open it from 0, close it at 0. The decision was checked before."""
    row = desk.crises.get(playbook) or _open(unit, desk, playbook, decided_by)
    before, row.level = row.level, level
    row.version += 1
    row.since, row.decided_by = unit.now, decided_by
    changed = LevelChanged(
        crisis=row.id,
        version=row.version,
        playbook=playbook,
        plan_sha256=row.plan_sha256,
        from_level=before,
        level=level,
        decided_by=decided_by,
        reason=reason,
        proposal=proposal,
        changed_at=unit.now,
    )
    unit.say(changed)
    if level == 0:
        _close(unit, desk, row)
    waiting = desk.pending.get(playbook)
    if waiting is not None:
        withdraw(unit, desk, waiting, f"Le niveau a été décidé autrement : niveau {level}.", "withdrawn")
    consider(desk, playbook, tail=level > before)
    # What names no plan, or a volet of several, may now concern this crisis and no other.
    settle_all(unit, desk)
    return Decided(id=proposal or row.id, crisis=row.id, level=level, status="accepted" if proposal else "changed")


def _open(unit: Unit, desk: Desk, playbook: str, decided_by: str) -> tables.CrisisRow:
    plan = desk.library.plans[playbook]
    row = tables.CrisisRow(
        id=unit.new_id(),
        territory=desk.name,
        playbook=playbook,
        plan_sha256=plan.sha256,
        plan_version=plan.version,
        typology=plan.typology,
        level=0,
        version=0,
        decided_by=decided_by,
        since=unit.now,
        opened_at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    desk.crises[playbook] = row
    opened = CrisisOpened(
        crisis=row.id,
        playbook=playbook,
        plan_version=plan.version,
        plan_sha256=plan.sha256,
        typology=plan.typology,
        orsan=plan.orsan,
        opened_at=unit.now,
    )
    unit.say(opened)
    return row


def _close(unit: Unit, desk: Desk, row: tables.CrisisRow) -> None:
    row.closed_at = unit.now
    desk.crises.pop(row.playbook)
    closed = CrisisClosed(
        crisis=row.id, version=row.version, playbook=row.playbook, opened_at=row.opened_at, closed_at=unit.now
    )
    unit.say(closed)
