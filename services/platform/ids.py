"""Opaque identifiers: unique, not secret. A system call for each would release the interpreter to the other threads."""

from __future__ import annotations

import random

_source = random.Random()  # noqa: S311  # seeded by the system once; nothing is protected by an id


def new_id() -> str:
    """128 random bits in hexadecimal."""
    return f"{_source.getrandbits(128):032x}"
