"""Météo-France pushes nothing: its card is read after 06:00 and 16:00, then every 15 minutes, from a URL or a file."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from contracts.alerts import SourceHeard, SourceSilent
from contracts.base import is_exercise
from services.alerts import editions, store
from services.alerts.editions import VIGILANCE_SOURCE
from services.alerts.intake import take
from services.alerts.reading import CARD, MAX_DOCUMENT_BYTES, read_bytes
from services.alerts.tables import SourceRow
from services.platform.errors import Refused
from services.platform.settings import Settings
from services.platform.territory import Territories, Territory
from services.platform.unit import Unit, Worker

TIMEOUT_SECONDS = 10.0
IDLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one reading gave: a body, nothing new, or an error in French."""

    body: bytes | None = None
    etag: str = ""
    error: str = ""


def watched(settings: Settings) -> bool:
    """Whether this desk reads the card itself."""
    return bool(settings.vigilance_url or settings.vigilance_file)


def home(territories: Territories) -> Territory:
    """The real territory whose hours and thresholds the watch follows: the first one held."""
    return next(territory for territory in territories.values() if not territory.exercise)


async def watch_vigilance(worker: Worker) -> None:
    """One pass: read the card when it is time to, and hand it in."""
    if not watched(worker.settings):
        await worker.pause(60 * IDLE_SECONDS)
        return
    place = home(worker.territories)
    known = await worker.read(lambda session: store.source(session, VIGILANCE_SOURCE))
    if known is not None and known.next_at > worker.clock.now():
        await worker.pause(IDLE_SECONDS)
        return
    fetched = await _fetch(worker.settings, known.etag if known else "")
    await worker.transact(lambda unit: _record(unit, fetched), territory=place.territory)


async def _fetch(settings: Settings, etag: str) -> Fetched:
    try:
        # A deadline on the whole: a server that drips bytes must not hold the watch.
        async with asyncio.timeout(2 * TIMEOUT_SECONDS):
            if settings.vigilance_url:
                return await _get(settings.vigilance_url, settings.vigilance_key, etag)
            return Fetched(await asyncio.to_thread(_read_file, settings.vigilance_file or Path()))
    except TimeoutError:
        return Fetched(error="pas de réponse dans le délai")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Fetched(error=f"échec de la connexion ({type(error).__name__})")
    except OSError as error:
        return Fetched(error=f"fichier illisible ({error.strerror or type(error).__name__})")


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_DOCUMENT_BYTES + 1)


async def _get(url: str, key: str, etag: str) -> Fetched:
    headers = {"accept": "application/json"}
    headers |= {"apikey": key} if key else {}
    headers |= {"if-none-match": etag} if etag else {}
    # Redirections are not followed: they would carry the key elsewhere.
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client,
        client.stream("GET", url, headers=headers) as response,
    ):
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return Fetched()
        if response.status_code != httpx.codes.OK:
            return Fetched(error=f"réponse HTTP {response.status_code}")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_DOCUMENT_BYTES:
                return Fetched(error="carte trop volumineuse")
        return Fetched(bytes(body), response.headers.get("etag", "")[:200])


def _record(unit: Unit, fetched: Fetched) -> None:
    """Note what a reading gave. An unchanged or faulty card leaves the silence to the clock."""
    source = store.source(unit.session, VIGILANCE_SOURCE)
    if source is None:
        source = SourceRow(source=VIGILANCE_SOURCE, started_at=unit.now, next_at=unit.now)
        unit.session.add(source)
        unit.session.flush()
    source.next_at = editions.next_poll(unit.now, home(unit.territories).zone)
    source.last_error = fetched.error[:500]
    if fetched.body is None:
        return
    digest = hashlib.sha256(fetched.body).hexdigest()
    if digest == source.sha256:
        return
    source.sha256 = digest
    source.last_error = _hand_in(unit, fetched.body)
    # A card that could not be read must be asked for again in full.
    source.etag = "" if source.last_error else fetched.etag


def _hand_in(unit: Unit, body: bytes) -> str:
    """Take the card in as if it had been pushed; returns what is wrong with it, or nothing."""
    received = read_bytes(CARD, body)
    if received.reading and editions.is_stale(received.reading.issued_at, unit.now):
        return "carte périmée, non appliquée"
    try:
        receipt = take(unit, received)
    except Refused as refused:
        return refused.message
    if received.reading is None:
        return (receipt.reason or "")[:500]
    hear(unit, received.reading.issued_at)
    return ""


def hear(unit: Unit, issued_at: datetime | None) -> None:
    """A card came, read here or pushed: the source speaks again once the edition that was due is there."""
    source = store.source(unit.session, VIGILANCE_SOURCE)
    if source is None or issued_at is None or is_exercise(unit.message.territory):
        return
    source.heard_at = unit.now
    source.issued_at = max(source.issued_at or issued_at, min(issued_at, unit.now))
    due = editions.last_edition(unit.now, home(unit.territories).zone)
    if source.silent_since is not None and editions.is_current(due, source.issued_at):
        source.silent_since = None
        _tell_all(unit, SourceHeard(source=VIGILANCE_SOURCE, heard_at=unit.now))


def fall_silent(unit: Unit, source: SourceRow, expected_at: datetime) -> None:
    """Say that the edition of ``expected_at`` did not come."""
    source.silent_since = unit.now
    _tell_all(unit, SourceSilent(source=VIGILANCE_SOURCE, expected_at=expected_at, last_heard_at=source.heard_at))


def _tell_all(unit: Unit, fact: SourceSilent | SourceHeard) -> None:
    for name in unit.territories:
        if not is_exercise(name):
            unit.say(fact, territory=name)
