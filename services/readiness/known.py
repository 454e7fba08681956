"""What the plan de crise is composed from: the answers of every service, frozen, with who did not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from contracts.cell import CellFound
from contracts.directory import DutyHeld
from contracts.plans import PlanRead
from contracts.yearly import ReadinessFound
from services.platform import french
from services.platform.territory import Territory

NOT_GIVEN = "non renseigné"
TYPOLOGIES = {
    "T1": "blessés somatiques ou psychiques",
    "T2": "malades, notamment personnes âgées",
    "T3": "agent infectieux émergent",
    "T4": "risque nucléaire, radiologique ou chimique",
    "T5": "altération de l’offre de soins",
}
PROFESSIONS = {
    "medecin": "médecins", "infirmier": "infirmières et infirmiers", "pharmacien": "pharmaciens",
    "kine": "masseurs-kinésithérapeutes", "sage-femme": "sages-femmes",
}  # fmt: skip
#: An entry of the directory is worth six months.
ENTRY_LASTS = timedelta(days=183)


@dataclass(frozen=True)
class Known:
    """``people`` are rows of the directory, ``written`` the day each entry was last written.

    ``cell``, ``reviews`` and ``improvements`` are empty when their service does not answer; ``silent`` says so.
    """

    territory: Territory
    now: datetime
    ready: ReadinessFound = field(default_factory=ReadinessFound)
    people: tuple[Mapping[str, Any], ...] = ()
    written: Mapping[str, date] = field(default_factory=dict)
    duty: tuple[DutyHeld, ...] = ()
    cell: CellFound | None = None
    plans: tuple[PlanRead, ...] = ()
    reviews: tuple[Mapping[str, Any], ...] | None = None
    improvements: tuple[Mapping[str, Any], ...] | None = None
    deliveries: tuple[Mapping[str, Any], ...] = ()
    number: int = 1
    silent: tuple[str, ...] = ()

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.territory.zone).date()

    @cached_property
    def _by_reference(self) -> dict[str, Mapping[str, Any]]:
        return {str(one["person"]): one for one in self.people}

    @property
    def professionals(self) -> list[Mapping[str, Any]]:
        """Those enrolled with a profession: they came of their own will."""
        return [one for one in self.people if one.get("profession")]

    def who(self, reference: str | None) -> str:
        """Name and professional number of somebody of the cell, of the duty or of the governance."""
        if not reference:
            return NOT_GIVEN
        found = self._by_reference.get(reference)
        if found is None or not found.get("name"):
            return NOT_GIVEN
        phone = found.get("phone")
        return f"{found['name']}, {french.phone(str(phone))}" if phone else f"{found['name']}, sans numéro"

    def name(self, reference: str | None) -> str:
        """The name alone, of the same people."""
        return self.who(reference).partition(", ")[0]

    def unverified(self) -> list[str]:
        """References of entries neither written nor tested for six months."""
        tested = max((state.last_on for state in self.ready.duties if state.duty == "annuaire" and state.last_on),
                     default=date.min)  # fmt: skip
        limit = self.today - ENTRY_LASTS
        return [ref for ref in self._by_reference if max(self.written.get(ref, date.min), tested) < limit]


def day(value: date | None) -> str:
    """``12/05/2026``, or nothing."""
    return f"{value:%d/%m/%Y}" if value else ""


def profession(code: str) -> str:
    """The plural word of a profession."""
    return PROFESSIONS.get(code, code.replace("_", " "))
