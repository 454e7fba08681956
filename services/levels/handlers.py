"""What levels does on each message: load, decide, save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from contracts.activity import ActivityReported, TensionReported
from contracts.alerts import AlertBody, AlertExpired, AlertLifted, AlertRaised, AlertUpdated
from contracts.base import Envelope
from contracts.directory import DutyTaken
from contracts.levels import (
    AdoptPlan,
    AskSituation,
    ChangeLevel,
    CrisisClosed,
    CrisisOpened,
    Decided,
    DecideProposal,
    LevelChanged,
    LevelProposed,
    ListProposals,
    PlanAdopted,
    ProposalDeclined,
    ProposalWithdrawn,
)
from contracts.slots import SlotBody, SlotBooked, SlotMoved, SlotOffered, SlotOpened, SlotReleased, SlotWithdrawn
from services.levels import adopting, answers, hearing, store, tables
from services.levels.decide import Standing, derive, required_roles
from services.levels.deciders import already_decided, check_change, check_decider
from services.levels.desk import Desk, desk_of
from services.levels.plans import indicators_read, library_at, plan_named, store_plans, watches
from services.levels.settling import consider, move, settle, settle_all, settled_desk
from services.platform.errors import Conflict, NotFound
from services.platform.service import Service
from services.platform.unit import Unit
from services.playbook.conditions import SlotsTaken, TensionsReported

SERVICE = Service(
    name="levels",
    purpose="The three axes, level proposals and crises: facts propose, a person decides",
    says=(LevelProposed, ProposalWithdrawn, ProposalDeclined, CrisisOpened, LevelChanged, CrisisClosed, PlanAdopted),
    owns=tables.TABLES,
)
SERVICE.next_due = store.next_check
HEARD = (AlertBody, ActivityReported, TensionReported, SlotBody, DutyTaken)
SERVICE.answers(ListProposals)(answers.list_proposals)
SERVICE.answers(AskSituation)(answers.ask_situation)
SERVICE.does(AdoptPlan)(adopting.adopt_plan)


@SERVICE.starts
def keep_plans(unit: Unit) -> None:
    """Store each plan by its SHA-256; a version whose content changed is refused here."""
    store_plans(unit.session, library_at(unit.settings.playbooks_dir))


def _preload(session: Session, messages: Sequence[tuple[Envelope, Any]]) -> None:
    """Rows the batch needs; and which fact of each territory comes last, after which proposals are derived."""
    session.info["levels-last"] = {
        envelope.territory: envelope.id for envelope, model in messages if isinstance(model, HEARD)
    }
    for territory in {envelope.territory for envelope, _ in messages}:
        here = [model for envelope, model in messages if envelope.territory == territory]
        alerts = {model.alert for model in here if isinstance(model, AlertBody)}
        slots = {model.slot for model in here if isinstance(model, SlotBody)}
        store.warm(session, tables.AlertRow, territory, tables.AlertRow.alert, alerts)
        store.warm(session, tables.SlotRow, territory, tables.SlotRow.slot, slots)


SERVICE.preload = _preload


def _heard(unit: Unit, desk: Desk, *, changed: bool) -> None:
    """Derive proposals once for a batch of facts: a hundred calls in one second make one proposal."""
    desk.unsettled = desk.unsettled or changed
    last = unit.session.info.get("levels-last", {}).get(desk.name, unit.message.id)
    if desk.unsettled and last == unit.message.id:
        settle_all(unit, desk)


@SERVICE.on(AlertRaised)
@SERVICE.on(AlertUpdated)
@SERVICE.on(AlertLifted)
@SERVICE.on(AlertExpired)
def hear_alert(unit: Unit, fact: AlertBody) -> None:
    """Alerts move the axes; what they say may propose a level, or take a proposal back."""
    desk = desk_of(unit)
    _heard(unit, desk, changed=hearing.hear_alert(desk, unit, fact))


@SERVICE.on(ActivityReported)
def hear_activity(unit: Unit, fact: ActivityReported) -> None:
    """An indicator that some plan reads."""
    desk = desk_of(unit)
    _heard(
        unit, desk, changed=fact.indicator in indicators_read(desk.library) and hearing.hear_report(desk, unit, fact)
    )


@SERVICE.on(TensionReported)
def hear_tension(unit: Unit, fact: TensionReported) -> None:
    """A tension of today."""
    desk = desk_of(unit)
    _heard(unit, desk, changed=watches(desk.library, TensionsReported) and hearing.hear_tension(desk, unit, fact))


@SERVICE.on(SlotOffered)
@SERVICE.on(SlotOpened)
@SERVICE.on(SlotBooked)
@SERVICE.on(SlotReleased)
@SERVICE.on(SlotWithdrawn)
@SERVICE.on(SlotMoved)
def hear_slot(unit: Unit, fact: SlotBody) -> None:
    """Places offered and taken today."""
    desk = desk_of(unit)
    _heard(unit, desk, changed=watches(desk.library, SlotsTaken) and hearing.hear_slot(desk, unit, fact))


@SERVICE.on(DutyTaken)
def hear_duty(unit: Unit, fact: DutyTaken) -> None:
    """Who may decide for a role: a decision typed for another is checked against it."""
    desk = desk_of(unit)
    hearing.hear_duty(desk, fact)
    _heard(unit, desk, changed=False)


@SERVICE.ticks
def look_again(unit: Unit) -> None:
    """Time alone may make a proposal due (a day comes near, the quiet days are over) or end one."""
    for watch in store.watches_due(unit.session, unit.now):
        if watch.territory in unit.territories:
            settle(unit, desk_of(unit, watch.territory), watch.playbook, by_clock=True)
        else:
            watch.next_check_at = None
    unit.session.flush()


@SERVICE.does(DecideProposal)
def decide_proposal(unit: Unit, command: DecideProposal) -> Decided:
    """Accept or decline; accepting checks again, in this transaction, that the proposal still stands."""
    unit.require(*answers.DECIDERS)
    desk = settled_desk(unit)
    row = unit.session.get(tables.ProposalRow, command.proposal)
    if row is None or row.territory != desk.name:
        raise NotFound("Cette proposition n'existe pas sur ce territoire.")
    by = check_decider(unit.caller, tuple(row.decided_by_roles), None, {})
    standing = _still_stands(unit, desk, row)
    row.settled_at, row.settled_by, row.outcome = unit.now, by, ""
    reason = unit.keep_required(command.reason)
    desk.pending.pop(row.playbook, None)
    if command.decision == "accept":
        row.status = "accepted"
        return move(unit, desk, row.playbook, standing.level, by, reason=reason, proposal=row.id)
    row.status = "declined"
    unit.say(ProposalDeclined(proposal=row.id, playbook=row.playbook, level=row.level, decided_by=by, reason=reason))
    consider(desk, row.playbook, tail=True)
    settle(unit, desk, row.playbook)
    return Decided(id=row.id, level=row.from_level, status="declined")


def _still_stands(unit: Unit, desk: Desk, row: tables.ProposalRow) -> Standing:
    if row.settled_by is not None and row.settled_at is not None:
        words = "acceptée" if row.status == "accepted" else "refusée"
        raise already_decided(f"Proposition {words}", row.settled_by, row.settled_at, unit.now, unit.territory)
    crisis = store.last_crisis(unit.session, desk.name, row.playbook)
    if crisis is not None and row.status == "withdrawn" and row.settled_at == crisis.since:
        raise already_decided(f"Niveau {crisis.level}", crisis.decided_by, crisis.since, unit.now, unit.territory)
    if row.status != "pending":
        raise Conflict(f"Cette proposition n'attend plus de décision. {row.outcome} Rechargez l'écran.")
    standing = derive(desk.situation(row.playbook))
    if standing is None or (standing.level, standing.from_level) != (row.level, row.from_level):
        raise Conflict("Les faits ont changé : cette proposition ne tient plus. Rechargez l'écran.")
    return standing


@SERVICE.does(ChangeLevel)
def change_level(unit: Unit, command: ChangeLevel) -> Decided:
    """A person's own change, from the level they saw."""
    unit.require(*answers.DECIDERS)
    desk = settled_desk(unit)
    crisis = desk.crises.get(command.playbook)
    plan = desk.plan(command.playbook) if crisis else plan_named(desk.library, command.playbook)
    current = crisis.level if crisis else 0
    required = required_roles(plan, max(command.from_level, current), command.level)
    by = check_decider(unit.caller, required, command.decided_by, desk.holders())
    if current != command.from_level:
        last = crisis or store.last_crisis(unit.session, desk.name, command.playbook)
        if last is None:
            raise Conflict("Aucune crise n'est ouverte pour ce plan : le niveau actuel est 0. Rechargez l'écran.")
        raise already_decided(f"Niveau {current}", last.decided_by, last.since, unit.now, unit.territory)
    check_change(plan, current, command.level)
    return move(unit, desk, command.playbook, command.level, by, reason=unit.keep_required(command.reason))
