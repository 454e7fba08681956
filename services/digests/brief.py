"""All that a point is composed from, gathered beforehand: pure code reads it and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from contracts.directory import DutyHeld
from services.digests.axes import Vigilance, crisis_words, level_of
from services.digests.known import Known, World
from services.digests.numbers import Figures
from services.digests.point import safe
from services.platform.french import count, join
from services.platform.territory import Territory


@dataclass(slots=True)
class Brief:
    """The moment, the territory, what is known, who is on duty; ``silent`` names the services that did not answer."""

    territory: Territory
    day: date
    number: int
    as_of: datetime
    world: World
    figures: Figures
    vigilances: list[Vigilance] = field(default_factory=list)
    duty: list[DutyHeld] = field(default_factory=list)
    up_to: int = 0
    head: str = ""
    silent: list[str] = field(default_factory=list)

    @property
    def crises(self) -> list[Known]:
        """Crises open, the first opened first."""
        return self.world.standing("crisis")

    @property
    def opened_day(self) -> date:
        """The local day the oldest open crisis opened; the point's own when none is open."""
        opened = [self.local(crisis.data["opened_at"]).date() for crisis in self.crises]
        return min(opened, default=self.day)

    @property
    def level(self) -> int:
        """The highest level of the open crises."""
        return max((level_of(crisis) for crisis in self.crises), default=0)

    @property
    def vigilance(self) -> Vigilance | None:
        """The vigilance of the first crisis, or the first there is."""
        names = [crisis.data["playbook"] for crisis in self.crises]
        mine = [item for item in self.vigilances if item.phenomenon in names]
        return (mine or self.vigilances or [None])[0]  # type: ignore[list-item]

    def served(self, row: Known) -> str:
        """Which crises an action serves, when several are open: ``canicule``, ``les deux crises``."""
        served = set(row.data.get("crises") or ())
        names = [safe(crisis_words(crisis)) for crisis in self.crises if crisis.entity in served]
        if len(self.crises) < 2 or not names:
            return ""
        if len(names) == len(self.crises):
            return "les deux crises" if len(names) == 2 else "toutes les crises"
        return join(names)

    def local(self, moment: datetime | str) -> datetime:
        """A moment in local time."""
        aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return aware.astimezone(self.territory.zone)

    def minutes_since(self, moment: datetime | str) -> int:
        """Minutes from a moment to the point's."""
        return int((self.as_of - self.local(moment)).total_seconds() // 60)

    def holder(self, *roles: str) -> str | None:
        """Reference of who holds the first of these duty roles that has a holder."""
        for role in roles:
            found = next((held.person for held in self.duty if held.role == role and held.person), None)
            if found:
                return found
        return None

    def partner(self, name: str) -> str:
        """What a partner is called in a sentence: its label when the territory has one."""
        return safe(self.territory.partners.get(name, name))

    def commune(self, code: str) -> str:
        """Name of a commune."""
        return self.territory.commune_name(code)

    def by_commune(self, totals: dict[str, int], most: int = 9) -> str:
        """``Athis-Mons 7, Savigny-sur-Orge 6``, the largest first; what is left is counted."""
        items = list(totals.items())
        listed = [f"{self.commune(code)}\u00a0{value}" for code, value in items[:most]]
        if len(items) > most:
            listed.append(count(len(items) - most, "autre commune", "autres communes"))
        return ", ".join(listed)
