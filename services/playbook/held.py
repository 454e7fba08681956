"""A run in force as the rules of a plan look at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

LIVE = ("open", "taken")


@dataclass(frozen=True, slots=True)
class Member:
    """One crisis that a run serves, and the step of that crisis's plan it stands for."""

    crisis: str
    action: str
    level: int
    playbook: str


@dataclass(frozen=True, slots=True)
class Held:
    """A run in force, of any crisis of the territory. What it says is what the plan of its first crisis says."""

    run: str
    status: str
    members: tuple[Member, ...]
    shared_key: str | None = None
    due_at: datetime | None = None
    late_at: datetime | None = None
    renews_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it still waits for somebody."""
        return self.status in LIVE

    @property
    def alone(self) -> bool:
        """Whether it serves one crisis only."""
        return len(self.members) == 1

    @property
    def over(self) -> bool:
        """Done or set aside for good: no clock brings it back."""
        return not self.live and self.renews_at is None

    def serves(self, crisis: str) -> Member | None:
        """The membership of a crisis."""
        return next((member for member in self.members if member.crisis == crisis), None)

    def without(self, crisis: str) -> Held:
        """The same run once a crisis has let it go."""
        return replace(self, members=tuple(member for member in self.members if member.crisis != crisis))
