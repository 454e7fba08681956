"""A newer version of a plan in a running crisis, shown before it is taken: same rules, no effect."""

from __future__ import annotations

from contracts.adoptions import AdoptionFound, AskAdoption
from services.engine import plans, store
from services.engine.showing import said_otherwise, shown
from services.engine.tables import CrisisRow, PlanRow
from services.engine.unroll import Decision, Plans, change_of
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.unit import View
from services.playbook.model import Plan
from services.playbook.rules import not_adoptable


def adoption(view: View, question: AskAdoption) -> AdoptionFound:
    """What taking the version now would open, close, change and keep."""
    view.require()
    crisis = store.crisis_in(view.session, view.message.territory, question.crisis)
    if crisis is None:
        raise NotFound("Cette crise n'existe pas sur ce territoire.")
    if crisis.closed_at is not None or crisis.level == 0:
        raise Conflict("Cette crise est fermée : elle ne reprend plus de plan.")
    older = store.plan_row(view.session, crisis.plan_sha256)
    newer = _wanted(view, crisis, question.sha256)
    if older is None or newer is None:
        raise NotFound("Cette version du plan n'est pas connue de ce poste ; choisissez-la dans la liste.")
    if refusal := not_adoptable(_plan(older), _plan(newer), crisis.level):
        raise Invalid(refusal)
    return _found(view, crisis, older, newer)


def _wanted(view: View, crisis: CrisisRow, sha256: str | None) -> PlanRow | None:
    if sha256:
        return store.plan_row(view.session, sha256)
    return next(iter(store.plan_versions(view.session, crisis.playbook)), None)


def _plan(row: PlanRow) -> Plan:
    return Plan.model_validate(row.content)


def _found(view: View, crisis: CrisisRow, left: PlanRow, taken: PlanRow) -> AdoptionFound:
    older, newer = _plan(left), _plan(taken)
    runs = {row.run: store.state_of(row) for row in store.runs_in_force(view.session, crisis.territory)}
    decision = Decision(crisis.crisis, crisis.level, crisis.level, view.caller.id, view.now, adopted=newer.version)
    change = change_of(Plans(newer, older), decision, runs.values(), view.territory)
    level = newer.levels[crisis.level]
    return AdoptionFound(
        crisis=crisis.crisis,
        playbook=crisis.playbook,
        level=crisis.level,
        name=level.name,
        older=plans.about(view, left),
        newer=plans.about(view, taken),
        decided_by=level.decided_by,
        changed=said_otherwise(change, runs, crisis.crisis),
        **shown(change, runs, crisis.crisis),
    )
