"""Sending, one message at a time: claim it, send it outside any transaction, note what came of it.

A stop between the claim and the note leaves the message *en cours*: it is said uncertain at the next start.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from contracts.base import TextRef
from services.messages import acknowledging, channels, decide, pages, reaching, seats, store
from services.messages.outgoing import Letter, note_failed, note_sent, note_uncertain, queue
from services.messages.store import LinkRow, OutgoingRow
from services.platform.errors import Refused
from services.platform.unit import Unit, Worker

log = structlog.get_logger()
IDLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Claim:
    """A message taken in hand: all that sending needs, its links in clear for this attempt only.

    ``link`` says that it was read, ``page`` is where a professional answers.
    """

    id: str
    about: str
    territory: str
    category: str
    to: str
    channel: str
    words: dict[str, Any] = field(default_factory=dict)
    link: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: ``parti``, ``echec`` (``final``: no use trying again), ``incertain``, or ``members``."""

    state: str
    channel: str = ""
    reason: str = ""
    final: bool = False
    members: tuple[str, ...] = ()


async def send_due(worker: Worker) -> None:
    """One message, or a pause when none is due."""
    now = worker.clock.now()
    if await worker.read(lambda session: store.next_to_send(session, now)) is None:
        await worker.pause(IDLE_SECONDS)
        return
    claim = await worker.transact(claim_next)
    if claim is None:
        return
    outcome = await attempt(worker, claim)
    await worker.transact(lambda unit: note(unit, claim.id, outcome), territory=claim.territory)


def claim_next(unit: Unit) -> Claim | None:
    """Take the next message in hand; from here on a stop makes it uncertain."""
    row = store.next_to_send(unit.session, unit.now)
    if row is None:
        return None
    row.state, row.attempts, row.due_at = store.UNDER_WAY, row.attempts + 1, unit.now
    words = dict(row.words)
    if "draft" in words:
        words["text"] = unit.text(TextRef(id=words["draft"], sha256=""))
    return Claim(row.id, row.about, row.territory, row.category, row.to, row.channel, words, _new_link(unit, row))


def _new_link(unit: Unit, row: OutgoingRow) -> str:
    if not row.wants_link:
        return ""
    code = acknowledging.new_code()
    unit.session.add(
        LinkRow(code_sha256=acknowledging.digest_of(code), message=row.id, territory=row.territory, made_at=unit.now)
    )
    return f"{unit.settings.base_url.rstrip('/')}/a/{code}"


async def attempt(worker: Worker, claim: Claim) -> Outcome:
    """Send it; whatever happens has an outcome."""
    try:
        return await _try(worker, claim)
    except reaching.Unreachable as error:
        return Outcome(store.FAILED, reason=str(error), final=True)
    except channels.NotTaken as error:
        return Outcome(store.FAILED, reason=_not_taken(claim.channel, str(error)))
    except Refused as error:
        return Outcome(store.FAILED, reason=f"Le message n'a pas pu être préparé : {error.message}")
    except Exception as error:  # noqa: BLE001 - nothing tells whether it left: shown, never retried
        if not isinstance(error, channels.Unknown):
            # never the values at hand: addresses and servers' secrets stand among them
            where = "".join(traceback.format_tb(error.__traceback__)[-3:])
            log.error("sending failed", message=claim.id, error=type(error).__name__, where=where)
        return Outcome(store.UNCERTAIN)


async def _try(worker: Worker, claim: Claim) -> Outcome:
    if claim.to.startswith(reaching.GROUP):
        return Outcome("members", members=await reaching.members(worker, claim))
    if claim.category in {decide.ASKED, decide.PLACES}:
        page = await pages.personal_page(worker, claim.territory, claim.to)
        claim = replace(claim, page=page or "")
    if claim.category in {decide.SIGN_IN, decide.PAGE}:
        claim = replace(claim, page=pages.signed_address(worker.settings, claim.category, claim.about))
    if claim.category == decide.CELL:
        told = await seats.seated(worker, claim.territory, claim.about, claim.to, claim.words)
        claim = replace(claim, words=told, page=seats.page(worker.settings, claim.territory))
    return Outcome(store.SENT, channel=await reaching.deliver(worker, claim))


def _not_taken(channel: str, detail: str) -> str:
    way = {
        decide.EMAIL: "Le serveur de courriel n'a pas pris le message ; vérifiez TOCSIN_MAIL_URL et l'adresse",
        decide.SMS: "La passerelle SMS n'a pas pris le message ; vérifiez TOCSIN_SMS_URL et le numéro",
    }
    said = way.get(channel, "Le canal de cette personne n'a pas pris le message ; vérifiez-le dans l'annuaire")
    return f"{said} ({detail})." if detail else f"{said}."


def note(unit: Unit, message: str, outcome: Outcome) -> None:
    """Write what came of it, and say it."""
    row = store.message_named(unit.session, message)
    if row is None or row.state != store.UNDER_WAY:
        return
    row.channel = outcome.channel or row.channel
    if outcome.state == "members":
        _write_to_members(unit, row, outcome.members)
    elif outcome.state == store.SENT or row.read_at is not None:  # read means that it arrived
        note_sent(unit, row)
    elif outcome.state == store.UNCERTAIN:
        note_uncertain(unit, row)
    else:
        _try_again_or_fail(unit, row, outcome)


def _try_again_or_fail(unit: Unit, row: OutgoingRow, outcome: Outcome) -> None:
    again = None if outcome.final else decide.retry_at(row.attempts, unit.now)
    if again is None:
        note_failed(unit, row, outcome.reason)
        return
    row.state, row.due_at, row.error = store.WAITING, again, outcome.reason


def _write_to_members(unit: Unit, row: OutgoingRow, members: tuple[str, ...]) -> None:
    """A message to a group becomes one message to each member, so that each has its own outcome."""
    if not members:
        note_failed(unit, row, "Ce groupe n'a aucun membre dans l'annuaire : personne n'a reçu le message.")
        return
    letter = Letter(
        about=row.about, category=row.category, purpose=row.purpose, to="", channel=row.channel, words=row.words,
        rank=int(row.unique_key.rsplit("|", 1)[1]),
    )  # fmt: skip
    queue(unit, row.territory, [replace(letter, to=member) for member in members])
    row.state, row.error = store.SENT, f"Réparti entre {len(members)} membres du groupe"
