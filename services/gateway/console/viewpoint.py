"""From where a screen is seen: who looks, at which territory, and the ways to ask and to name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from contracts.base import PLATFORM, ListQuestion, Question, Role
from contracts.directory import ListPeople, ListStructures
from services.gateway.edge import Call, Edge
from services.platform.errors import Forbidden, Refused
from services.platform.territory import Territory

PATIENCE = 3.0
SLICE = 500
MAX_SLICES = 10
INSIDE = (Role.COORDINATOR, Role.REFERENT, Role.READER)
OUTSIDE = (Role.ARS, Role.SAMU)


@dataclass(slots=True)
class Viewpoint:
    """Everything a screen needs to be drawn, without the request that asked for it.

    ``missing`` collects what could not be had while it was drawn: « réservé » or « indisponible », by part.
    """

    edge: Edge
    call: Call
    territory: Territory
    missing: dict[str, str] = field(default_factory=dict)
    asked: dict[tuple[type[Question], str], asyncio.Task[dict[str, Any]]] = field(default_factory=dict)

    def again(self) -> None:
        """Forget what was asked: what follows is drawn anew."""
        self.missing.clear()
        self.asked.clear()

    @property
    def root(self) -> str:
        """What every address of this desk begins with; empty unless it stands behind another."""
        return self.edge.root

    @property
    def base(self) -> str:
        """What every address of this territory's screens begins with."""
        return f"{self.root}/poste/{self.territory.territory}"

    @property
    def drill_page(self) -> str:
        """On the desk of a drill, the page of the real desk that leads it; empty elsewhere."""
        before, found, run = self.root.rpartition("/exercice/")
        return f"{before}/poste/{self.territory.territory.removesuffix('~exercice')}/exercices/{run}" if found else ""

    @property
    def now(self) -> datetime:
        """The desk's clock, on the territory's hands."""
        return self.edge.clock.now().astimezone(self.territory.zone)

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()

    @property
    def exercise(self) -> bool:
        """Whether nothing here reaches real recipients."""
        return self.territory.exercise

    @property
    def inside(self) -> bool:
        """Whether who looks belongs to the CPTS; ARS and SAMU see totals."""
        return self.call.caller.has(*INSIDE)

    @property
    def decides(self) -> bool:
        """Whether buttons are shown at all: who is off duty reads. The owner of the data checks again."""
        caller = self.call.caller
        return caller.has(Role.COORDINATOR, Role.REFERENT) and (caller.kind != "person" or bool(caller.on_duty))

    def may(self, duties: Sequence[str]) -> bool:
        """Whether a decision of these duty roles is for who looks."""
        caller = self.call.caller
        if caller.kind == "person":
            return bool(set(duties) & set(caller.on_duty))
        held = {Role.COORDINATOR: "coordinatrice", Role.REFERENT: "referent"}
        return any(held.get(role) in duties for role in caller.roles)

    async def ask(self, question: Question, *, patience: float = PATIENCE) -> dict[str, Any]:
        """The answer of the owner; its refusal is raised."""
        return await self.edge.ask(question, self.call, patience=patience)

    async def part(self, name: str, question: Question) -> dict[str, Any] | None:
        """The answer, or nothing: the part is then told missing on the page, which is drawn all the same.

        The same question is asked once for a drawing, whichever parts of it need the answer.
        """
        key = (type(question), question.model_dump_json())
        if key not in self.asked:
            self.asked[key] = asyncio.create_task(self.ask(question))
        try:
            return await self.asked[key]
        except Forbidden:
            self.missing[name] = "réservé"
        except Refused:
            self.missing[name] = "indisponible"
        return None

    async def items(self, name: str, question: ListQuestion) -> list[dict[str, Any]] | None:
        """Every slice of a list, at most five thousand rows; nothing when it cannot be had."""
        found: list[dict[str, Any]] = []
        asked = question.model_copy(update={"limit": SLICE})
        for _ in range(MAX_SLICES):
            page = await self.part(name, asked)
            if page is None:
                return None
            found += page.get("items", [])
            if not page.get("next"):
                break
            asked = asked.model_copy(update={"cursor": page["next"]})
        return found

    async def together(self, **parts: Any) -> dict[str, Any]:
        """Several parts at once, by name."""
        return dict(zip(parts, await asyncio.gather(*parts.values()), strict=True))

    async def names(self, references: Iterable[str | None]) -> dict[str, str]:
        """Names of people by reference, from the directory's answers kept a minute; those outside see none."""
        if not self.inside:
            return {}
        return await self.edge.screens.names.of(self.edge, self.territory.territory, references)

    async def spoken(self, entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Entries whose text says names where facts say references."""
        return await self.edge.screens.names.in_words(self.edge, self.territory.territory, entries)

    def commune(self, code: str | None) -> str:
        """Name of a commune of this territory."""
        return self.territory.commune_name(code or "")


class Names:
    """Names by reference: the people and structures of a territory, read whole and kept a minute."""

    KEEP_SECONDS = 60.0
    AGAIN_SECONDS = 5.0

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._reading: dict[str, asyncio.Task[_Known]] = {}

    async def of(self, edge: Edge, territory: str, references: Iterable[str | None]) -> dict[str, str]:
        """Names of those the directory knows."""
        known = await self._all(edge, territory)
        return {ref: known.names[ref] for ref in references if ref in known.names}

    async def in_words(self, edge: Edge, territory: str, entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Entries whose text says names where it says references: facts carry none, a reader knows no reference."""
        known = await self._all(edge, territory)
        return [entry | {"text": known.spoken(entry["text"])} if entry.get("text") else entry for entry in entries]

    async def _all(self, edge: Edge, territory: str) -> _Known:
        held = self._known.get(territory)
        if held is not None and asyncio.get_running_loop().time() - held.at < self.KEEP_SECONDS:
            return held
        reading = self._reading.get(territory)
        if reading is None:
            reading = self._reading[territory] = asyncio.create_task(self._read(edge, territory))
            reading.add_done_callback(lambda _task: self._reading.pop(territory, None))
        return await asyncio.shield(reading)

    async def _read(self, edge: Edge, territory: str) -> _Known:
        found = _Known(asyncio.get_running_loop().time())
        view = Viewpoint(edge, Call(PLATFORM, territory), edge.territories[territory])
        people, structures = await asyncio.gather(
            view.items("annuaire", ListPeople()), view.items("annuaire", ListStructures())
        )
        if people is None or structures is None:  # it will be asked again, but not at every word of every page
            kept = self._known.setdefault(territory, found)
            kept.at = found.at - self.KEEP_SECONDS + self.AGAIN_SECONDS
            return kept
        found.names = {one["person"]: one["name"] for one in people} | {
            one["structure"]: one["name"] for one in structures
        }
        found.pattern = (
            re.compile(
                r"(?<![\w-])(?<!le )(?<!la )("
                + "|".join(map(re.escape, sorted(found.names, key=len, reverse=True)))
                + r")(?![\w-])"
            )
            if found.names
            else None
        )
        self._known[territory] = found
        return found


@dataclass(slots=True)
class _Known:
    at: float
    names: dict[str, str] = field(default_factory=dict)
    pattern: re.Pattern[str] | None = None

    def spoken(self, text: str) -> str:
        return self.pattern.sub(lambda found: self.names[found[0]], text) if self.pattern else text
