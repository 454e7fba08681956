"""Reading digests and figures: who may read which version, in which form."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

from contracts.base import PLATFORM, Envelope, Page, Principal, Role
from contracts.digests import AskDigest, AskFigures, Document, FiguresFound, ListDigests
from contracts.logbook import AskHead, HeadFound
from services.digests import known, store
from services.digests.decide import check_outside
from services.digests.outside import everything_shown, hidden_from, outside
from services.digests.period import figures_of_period
from services.digests.point import Point, fill
from services.digests.render_html import render_html
from services.digests.render_pdf import render_pdf
from services.digests.render_txt import render_txt
from services.digests.service import SERVICE
from services.digests.store import DigestRow
from services.platform.errors import Forbidden, Invalid, NotFound, Refused
from services.platform.unit import View, Worker

INSIDE = (Role.COORDINATOR, Role.REFERENT)
LONGEST = timedelta(days=400)
MEDIA = {"json": "application/json", "html": "text/html", "pdf": "application/pdf", "txt": "text/plain"}


def is_inside(caller: Principal) -> bool:
    """Whether the caller reads the internal version: the cell, or Tocsin itself."""
    return caller.kind == "platform" or caller.has(*INSIDE)


def allow(envelope: Envelope) -> Principal:
    """The caller, refused without this territory."""
    caller = envelope.caller or PLATFORM
    if caller.kind != "platform" and envelope.territory not in caller.territories:
        raise Forbidden(f"Votre accès ne couvre pas le territoire « {envelope.territory} ».")
    return caller


@SERVICE.answers(ListDigests)
def list_digests(view: View, question: ListDigests) -> Page:
    """Newest first; those outside see validated points only."""
    view.require()
    rows = store.page(view.session, view.message.territory, question.cursor, question.limit + 1,
                      validated=not is_inside(view.caller))  # fmt: skip
    more = len(rows) > question.limit
    rows = rows[: question.limit]
    return Page(items=tuple(card(row) for row in rows), next=rows[-1].id if more else None)


def card(row: DigestRow) -> dict[str, Any]:
    """A digest in a list."""
    return {
        "id": row.id, "number": row.number, "day": row.day.isoformat(), "status": row.status,
        "as_of": row.as_of.isoformat(), "up_to": row.up_to, "head": row.head, "late": row.late,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "validated_at": row.validated_at.isoformat() if row.validated_at else None,
        "validated_by": row.validated_by or None, "delivery": row.delivery or None,
    }  # fmt: skip


def version_of(row: DigestRow, version: str) -> Point:
    """The internal or the external point, with its words in place."""
    if version == "externe":
        shown = tuple(row.content.get("shown_to_outside") or ())
        return fill(outside(row.content), row.words, hidden_from(shown, row.words))
    return fill(row.content, row.words, everything_shown)


@SERVICE.answers(AskDigest)
async def ask_digest(worker: Worker, envelope: Envelope, question: AskDigest) -> Document:
    """One digest in one form. Those outside always receive the external version, once validated."""
    caller = allow(envelope)
    row = await worker.read(lambda session: store.digest(session, envelope.territory, question.digest))
    if row is None or row.status == "prévu":
        raise NotFound("Ce point de situation n'existe pas ; voyez la liste des points.")
    version: str = question.version
    if not is_inside(caller):
        check_outside(row.status)
        version = "externe"
    point = version_of(row, version)
    body = await asyncio.to_thread(_render, point, question.form, card(row))
    suffix = "-externe" if version == "externe" else ""
    return Document(
        media_type=MEDIA[question.form],
        filename=f"point-{row.number}-{row.day}{suffix}.{question.form}",
        body=base64.b64encode(body).decode(),
    )


def _render(point: Point, form: str, about: dict[str, Any]) -> bytes:
    if form == "pdf":
        return render_pdf(point)
    if form == "html":
        return render_html(point).encode()
    if form == "txt":
        return render_txt(point).encode()
    return json.dumps(point.model_dump(mode="json") | about, ensure_ascii=False, indent=1).encode()


@SERVICE.answers(AskFigures)
async def ask_figures(worker: Worker, envelope: Envelope, question: AskFigures) -> FiguresFound:
    """Figures of a period; no structure, no professional; coverage beside each number."""
    allow(envelope)
    if question.last < question.first or question.last - question.first > LONGEST:
        raise Invalid("La période doit aller du plus ancien au plus récent, sur 400 jours au plus.")
    territory, now = worker.territories[envelope.territory], worker.clock.now()
    world = await worker.read(
        lambda session: known.read_world(
            session, envelope.territory, now + known.INSTANT, question.first, question.last
        )
    )
    try:
        head = await worker.ask(AskHead(), HeadFound, territory=envelope.territory)
    except Refused:
        head = HeadFound(number=0, hash="")
    return figures_of_period(world, territory, question, up_to=head.number)
