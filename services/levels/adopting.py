"""Taking another version of the plan in a running crisis: a person's decision, at the level where it stands."""

from __future__ import annotations

from contracts.base import TextRef
from contracts.levels import AdoptPlan, Decided, PlanAdopted
from services.levels import answers, store
from services.levels.decide import reconsidered, required_roles
from services.levels.deciders import already_decided, check_decider
from services.levels.desk import Desk
from services.levels.plans import content
from services.levels.settling import settle, settled_desk, withdraw
from services.levels.tables import CrisisRow
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.unit import Unit
from services.playbook.model import Plan
from services.playbook.rules import not_adoptable


def adopt_plan(unit: Unit, command: AdoptPlan) -> Decided:
    """Follow another version from now on; refused when the crisis no longer follows the one that was on screen."""
    unit.require(*answers.DECIDERS)
    desk = settled_desk(unit)
    row = _open_crisis(desk, command.crisis)
    _check_current(unit, row, command.from_sha256)
    newer = content(desk.session, desk.library, command.sha256)
    if newer is None:
        raise NotFound("Cette version du plan n'est pas connue de ce poste ; choisissez-la dans la liste des plans.")
    if refusal := not_adoptable(desk.plan(row.playbook), newer, row.level):
        raise Invalid(refusal)
    required = required_roles(newer, row.level, row.level)
    by = check_decider(unit.caller, required, command.decided_by, desk.holders())
    _adopt(unit, desk, row, newer, by, unit.keep_required(command.reason))
    return Decided(id=row.id, crisis=row.id, level=row.level, status="adopted")


def _open_crisis(desk: Desk, crisis: str) -> CrisisRow:
    row = store.crisis_in(desk.session, desk.name, crisis)
    if row is None:
        raise NotFound("Cette crise n'existe pas sur ce territoire.")
    if row.closed_at is not None:
        raise Conflict("Cette crise est fermée : elle ne reprend plus de plan. Rechargez l'écran.")
    return row


def _check_current(unit: Unit, row: CrisisRow, seen: str) -> None:
    if row.plan_sha256 == seen:
        return
    if row.plan_by is not None and row.plan_since is not None:
        what = f"Passage à la version {row.plan_version} du plan"
        raise already_decided(what, row.plan_by, row.plan_since, unit.now, unit.territory)
    raise Conflict(f"La crise suit la version {row.plan_version} du plan. Rechargez l'écran.")


def _adopt(unit: Unit, desk: Desk, row: CrisisRow, newer: Plan, by: str, reason: TextRef) -> None:
    before, left, from_version = desk.situation(row.playbook), row.plan_sha256, row.plan_version
    row.plan_sha256, row.plan_version, row.version = newer.sha256, newer.version, row.version + 1
    row.plan_by, row.plan_since = by, unit.now
    adopted = PlanAdopted(
        crisis=row.id,
        version=row.version,
        playbook=row.playbook,
        level=row.level,
        from_sha256=left,
        plan_sha256=newer.sha256,
        from_version=from_version,
        plan_version=newer.version,
        decided_by=by,
        reason=reason,
        adopted_at=unit.now,
    )
    unit.say(adopted)
    desk.watch(row.playbook).considered = reconsidered(before, desk.situation(row.playbook))
    _settle(unit, desk, row, newer)


def _settle(unit: Unit, desk: Desk, row: CrisisRow, newer: Plan) -> None:
    """What waits is derived again from the new content; who decides it is said by that content too."""
    waiting = desk.pending.get(row.playbook)
    roles = required_roles(newer, row.level, waiting.level) if waiting else ()
    if waiting and roles and list(roles) != list(waiting.decided_by_roles):
        withdraw(unit, desk, waiting, f"Le plan version {newer.version} dit autrement qui décide.", "withdrawn")
    settle(unit, desk, row.playbook)
