"""A run as decisions see it: frozen, without a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.actions import ActionBody
from services.playbook.held import LIVE, Held, Member


@dataclass(frozen=True, slots=True)
class Run:
    """One opening of one step. ``late_at`` is the deadline and its tolerance; ``rank`` its place in the plan.

    ``opened_as`` is the step of the plan ``plan_sha256`` that it was opened as; ``action`` changes when the
    crisis that opened it ends and another still holds it.
    """

    run: str
    territory: str
    members: tuple[Member, ...]
    action: str
    playbook: str
    level: int
    plan_sha256: str
    title: str
    side: str
    modality: str
    owner: str
    opened_at: datetime
    details: dict[str, Any] = field(default_factory=dict)
    opened_as: str = ""
    shared_key: str | None = None
    status: str = "open"
    in_force: bool = True
    version: int = 1
    occurrence: int = 1
    rank: int = 0
    due_at: datetime | None = None
    late_at: datetime | None = None
    late_told: bool = False
    renews_at: datetime | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it still waits for somebody."""
        return self.status in LIVE

    @property
    def still_held(self) -> bool:
        """Whether it waits, or a crisis under way will end it; nothing would end what closing lists hold alone."""
        return self.live or any(member.level > 0 for member in self.members)

    @property
    def crises(self) -> tuple[str, ...]:
        """The crises it serves."""
        return tuple(member.crisis for member in self.members)

    @property
    def repeats(self) -> bool:
        """Whether it starts again each day."""
        return self.renews_at is not None

    @property
    def wakes_at(self) -> datetime | None:
        """When the clock has something to do with it: say it late, or start its next turn."""
        if not self.in_force:
            return None
        late_at = self.late_at if self.live and not self.late_told else None
        return min((moment for moment in (late_at, self.renews_at) if moment), default=None)

    def late(self, now: datetime) -> bool:
        """Whether it is late. What is not firm has no deadline, hence never is."""
        return self.live and self.late_at is not None and self.late_at <= now

    def held(self) -> Held:
        """What the rules of the plan look at."""
        return Held(
            self.run, self.status, self.members, self.shared_key, self.due_at, self.late_at, self.renews_at
        )  # fmt: skip

    def body(self) -> dict[str, Any]:
        """The fields that every fact about it carries."""
        return {"crises": self.crises} | {
            name: getattr(self, name) for name in ActionBody.model_fields if name != "crises"
        }
