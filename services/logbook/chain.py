"""The chain of the journal de bord: the frozen string of an entry, and its hash. Pure; see FORMAT.md.

Nothing here may change without a new format name: entries already written must verify for ever.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FORMAT = "tocsin-journal-1"
GENESIS = "0" * 64
#: Past this, an entry says « saisie tardive ». Two minutes cover typing, the queue and a restart of the
#: service; more than that, the entry was written from memory or after a stop, and the reader must know.
LATE_AFTER = timedelta(minutes=2)

# PostgreSQL stores no NUL and UTF-8 has no lone surrogate; the other controls mean nothing in a journal.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# Some readers cut lines on these too, and an export is one line for each entry.
_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What the hash covers. ``about`` is the entry completed or erased, ``erases`` every entry that lost its text."""

    territory: str
    number: int
    occurred_at: datetime
    written_at: datetime
    kind: str
    author: str
    role: str
    crisis: str | None = None
    fact: str | None = None
    fact_type: str = ""
    cause: str | None = None
    corrects: int | None = None
    about: int | None = None
    erases: tuple[int, ...] = ()
    verified: bool | None = None
    text_id: str
    text_sha256: str

    @property
    def late(self) -> bool:
        """Whether the entry was written well after what it tells."""
        return self.written_at - self.occurred_at > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Link:
    """One entry hooked to the one before: the exact string and the two hashes."""

    string: str
    hash: str
    previous_hash: str


def clean(text: str) -> str:
    """The text with what no database or file can hold replaced by U+FFFD; line breaks and tabs stay."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", _LINE_BREAKS.sub("\n", text))


def instant(moment: datetime) -> str:
    """A time as the chain writes it: UTC, microseconds, ``Z``."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S.%fZ}"  # %Y drops the leading zeros of early years


def canonical(value: object) -> str:
    """JSON with sorted keys, no spaces, real letters."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def string_of(entry: Sealed) -> str:
    """The exact string that is hashed."""
    return canonical(
        {
            "format": FORMAT,
            "territory": entry.territory,
            "number": entry.number,
            "occurred_at": instant(entry.occurred_at),
            "written_at": instant(entry.written_at),
            "late": entry.late,
            "kind": entry.kind,
            "author": entry.author,
            "role": entry.role,
            "crisis": entry.crisis,
            "fact": entry.fact,
            "fact_type": entry.fact_type,
            "cause": entry.cause,
            "corrects": entry.corrects,
            "about": entry.about,
            "erases": list(entry.erases),
            "verified": entry.verified,
            "text_id": entry.text_id,
            "text_sha256": entry.text_sha256,
        }
    )


def chained(previous_hash: str, string: str) -> str:
    """SHA-256 of the previous hash, in hexadecimal letters, followed by the string."""
    return hashlib.sha256((previous_hash + string).encode("utf-8", "surrogatepass")).hexdigest()


def link(previous_hash: str, entry: Sealed) -> Link:
    """Hook an entry to the one before."""
    string = string_of(entry)
    return Link(string, chained(previous_hash, string), previous_hash)
