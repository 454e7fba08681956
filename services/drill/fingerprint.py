"""The fingerprint of a drill: the same scenario gives the same one, whatever the ids and the machine."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

#: Opaque ids, and the number and head of the chain a point stops at, differ each time although they mean the same.
_IDS = re.compile(
    r"\b[0-9a-f]{32}\b|\b[0-9a-f]{64}\b|/a/[\w-]+|(?<=certificat )[0-9a-f]{8}\b"
    r"|arrêté à l'entrée n° \d+, tête du journal [0-9a-f]{16}"
)


def told(entries: list[dict[str, Any]]) -> list[str]:
    """The entries sorted by when they happened, kind and words, without ids, numbers and hashes."""
    return sorted(
        json.dumps(
            [entry["occurred_at"], entry["kind"], entry.get("author") or "", _IDS.sub("·", entry.get("text") or "")],
            ensure_ascii=False,
        )
        for entry in entries
    )


def fingerprint(entries: list[dict[str, Any]]) -> str:
    """SHA-256 of what the entries tell."""
    return hashlib.sha256("\n".join(told(entries)).encode()).hexdigest()
