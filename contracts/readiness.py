"""Readiness: what a CPTS keeps ready between crises: functions and agreements, stock, premises, trainings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.base import Command, Contract, Fact, OpenEnum, TextRef

Typology = Literal["T1", "T2", "T3", "T4", "T5"]
Reference = Annotated[str, Field(max_length=63)]


class Shelf(OpenEnum):
    """Where a record stands."""

    GOUVERNANCE = "gouvernance"
    STOCK = "stock"
    LOCAUX = "locaux"
    FORMATION = "formation"
    AUTRE = "autre"


class GovernanceKind(OpenEnum):
    """``activation``: who may activate the plan. ``convention``: an agreement signed with a partner."""

    REFERENT = "referent"
    PRESIDENT = "president"
    SUPPLEANT = "suppleant"
    COPIL = "copil"
    ACTIVATION = "activation"
    DELEGATION = "delegation"
    CONVENTION = "convention"
    AUTRE = "autre"


class GovernanceEntry(Contract):
    """A function, who holds it (a reference of the directory), from when to when."""

    kind: GovernanceKind
    function: str = Field(min_length=2, max_length=120)
    person: Reference | None = None
    signed_on: date | None = None
    valid_until: date | None = None


class StockEntry(Contract):
    """A quantity of one thing, somewhere."""

    item: str = Field(min_length=2, max_length=120)
    quantity: int = Field(ge=0, le=1_000_000)
    unit: str = Field(default="unités", min_length=1, max_length=40)
    place: str = Field(default="", max_length=120)
    minimum: int = Field(default=0, ge=0, le=1_000_000)
    expires_on: date | None = None


class PremisesEntry(Contract):
    """A place that can be used in a crisis. ``contact`` is a reference of the directory."""

    name: str = Field(min_length=2, max_length=120)
    commune: str = Field(min_length=5, max_length=5)
    serves: tuple[Typology, ...] = Field(min_length=1, max_length=5)
    capacity: int = Field(default=0, ge=0, le=100_000)
    accessible: bool = False
    contact: Reference | None = None
    agreed_on: date | None = None


class TrainingEntry(Contract):
    """A training: who followed it (a profession or a group, never a person), and until when it holds."""

    title: str = Field(min_length=2, max_length=120)
    audience: str = Field(min_length=2, max_length=120)
    provider: str = Field(default="", max_length=120)
    held_on: date
    attended: int = Field(ge=0, le=10_000)
    valid_until: date | None = None


class RecordBody(Fact):
    """``version`` counts from 1; ``note`` is a free text."""

    record: str
    version: int
    by: str
    note: TextRef | None = None


class GovernanceNoted(RecordBody, GovernanceEntry):
    """A function, a delegation or an agreement is known, or changed."""

    entity: ClassVar[str] = "governance"
    happened: ClassVar[str] = "noted"


class StockKept(RecordBody, StockEntry):
    """A line of the stock is known, or changed."""

    entity: ClassVar[str] = "stock"
    happened: ClassVar[str] = "kept"


class StockFlagged(Fact):
    """A line of the stock is out of date or below its minimum; said once for each state."""

    entity: ClassVar[str] = "stock"
    happened: ClassVar[str] = "flagged"

    record: str
    item: str
    reason: Literal["perime", "sous_minimum"]
    quantity: int
    minimum: int
    unit: str
    expires_on: date | None = None


class PremisesKept(RecordBody, PremisesEntry):
    """A place that can be used is known, or changed."""

    entity: ClassVar[str] = "premises"
    happened: ClassVar[str] = "kept"


class TrainingNoted(RecordBody, TrainingEntry):
    """A training was followed, or its record changed."""

    entity: ClassVar[str] = "training"
    happened: ClassVar[str] = "noted"


class RecordChecked(Fact):
    """Somebody went and looked: it is there, in this ``quantity`` for a line of stock."""

    entity: ClassVar[str] = "preparation"
    happened: ClassVar[str] = "checked"

    record: str
    version: int
    shelf: Shelf
    label: str
    on: date
    by: str
    quantity: int | None = None


class RecordRemoved(Fact):
    """It is no longer kept."""

    entity: ClassVar[str] = "preparation"
    happened: ClassVar[str] = "removed"

    record: str
    version: int
    shelf: Shelf
    label: str
    by: str
    reason: TextRef | None = None


class _Keep(Command):
    """``record`` changes the one of this id; without it a new one is kept."""

    service: ClassVar[str] = "readiness"

    record: str | None = Field(default=None, max_length=63)
    note: str = Field(default="", max_length=1000)


class KeepGovernance(GovernanceEntry, _Keep):
    """Note a function, a delegation, an agreement, or change it."""

    verb: ClassVar[str] = "governance"


class KeepStock(StockEntry, _Keep):
    """Note a line of stock, or change it; ``checked_on`` is the day it was counted."""

    verb: ClassVar[str] = "stock"

    checked_on: date | None = None


class KeepPremises(PremisesEntry, _Keep):
    """Note a place that can be used, or change it."""

    verb: ClassVar[str] = "premises"

    checked_on: date | None = None


class NoteTraining(TrainingEntry, _Keep):
    """Note a training, or change it."""

    verb: ClassVar[str] = "training"


class CheckRecord(Command):
    """Say that a record was checked on a day (today by default); a line of stock with what was counted."""

    service: ClassVar[str] = "readiness"
    verb: ClassVar[str] = "check"

    record: str
    on: date | None = None
    quantity: int | None = Field(default=None, ge=0, le=1_000_000)


class RemoveRecord(Command):
    """Stop keeping a record; the journal keeps that it was."""

    service: ClassVar[str] = "readiness"
    verb: ClassVar[str] = "remove"

    record: str
    reason: str = Field(default="", max_length=500)


class GovernanceItem(GovernanceEntry):
    """A record of governance; ``expired`` when its term is over."""

    id: str
    version: int = 1
    note: str = ""
    expired: bool = False


class StockItem(StockEntry):
    """A line of stock; ``flags`` are ``perime``, ``bientot_perime``, ``sous_minimum``, ``a_verifier``."""

    id: str
    version: int = 1
    note: str = ""
    checked_on: date | None = None
    flags: tuple[str, ...] = ()


class PremisesItem(PremisesEntry):
    """A place; ``flags``: ``a_verifier`` after a year, ``sans_accord`` without an agreement."""

    id: str
    version: int = 1
    note: str = ""
    checked_on: date | None = None
    flags: tuple[str, ...] = ()


class TrainingItem(TrainingEntry):
    """A training; ``expired`` when it no longer holds."""

    id: str
    version: int = 1
    note: str = ""
    expired: bool = False
