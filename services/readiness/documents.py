"""The plan de crise: printed as it stands or as it was sent, its gaps, and the sending that freezes it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.base import Created, Envelope, Role
from contracts.crisis_plan import AskCrisisPlan, AskGaps, CrisisPlanDelivered, DeliverCrisisPlan, GapsFound
from contracts.digests import Document
from services.platform.errors import Conflict, Forbidden, NotFound, Refused
from services.platform.territory import Territory
from services.platform.unit import Unit, Worker
from services.readiness import decide, store
from services.readiness.compose import compose
from services.readiness.gather import gather
from services.readiness.keeping import today
from services.readiness.known import Known
from services.readiness.paper import Paper, digest, frozen
from services.readiness.print_docx import render_docx
from services.readiness.print_pdf import render_pdf
from services.readiness.service import KEEPERS, READERS, SERVICE

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A document composed, waiting for its number to be taken."""

    number: int
    content: dict[str, Any]
    gaps: int


def _territory(worker: Worker, envelope: Envelope, roles: Sequence[Role]) -> Territory:
    """The territory asked about, for who may."""
    caller, territory = envelope.caller, worker.territories.get(envelope.territory)
    if territory is None:
        raise NotFound(f"Le territoire « {envelope.territory} » n'est pas tenu par ce poste de crise.")
    if caller is not None and caller.kind != "platform":
        if envelope.territory not in caller.territories:
            raise Forbidden(f"Votre accès ne couvre pas le territoire « {envelope.territory} ».")
        if not caller.has(*roles):
            raise Forbidden()
    return territory


@SERVICE.answers(AskCrisisPlan)
async def ask_crisis_plan(worker: Worker, envelope: Envelope, question: AskCrisisPlan) -> Document:
    """The document of this moment, or the content of a sending printed again."""
    territory = _territory(worker, envelope, READERS)
    if question.delivery is None:
        paper = compose(await gather(worker, territory))
    else:
        paper = await _sent(worker, territory.territory, question.delivery)
    body = await asyncio.to_thread(_printed, paper, question.form)
    name = f"plan-de-crise-{territory.territory.partition('~')[0]}-{paper.day}-{paper.number}"
    if paper.exercise:
        name = f"exercice-{name}"
    return Document(
        media_type=MEDIA[question.form], filename=f"{name}.{question.form}", body=base64.b64encode(body).decode()
    )


async def _sent(worker: Worker, territory: str, name: str) -> Paper:
    row = await worker.read(lambda session: store.delivery(session, territory, name))
    if row is None:
        raise NotFound("Cet envoi n'existe pas ; voyez la liste des transmissions.")
    return Paper.model_validate(row.content)


def _printed(paper: Paper, form: str) -> bytes:
    if form == "json":
        return json.dumps(frozen(paper), ensure_ascii=False, indent=1).encode()
    return render_pdf(paper) if form == "pdf" else render_docx(paper)


@SERVICE.answers(AskGaps)
async def ask_gaps(worker: Worker, envelope: Envelope, question: AskGaps) -> GapsFound:
    """What is missing, without printing anything."""
    known: Known = await gather(worker, _territory(worker, envelope, READERS))
    return GapsFound(gaps=compose(known).gaps, silent=known.silent)


async def prepare(worker: Worker, messages: Sequence[tuple[Envelope, Any]]) -> dict[str, Made | Refused]:
    """The documents to send, composed before the transaction: other services are asked here."""
    found: dict[str, Made | Refused] = {}
    for envelope, command in messages:
        if isinstance(command, DeliverCrisisPlan):
            try:
                known = await gather(worker, _territory(worker, envelope, KEEPERS))
            except Refused as error:
                found[envelope.id] = error
                continue
            paper = compose(known)
            found[envelope.id] = Made(known.number, frozen(paper), len(paper.gaps))
    return found


SERVICE.prepare = prepare


@SERVICE.does(DeliverCrisisPlan)
def deliver(unit: Unit, command: DeliverCrisisPlan) -> Created:
    """Keep the content as it stands, give it its number, say that it was sent."""
    unit.require(*KEEPERS)
    on = decide.past_day(command.on, today(unit))
    made: Made | Refused = unit.prepared[unit.message.id]
    if isinstance(made, Refused):
        raise made
    if made.number != store.next_number(unit.session, unit.message.territory):
        raise Conflict(f"L'édition n° {made.number} vient d'être transmise ; relisez-la avant d'en noter une autre.")
    recipients: list[str] = sorted(set(command.recipients))
    row = store.DeliveryRow(
        id=unit.new_id(), territory=unit.message.territory, number=made.number, recipients=recipients, on=on,
        at=unit.now, by=unit.caller.id, sha256=digest(made.content), gaps=made.gaps, content=made.content,
    )  # fmt: skip
    unit.session.add(row)
    unit.session.flush()
    unit.say(
        CrisisPlanDelivered(
            delivery=row.id, number=row.number, recipients=tuple(recipients), on=on, sha256=row.sha256, gaps=row.gaps,
            by=row.by,
        )
    )  # fmt: skip
    return Created(id=row.id)
