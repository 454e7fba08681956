"""What the cell carries out for contacts, needs and judgements: load, decide, save."""

from __future__ import annotations

from typing import Any

from contracts.base import Created, Done, TextRef
from contracts.cell import (
    CloseNeed,
    GravityJudged,
    JudgeGravity,
    NeedClosed,
    NeedStated,
    NeedUpdated,
    NoteContact,
    PartnerContacted,
    StateNeed,
    UpdateNeed,
)
from services.cell import decide, store
from services.cell.handlers import SERVICE
from services.cell.service import crises, numbers, require_desk
from services.cell.tables import ContactRow, JudgementRow, NeedRow
from services.platform.calendar import typed_time
from services.platform.errors import Conflict, Invalid, NotFound
from services.platform.unit import Unit

__all__ = ["SERVICE"]


@SERVICE.does(NoteContact)
def note_contact(unit: Unit, command: NoteContact) -> Created:
    """An exchange with a partner, at its true hour, for the crises the cell serves."""
    require_desk(unit)
    at, territory = typed_time(command.at, unit.now), unit.message.territory
    sitting = store.sitting(unit.session, territory)
    running = [crisis.id for crisis in crises(unit).values() if not crisis.closed]
    about = decide.served(command.crises, crises(unit)) if command.crises else (sitting.crises if sitting else running)
    partner = decide.partner_key(command.partner, unit.territory.partners)
    text, person = unit.keep_required(command.text.strip()), unit.keep(command.person.strip())
    fact = PartnerContacted(
        contact=unit.new_id(), partner=partner, direction=command.direction, channel=command.channel.strip(),
        crises=tuple(about), text=text, person=person, verified=command.verified, at=at,
    )  # fmt: skip
    unit.session.add(
        ContactRow(
            id=fact.contact, territory=territory, partner=partner, direction=fact.direction, channel=fact.channel,
            text=text.id, person=person.id if person else None, crises=f" {' '.join(about)} " if about else "",
            verified=fact.verified, by=unit.caller.id, at=at, noted_at=unit.now,
        )
    )  # fmt: skip
    unit.session.flush()
    unit.say(fact, at=at)
    return Created(id=fact.contact)


@SERVICE.does(StateNeed)
def state_need(unit: Unit, command: StateNeed) -> Created:
    """A partner, or the cell itself, asks for something countable."""
    require_desk(unit)
    asked_at = typed_time(command.asked_at, unit.now)
    what = unit.keep_required(command.what.strip())
    row = NeedRow(
        id=unit.new_id(), territory=unit.message.territory, crisis=decide.only_open(command.crisis, crises(unit)),
        kind=command.kind, what=what.id, what_sha256=what.sha256, unit=command.unit.strip(), asked=command.asked,
        available=command.available, asked_by=decide.partner_key(command.asked_by, unit.territory.partners),
        asked_at=asked_at, wanted_by=decide.wanted_by(asked_at, command.wanted_by),
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.say(NeedStated(**need_body(row)), at=asked_at)
    return Created(id=row.id)


def need_body(row: NeedRow) -> dict[str, Any]:
    """A need as its facts carry it."""
    fields = ("version", "crisis", "kind", "unit", "asked", "available", "asked_by", "asked_at", "wanted_by", "status")
    told: dict[str, Any] = {name: getattr(row, name) for name in fields}
    return told | {"need": row.id, "what": TextRef(id=row.what, sha256=row.what_sha256)}


def _open_need(unit: Unit, need: str) -> NeedRow:
    row = store.find_need(unit.session, unit.message.territory, need)
    if row is None:
        raise NotFound("Ce besoin n'existe pas ; reprenez son numéro dans la liste des besoins.")
    if row.status != "open":
        raise Conflict("Ce besoin est clos ; énoncez-en un nouveau.")
    return row


@SERVICE.does(UpdateNeed)
def update_need(unit: Unit, command: UpdateNeed) -> Done:
    """What was found, or what is asked, changed; the same numbers again change nothing."""
    require_desk(unit)
    row = _open_need(unit, command.need)
    asked = row.asked if command.asked is None else command.asked
    available = row.available if command.available is None else command.available
    if (asked, available) == (row.asked, row.available) and not command.how.strip():
        return Done(id=row.id)
    how = unit.keep(command.how.strip())
    row.version, row.asked, row.available = row.version + 1, asked, available
    row.how = how.id if how else row.how
    unit.session.flush()
    unit.say(NeedUpdated(**need_body(row), how=how))
    return Done(id=row.id)


@SERVICE.does(CloseNeed)
def close_need(unit: Unit, command: CloseNeed) -> Done:
    """Met, or dropped with a reason; what is short is not met."""
    require_desk(unit)
    row, reason = _open_need(unit, command.need), command.reason.strip()
    short = decide.missing(row.asked, row.available)
    if command.status == "met" and short:
        raise Conflict(f"Il manque encore {short} ({row.unit}) : mettez le disponible à jour, ou abandonnez le besoin.")
    if command.status == "dropped" and not reason:
        raise Invalid("Dites pourquoi ce besoin est abandonné.")
    end_need(unit, row, command.status, unit.keep(reason))
    return Done(id=row.id)


def end_need(unit: Unit, row: NeedRow, status: str, reason: TextRef | None) -> None:
    """Close a need and say what it came to."""
    row.version, row.status, row.rank, row.closed_at = row.version + 1, status, 1, unit.now
    row.reason = reason.id if reason else None
    unit.session.flush()
    unit.say(NeedClosed(**need_body(row), reason=reason))


@SERVICE.does(JudgeGravity)
def judge(unit: Unit, command: JudgeGravity) -> Created:
    """What a person judges, kept with the sums they had before them."""
    require_desk(unit)
    territory = unit.message.territory
    crisis = decide.only_open(command.crisis, crises(unit))
    needs = [numbers(row) for row in store.open_needs(unit.session, territory, crisis)]
    before = store.last_judgement(unit.session, territory, crisis)
    reason = unit.keep_required(command.reason.strip())
    fact = GravityJudged(
        judgement=unit.new_id(), crisis=crisis, version=before.version + 1 if before else 1, gravity=command.gravity,
        proportion=command.proportion, reason=reason, by=unit.caller.id, at=unit.now, needs_open=len(needs),
        needs_short=sum(decide.missing(need.asked, need.available) > 0 for need in needs), sums=decide.sums(needs),
    )  # fmt: skip
    unit.session.add(
        JudgementRow(
            id=fact.judgement, territory=territory, gravity=str(fact.gravity), proportion=str(fact.proportion),
            reason=reason.id, sums=[each.model_dump() for each in fact.sums],
            **fact.model_dump(include={"crisis", "version", "by", "at", "needs_open", "needs_short"}),
        )
    )  # fmt: skip
    unit.session.flush()
    unit.say(fact)
    return Created(id=fact.judgement)
