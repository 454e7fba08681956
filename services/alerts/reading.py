"""From the bytes of a request to a ``Reading``: size, base64, media type, then the parser of that format."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from contracts.alerts import ReportAlert
from services.alerts import cap, json_report, vigilance_card
from services.alerts.report import ParseError, Reading

MAX_DOCUMENT_BYTES = 512 * 1024

CARD = "application/vnd.meteofrance.vigilance+json"
PARSERS: dict[str, Callable[[bytes], Reading]] = {
    "application/json": json_report.read,
    "application/cap+xml": cap.read,
    "application/xml": cap.read,
    "text/xml": cap.read,
    CARD: vigilance_card.read,
}


class Oversize(ParseError):
    """The document is over the accepted size."""


class NotCarried(ParseError):
    """The request itself is wrong (media type, base64): there is no document to keep."""


@dataclass(frozen=True, slots=True)
class Received:
    """The bytes and what was read in them, or why nothing was."""

    media_type: str
    raw: bytes
    reading: Reading | None = None
    error: ParseError | None = None

    @property
    def fingerprint(self) -> str:
        """What makes two deliveries the same document: the content for our JSON, the bytes otherwise."""
        return self.reading.fingerprint if self.reading else hashlib.sha256(self.raw).hexdigest()


def receive(command: ReportAlert) -> Received:
    """Decode and read; never raises, the error stands in the result."""
    media_type = command.media_type.partition(";")[0].strip().lower()
    if len(command.body) > MAX_DOCUMENT_BYTES * 4 // 3 + 4:
        return Received(media_type, b"", error=Oversize(f"le document dépasse {MAX_DOCUMENT_BYTES // 1024} ko"))
    try:
        raw = base64.b64decode(command.body, validate=True)
    except (binascii.Error, ValueError):
        return Received(media_type, b"", error=NotCarried("le corps n'est pas en base64"))
    return read_bytes(media_type, raw)


def read_bytes(media_type: str, raw: bytes) -> Received:
    """Read the bytes of one document with the parser of its media type."""
    parser = PARSERS.get(media_type)
    if parser is None:
        return Received(media_type, raw, error=NotCarried(f"type inconnu ; types acceptés : {', '.join(PARSERS)}"))
    if len(raw) > MAX_DOCUMENT_BYTES:
        return Received(media_type, b"", error=Oversize(f"le document dépasse {MAX_DOCUMENT_BYTES // 1024} ko"))
    try:
        return Received(media_type, raw, reading=parser(raw))
    except ParseError as error:
        return Received(media_type, raw, error=error)
