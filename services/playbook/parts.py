"""Small parts of a plan: a recurrence, the rule to go down, a list to tick, why this version."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from services.playbook.conditions import Block, ColourName, PhenomenonName
from services.playbook.due import TIME_OF_DAY


class Repeat(Block):
    """Daily recurrence in local time, until the level drops.

    ``first``: ``same_day`` is the first such hour after the level starts, ``next_day`` never before tomorrow.
    """

    daily_at: str = Field(pattern=TIME_OF_DAY)
    first: Literal["same_day", "next_day"] = "same_day"


class Lowering(Block):
    """When going down may be proposed: ``tail_hours`` after the end of the last local day at ``at_least``.

    Without ``tail_hours``, the territory's ``lowering_tail_hours`` decides. ``quiet`` stands in the place of a
    vigilance: the hours run from the moment nothing that proposes a level of the plan holds any more.
    """

    vigilance: PhenomenonName | None = None
    quiet: bool = False
    at_least: ColourName = "orange"
    tail_hours: int | None = Field(default=None, ge=0, le=720)
    because: str = Field(min_length=1, max_length=300)

    @model_validator(mode="after")
    def _one_reason(self) -> Lowering:
        if (self.vigilance is None) is not self.quiet:
            raise ValueError("une descente se règle sur « vigilance » ou sur « quiet: true », l'un des deux")
        return self


class Checklist(Block):
    """A ready list to tick, in parts (``part title -> lines``), with where it comes from."""

    title: str = Field(min_length=3, max_length=120)
    source: str = Field(default="", max_length=300)
    parts: dict[str, tuple[str, ...]] = Field(min_length=1)


class Revision(Block):
    """Why this version: the day, the reason, and the experience reviews (references) it answers."""

    on: date
    because: str = Field(min_length=3, max_length=500)
    reviews: tuple[str, ...] = ()
