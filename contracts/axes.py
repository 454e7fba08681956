"""The outside axes as they stand, and the requests for a level that no plan takes up."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from contracts.base import Contract


class AxisState(Contract):
    """One outside axis as last told: ``status`` is demandé, déclenché, adapté or levé; vigilance carries colours.

    ``authority`` acted (or asked), ``territory`` is where in words, ``label`` tells it from another of the same axis.
    """

    axis: Literal["vigilance", "orsan", "orsec", "plan_blanc"]
    label: str
    status: str
    volet: str | None = None
    phenomenon: str | None = None
    territory: str | None = None
    triggered_at: AwareDatetime | None = None
    adapted_at: AwareDatetime | None = None
    lifted_at: AwareDatetime | None = None
    today: str | None = None
    tomorrow: str | None = None
    authority: str | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    alert: str | None = None


class UnassignedRequest(Contract):
    """A request for a level that concerns no plan: a person chooses one. ``about`` is what it names, if it does."""

    alert: str
    fact: str
    kind: str
    source: str
    level: int
    about: str | None = None
    at: AwareDatetime
