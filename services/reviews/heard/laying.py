"""Small pure steps the modules of this folder are made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.base import Envelope, TextRef
from services.reviews.keeping import Lay
from services.reviews.projections import Data


def stamp(moment: datetime) -> str:
    """A moment as it is kept."""
    return moment.isoformat()


def first(data: Data, name: str, moment: datetime) -> Data:
    """The earliest moment told under this name."""
    held = data.get(name)
    if held is not None and datetime.fromisoformat(held) <= moment:
        return {}
    return {name: stamp(moment)}


def text_id(ref: TextRef | None) -> str:
    """The id of a text; its words stay with their owner."""
    return ref.id if ref else ""


def union(data: Data, name: str, items: Iterable[str]) -> Data:
    """Everything ever told under this name, in the order it was told."""
    held = data.get(name, [])
    return {name: [*held, *(item for item in items if item not in held)]}


def newest(data: Data, fact: Any, fields: Iterable[str]) -> Data:
    """Fields of the fact, unless a later version of the thing was told before it."""
    version = int(getattr(fact, "version", 0) or 0)
    if int(data.get("version", 0)) > version:
        return {}
    told: Data = fact.model_dump(mode="json", include=set(fields))
    return told | {"version": version}


def stamps(*names: str) -> Lay:
    """Note when something first happened to a thing, under these names."""

    def lay(data: Data, fact: Any, envelope: Envelope) -> Data:
        for name in names:
            data = data | first(data, name, envelope.time)
        return data

    return lay
