"""The whole chain checked where it stands, slice after slice, as the verifier would check its export."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from contracts.base import Envelope
from contracts.journal import AskVerdict, ChainVerdict
from services.logbook import items, store
from services.logbook.roles import READERS
from services.logbook.verify import Verifier, export_line
from services.platform.unit import View, Worker

SLICE = 500


async def ask_verdict(worker: Worker, envelope: Envelope, question: AskVerdict) -> ChainVerdict:
    """Read every entry once and say whether each follows from the one before. Costs the length of the journal."""
    verifier, after = Verifier(), 0
    while True:
        found = await worker.read(partial(_slice, worker, envelope, after))
        if not found:
            break
        after = int(found[-1]["number"])
        if not await asyncio.to_thread(verifier.feed, [export_line(item) for item in found]):
            break
    verdict = verifier.verdict(question.head)
    return ChainVerdict(
        ok=verdict.ok, entries=verdict.entries, first_broken=verdict.first_broken, reason=verdict.reason,
        erased=len(verdict.erased), head=verdict.head, at=worker.clock.now(),
    )  # fmt: skip


def _slice(worker: Worker, envelope: Envelope, after: int, session: Session) -> list[dict[str, Any]]:
    View(session, envelope, worker.clock.now(), worker.settings, worker.territories).require(*READERS)
    found = store.slice_after(session, envelope.territory, after, SLICE)
    return [items.export_item(row, words) for row, words in found]
