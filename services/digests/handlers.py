"""When a point falls due, how it is made, edited, published once and validated.

Publishing is one transaction (the content, its status and the fact), so that a crash leaves the point
either not yet published or published whole; what may be half done is a mail, and the point says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from contracts.base import Command, Created, Done, Envelope, Role
from contracts.digests import DigestBody, DigestDrafted, DigestPublished, DigestValidated, DraftDigest, EditDigest
from contracts.digests import ValidateDigest as Validate
from services.digests import crisis, hear, known, store
from services.digests.compose import apply_edits
from services.digests.decide import Step, check_editable, check_validable, is_late, next_step, step_now
from services.digests.gather import Made, make
from services.digests.service import SERVICE
from services.digests.store import DigestRow
from services.platform.errors import Conflict, Invalid, NotFound, Refused
from services.platform.unit import Unit, Worker

EDITABLE = (
    "essentiel",
    "a_decider",
    "ouverture",
    "situation",
    "chiffres",
    "actions",
    "decisions",
    "communication",
    "relecture",
)
IDLE = 1.0

__all__ = ["SERVICE", "crisis", "hear"]


@SERVICE.ticks
def fall_due(unit: Unit) -> None:
    """Mark what is due, territory by territory; the runner composes it."""
    for row in store.due(unit.session, unit.now):
        territory = unit.territories.get(row.territory)
        if territory is None:
            unit.session.delete(row)
            continue
        step = step_now(territory, unit.now)
        if step is not None:
            _begin(unit, row.territory, step)
        upcoming = next_step(territory, unit.now)
        row.what, row.due_at = upcoming.what, upcoming.due_at
        unit.session.flush()


def _begin(unit: Unit, territory: str, step: Step) -> None:
    """The row of the day, created once: the database refuses a second one for the same day."""
    row = store.daily(unit.session, territory, step.day)
    if row is None:
        row = DigestRow(id=unit.new_id(), territory=territory, claim=f"day:{step.day}", day=step.day,
                        as_of=step.due_at, made_at=unit.now)  # fmt: skip
        unit.session.add(row)
    if row.status in {"publié", "validé"} or (step.what == "draft" and row.status == "brouillon"):
        return
    row.late = step.what == "publish" and is_late(step.due_at, unit.now)
    row.as_of = unit.now if row.late else step.due_at
    row.work = step.what


@SERVICE.runs
async def compose_what_is_due(worker: Worker) -> None:
    """Make each point that is due, then store and tell it in one transaction: it leaves whole, once, or not yet."""
    waiting = await worker.read(store.waiting)
    for row in waiting:
        try:
            made = await make(worker, worker.territories[row.territory], row.day, row.as_of)
        except Conflict:
            await worker.transact(partial(_give_up, key=row.id), territory=row.territory)
            continue
        finish = partial(_finish, key=row.id, made=made, work=row.work)
        await worker.transact(finish, territory=row.territory)
    if not waiting:
        await worker.pause(IDLE)


def _give_up(unit: Unit, key: str) -> None:
    """The crisis closed before its point was made: there is nothing to tell."""
    row = unit.session.get(DigestRow, key)
    if row is not None and row.status == "prévu":
        unit.session.delete(row)
    elif row is not None:
        row.work = ""


def _finish(unit: Unit, key: str, made: Made, work: str) -> None:
    row = unit.session.get(DigestRow, key)
    if row is None or row.work != work or row.as_of != made.as_of:
        return  # another instance did it, or the hour of the point passed while the draft was made
    _fill(row, made)
    row.work, row.version = "", row.version + 1
    if work == "draft":
        row.status, row.made_at = "brouillon", unit.now
        unit.say(DigestDrafted(**_body(row)))
        return
    row.status, row.published_at = "publié", unit.now
    unit.say(DigestPublished(**_body(row), late=row.late, summary_sha256=content_digest(row.content)))


def _fill(row: DigestRow, made: Made) -> None:
    row.number, row.as_of, row.up_to, row.head = made.number, made.as_of, made.up_to, made.head
    row.content, row.words = made.content, made.words


def _body(row: DigestRow) -> dict[str, Any]:
    return DigestBody(
        digest=row.id, number=row.number, day=row.day, up_to=row.up_to, head=row.head, as_of=row.as_of
    ).model_dump()


def content_digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content, names and texts apart: it still matches once they are erased."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


async def prepare(worker: Worker, messages: Sequence[tuple[Envelope, Any]]) -> dict[str, Any]:
    """Points and statements that commands ask for, made before the transaction: it asks other services."""
    found = {}
    for envelope, model in messages:
        making = PREPARED_BY.get(type(model))
        if making is not None:
            found[envelope.id] = await making(worker, envelope, model)
    return found


async def _asked(worker: Worker, envelope: Envelope, command: DraftDigest) -> Made | Refused:
    territory = worker.territories.get(envelope.territory)
    if territory is None:
        return NotFound(f"Le territoire « {envelope.territory} » n'est pas tenu par ce poste de crise.")
    now = worker.clock.now()
    as_of: datetime = command.as_of or now + known.INSTANT
    if command.as_of and as_of > now:
        return Invalid("Un point ne se fait pas au futur : donnez un moment passé.")
    day = command.day or as_of.astimezone(territory.zone).date()
    try:
        return await make(worker, territory, day, as_of)
    except Refused as refused:
        return refused


#: What makes the document a command asks for, or says why not.
PREPARED_BY: dict[type[Command], Callable[[Worker, Envelope, Any], Awaitable[Any]]] = {DraftDigest: _asked}
SERVICE.prepare = prepare


#: Claim of a point asked by a person for now: it may be validated, as one of the hour may.
BY_HAND = "main"


@SERVICE.does(DraftDigest)
def draft_digest(unit: Unit, command: DraftDigest) -> Created:
    """Keep the point made now, or made again as of a past moment; the one of the day is not touched."""
    unit.require(Role.COORDINATOR, Role.REFERENT)
    made = unit.prepared[unit.message.id]
    if isinstance(made, Refused):
        raise made
    key = unit.new_id()
    claim = f"{BY_HAND if command.as_of is None and command.day is None else 'refait'}:{key}"
    row = DigestRow(id=key, territory=unit.message.territory, claim=claim, day=made.day, status="refait",
                    as_of=made.as_of, made_at=unit.now)  # fmt: skip
    _fill(row, made)
    unit.session.add(row)
    unit.say(DigestDrafted(**_body(row), remade=True))
    unit.session.flush()
    return Created(id=key)


@SERVICE.does(EditDigest)
def edit_digest(unit: Unit, command: EditDigest) -> Done:
    """A person's words take the place of the draft's; figures in tables stay."""
    unit.require(Role.COORDINATOR, Role.REFERENT, on_duty=("coordinatrice", "referent"))
    row = _found(unit, command.digest)
    check_editable(row.status)
    if command.item not in EDITABLE:
        raise Invalid(f"« {command.item} » ne se modifie pas ; choisissez parmi : {', '.join(EDITABLE)}.")
    edit = {"item": command.item, "text": command.text, "by": unit.caller.id, "at": unit.now.isoformat()}
    row.edits = [*row.edits, edit]
    row.content = apply_edits(row.content, [edit])
    row.version += 1
    return Done(id=row.id)


@SERVICE.does(Validate)
def validate_digest(unit: Unit, command: Validate) -> Done:
    """The référent lets the version for the outside go."""
    if unit.caller.kind == "role":
        unit.require(Role.REFERENT)
    else:
        unit.require(Role.REFERENT, Role.COORDINATOR, Role.PROFESSIONAL, on_duty=("referent",))
    row = _found(unit, command.digest)
    check_validable(row.status, by_hand=row.claim.startswith(BY_HAND))
    row.status, row.validated_at, row.validated_by = "validé", unit.now, unit.caller.id
    row.version += 1
    unit.say(DigestValidated(**_body(row), by=unit.caller.id))
    return Done(id=row.id)


def _found(unit: Unit, digest_id: str) -> DigestRow:
    row = store.digest(unit.session, unit.message.territory, digest_id)
    if row is None:
        raise NotFound("Ce point de situation n'existe pas ; voyez la liste des points.")
    return row
