"""What the activity service carries out: load, decide, save."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from contracts.activity import (
    ActivityReported,
    AnswerRequest,
    AskPartner,
    PartnerAnswered,
    PartnerRequested,
    ReportActivity,
    ReportTension,
    ReportVad,
    TensionReported,
    VadReported,
)
from contracts.base import Created, Done, Envelope, Role
from services.activity import decide, store
from services.platform.calendar import typed_time
from services.platform.errors import Conflict, Forbidden, Invalid, NotFound
from services.platform.service import Service
from services.platform.unit import Unit

DUTY = ("coordinatrice", "referent")
SERVICE = Service(
    name="activity",
    purpose="Counts by structure, profession and day; tensions; requests to partners and their age",
    says=(VadReported, ActivityReported, TensionReported, PartnerRequested, PartnerAnswered),
    owns=(
        store.FigureRow, store.TensionRow, store.RequestRow, store.AnswerRow, store.StructureRow, store.CrisisRow,
    ),
    projections=(store.StructureRow, store.CrisisRow),
)  # fmt: skip


def _preload(session: Session, messages: Sequence[tuple[Envelope, Any]]) -> None:
    models = [model for _, model in messages if isinstance(model, ReportVad | ReportActivity | ReportTension)]
    store.hold(
        session,
        [model.structure for model in models],
        [model.day for model in models if not isinstance(model, ReportTension)],
    )


SERVICE.preload = _preload


def _require_desk(unit: Unit) -> None:
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=DUTY)


def _structure(unit: Unit, name: str) -> store.StructureRow:
    """The structure, for who may report for it: its own people, a token made for the role, the desk on duty."""
    caller = unit.caller
    own = caller.kind == "role" or caller.structure == name
    if caller.has(Role.PROFESSIONAL) and own:
        unit.require(Role.PROFESSIONAL)
    elif caller.has(Role.PROFESSIONAL) and not caller.has(Role.COORDINATOR, Role.REFERENT):
        raise Forbidden("Vous déclarez pour votre structure seulement ; pour une autre, appelez l'astreinte.")
    else:
        _require_desk(unit)
    row = store.find_structure(unit.session, unit.message.territory, name)
    if row is None:
        raise NotFound(
            f"La structure « {name} » n'est pas inscrite ; vérifiez sa référence ou inscrivez-la à l'annuaire."
        )
    return row


def _entered_by(unit: Unit, structure: str) -> str | None:
    return None if unit.caller.structure == structure else unit.caller.id


def _figure(unit: Unit, structure: str, day: date, measure: str, value: int) -> tuple[str, decide.Change | None]:
    """Replace the value of a measure: the new report's id and what changed, or the same report unchanged."""
    territory = unit.message.territory
    row = store.find_figure(unit.session, territory, structure, day, measure)
    last = decide.Last(row.report, row.version, row.value) if row else None
    change = decide.change(last, value)
    if change is None:
        return last.report if last else "", None
    if row is None:
        row = store.FigureRow(
            territory=territory, structure=structure, day=day, measure=measure, report="", value=value
        )
        unit.session.add(row)
    row.report, row.version, row.value, row.previous = unit.new_id(), change.version, value, change.previous
    row.entered_by, row.reported_at = _entered_by(unit, structure), unit.now
    if change.replaces is None:
        unit.session.flush()  # a correction in the same batch looks it up by its key
    return row.report, change


def _check_day(unit: Unit, day: date) -> None:
    crises = store.crises(unit.session, unit.message.territory)
    episodes = [decide.Episode(crisis.opened_at, crisis.closed_at) for crisis in crises]
    decide.check_day(day, unit.now, unit.territory, episodes)


@SERVICE.does(ReportVad)
def report_vad(unit: Unit, command: ReportVad) -> Created | Done:
    """Home visits of one structure, one day, one profession, one kind."""
    structure = _structure(unit, command.structure)
    _check_day(unit, command.day)
    measure = decide.vad_measure(command)
    report, change = _figure(unit, command.structure, command.day, measure, command.count)
    if change is None:
        return Done(id=report)
    unit.say(
        VadReported(
            report=report,
            version=change.version,
            previous=change.previous,
            replaces=change.replaces,
            commune=structure.commune,
            entered_by=_entered_by(unit, command.structure),
            **command.model_dump(),
        )
    )
    return Created(id=report)


@SERVICE.does(ReportActivity)
def report_activity(unit: Unit, command: ReportActivity) -> Created | Done:
    """One indicator of one structure, one day."""
    structure = _structure(unit, command.structure)
    _check_day(unit, command.day)
    measure = f"activity:{command.indicator}"
    report, change = _figure(unit, command.structure, command.day, measure, command.value)
    if change is None:
        return Done(id=report)
    unit.say(
        ActivityReported(
            report=report,
            version=change.version,
            previous=change.previous,
            replaces=change.replaces,
            commune=structure.commune,
            entered_by=_entered_by(unit, command.structure),
            **command.model_dump(),
        )
    )
    return Created(id=report)


@SERVICE.does(ReportTension)
def report_tension(unit: Unit, command: ReportTension) -> Created:
    """What a practice sees; the note stays here, only its reference travels."""
    _structure(unit, command.structure)
    if not unit.territory.has_commune(command.commune):
        raise Invalid(f"La commune {command.commune} n'est pas du territoire ; vérifiez le code INSEE.")
    seen_at = typed_time(command.seen_at, unit.now)
    note = unit.keep(command.note)
    fact = TensionReported(
        tension=unit.new_id(),
        structure=command.structure,
        commune=command.commune,
        kind=command.kind,
        count=command.count,
        note=note,
        seen_at=seen_at,
        entered_by=_entered_by(unit, command.structure),
    )
    fields = fact.model_dump(exclude={"tension", "note", "kind"})
    unit.session.add(
        store.TensionRow(
            id=fact.tension,
            territory=unit.message.territory,
            kind=str(fact.kind),
            note=note.id if note else None,
            **fields,
        )
    )
    unit.say(fact, at=seen_at)
    return Created(id=fact.tension)


@SERVICE.does(AskPartner)
def ask_partner(unit: Unit, command: AskPartner) -> Created:
    """A request to a partner, which will be named with its age until it is answered."""
    _require_desk(unit)
    asked_at = typed_time(command.asked_at, unit.now)
    crises = store.crises(unit.session, unit.message.territory)
    crisis = command.crisis or decide.only_open([(row.id, row.closed_at is not None) for row in crises])
    text = unit.keep_required(command.text)
    fact = PartnerRequested(request=unit.new_id(), partner=command.partner, text=text, asked_at=asked_at, crisis=crisis)
    unit.session.add(
        store.RequestRow(
            id=fact.request,
            territory=unit.message.territory,
            partner=command.partner,
            text=text.id,
            crisis=crisis,
            asked_by=unit.caller.id,
            asked_at=asked_at,
        )
    )
    unit.say(fact, at=asked_at)
    return Created(id=fact.request)


@SERVICE.does(AnswerRequest)
def answer_request(unit: Unit, command: AnswerRequest) -> Done:
    """What the partner answered, or that they were reminded."""
    _require_desk(unit)
    row = store.find_request(unit.session, unit.message.territory, command.request)
    if row is None:
        raise NotFound("Cette demande n'existe pas ; reprenez son numéro dans la liste des demandes.")
    if row.closed_at is not None:
        raise Conflict("Cette demande a déjà reçu sa réponse ; ouvrez-en une nouvelle.")
    answered_at = typed_time(command.answered_at, unit.now)
    if answered_at < row.asked_at:
        raise Invalid("Cette réponse précède la demande ; corrigez l'heure.")
    row.version += 1
    row.closed_at = answered_at if command.closes else None
    text = unit.keep_required(command.answer)
    unit.session.add(
        store.AnswerRow(
            request=row.id, version=row.version, text=text.id, closes=command.closes, answered_at=answered_at
        )
    )
    told = {"answer": text, "answered_at": answered_at, "closes": command.closes}
    unit.say(PartnerAnswered(request=row.id, version=row.version, partner=row.partner, **told), at=answered_at)
    return Done(id=row.id)
