"""What a plan says: levels, what proposes them, the actions they open. One YAML file, one ``Plan``."""

from __future__ import annotations

import hashlib
import json
import string
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from services.playbook.conditions import (
    AlertTold,
    AxisTriggered,
    Block,
    Condition,
    SubjectName,
    VigilanceAnnounced,
)
from services.playbook.due import parse_due, parse_duration
from services.playbook.parts import Checklist, Lowering, Repeat, Revision
from services.playbook.words import PLACEHOLDERS

Side = Literal["cpts", "structures"]
Modality = Literal["firm", "possible", "optional"]
#: When a step comes: in the first hour, on the first day, the days after.
Phase = Literal["heure", "jour", "suite"]
#: The sheets of a crisis plan: what a step serves.
Fiche = Literal[
    "gouvernance",
    "cellule",
    "annuaire",
    "mobilisation",
    "communication-interne",
    "communication-externe",
    "logistique",
    "continuite",
    "remontee",
    "tracabilite",
    "formation",
    "levee",
]
Validator = Literal["territoire", "ars", "samu"]


class Trigger(Block):
    """A condition that proposes its level, and why in words (``PLACEHOLDERS`` may stand in the sentence).

    ``evidence_only``: never proposes by itself, only strengthens a proposal that another trigger makes.
    """

    when: Condition
    because: str = Field(min_length=1, max_length=300)
    evidence_only: bool = False

    @field_validator("because")
    @classmethod
    def _known_placeholders(cls, value: str) -> str:
        try:
            found = [part for part in string.Formatter().parse(value) if part[1] is not None]
        except ValueError as error:
            raise ValueError("les accolades ne vont pas par paires ; écrivez par exemple {colour}") from error
        if any(layout or conversion for _, _, layout, conversion in found):
            raise ValueError("un nom entre accolades s'écrit seul ; écrivez par exemple {colour}")
        unknown = {name or "" for _, name, _, _ in found} - PLACEHOLDERS.keys()
        if unknown:
            known = ", ".join(sorted(PLACEHOLDERS))
            raise ValueError(f"« {{{min(unknown)}}} » n'est pas connu ; choisissez parmi {known}")
        return value

    def sentence(self, **values: object) -> str:
        """The reason in words; a placeholder without a value reads as an empty word."""
        filled = self.because.format_map(defaultdict(str, {key: str(value) for key, value in values.items()}))
        return " ".join(filled.replace("()", "").split())


class ActionTemplate(Block):
    """A step. Only a firm one has a deadline and may be late.

    ``due`` is an ISO 8601 duration after the level starts (negative: before the event), a local time of
    day, or the name of a threshold of the territory. ``tolerance`` is the delay before it is said late.
    ``stays`` false: the action ends when its level is left, upwards too. ``shared_key``: two crises
    that want the same step meet in one. ``phase`` and ``fiche`` say when it comes and what it serves,
    ``checklist`` names a list of the plan to tick while doing it.
    """

    id: str = Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9.]+)+$", max_length=40)
    side: Side = "cpts"
    modality: Modality
    title: str = Field(min_length=3, max_length=200)
    help: str = Field(default="", max_length=1000)
    actors: str = Field(default="", max_length=200)
    owner: str = Field(pattern=r"^[a-z][a-z_-]*$")
    theme: str | None = None
    due: str | None = None
    working_hours: bool = False
    tolerance: str = "PT0S"
    repeat: Repeat | None = None
    documents: tuple[str, ...] = ()
    channel: str = ""
    indicator: str = ""
    stays: bool = True
    shared_key: str | None = Field(default=None, pattern=r"^[a-z0-9-]+$")
    phase: Phase | None = None
    fiche: Fiche | None = None
    checklist: str | None = None

    @field_validator("due")
    @classmethod
    def _readable_due(cls, value: str | None) -> str | None:
        if value is not None:
            parse_due(value)
        return value

    @field_validator("tolerance")
    @classmethod
    def _readable_tolerance(cls, value: str) -> str:
        if parse_duration(value).total_seconds() < 0:
            raise ValueError("une tolérance ne peut pas être négative")
        return value

    @model_validator(mode="after")
    def _coherent(self) -> ActionTemplate:
        if self.modality != "firm" and (self.due or self.repeat):
            raise ValueError(
                "seule une action ferme a une échéance ; retirez « due » et « repeat », ou « modality: firm »"
            )
        if self.due and self.repeat:
            raise ValueError("« due » et « repeat » s'excluent : une action répétée tire son échéance de « repeat »")
        if self.side == "structures" and self.modality != "optional":
            raise ValueError("côté structures, tout est une idée : écrivez « modality: optional »")
        return self


class Level(Block):
    """One level: who decides it, what proposes it, what it opens."""

    name: str = Field(min_length=3, max_length=120)
    decided_by: tuple[str, ...] = Field(min_length=1)
    propose: tuple[Trigger, ...] = ()
    themes: dict[str, str] = Field(default_factory=dict)
    actions: tuple[ActionTemplate, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_themes(self) -> Level:
        for action in self.actions:
            if action.theme is not None and action.theme not in self.themes:
                raise ValueError(f"{action.id} : le thème « {action.theme} » ne figure pas dans « themes »")
        return self


class Plan(Block):
    """A whole plan. ``engagements`` open with the first level reached; ``closing`` when the crisis closes.

    ``phenomena`` are what it is about, beside those its triggers name; ``validated`` says which of the
    territory, the ARS and the SAMU accepted this version, and when; ``scenario`` is the drill that tries it.
    """

    playbook: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    version: int = Field(ge=1, le=99_999_999)
    typology: str = Field(pattern=r"^T[1-9]$")
    orsan: str | None = Field(default=None, max_length=40)
    title: str = Field(min_length=3, max_length=120)
    status: Literal["modele", "valide"] = "modele"
    sources: tuple[str, ...] = ()
    not_ours: tuple[str, ...] = Field(min_length=1)
    levels: dict[int, Level] = Field(min_length=1)
    engagements: tuple[ActionTemplate, ...] = ()
    closing: tuple[ActionTemplate, ...] = ()
    lowering: Lowering | None = None
    phenomena: tuple[SubjectName, ...] = ()
    checklists: dict[str, Checklist] = Field(default_factory=dict)
    validated: dict[Validator, date] = Field(default_factory=dict)
    revision: Revision | None = None
    scenario: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]*$")

    @field_validator("levels")
    @classmethod
    def _levels_from_one(cls, value: dict[int, Level]) -> dict[int, Level]:
        if sorted(value) != list(range(1, len(value) + 1)) or len(value) > 3:
            raise ValueError("les niveaux se numérotent 1, 2, 3 sans trou (le niveau 0 est la fin de crise)")
        return dict(sorted(value.items()))

    @model_validator(mode="after")
    def _unique(self) -> Plan:
        for what, values in (
            ("identifiant", [action.id for action in self.every_action()]),
            ("« shared_key »", [action.shared_key for action in self.every_action() if action.shared_key]),
        ):
            twice = next((value for value in values if values.count(value) > 1), None)
            if twice:
                raise ValueError(f"{what} « {twice} » employé deux fois ; chacun ne sert qu'une fois dans un plan")
        return self

    @model_validator(mode="after")
    def _known_checklists(self) -> Plan:
        for action in self.every_action():
            if action.checklist is not None and action.checklist not in self.checklists:
                raise ValueError(f"{action.id} : la liste « {action.checklist} » ne figure pas dans « checklists »")
        return self

    @property
    def subjects(self) -> frozenset[str]:
        """Everything this plan is about: what it says, and what its triggers name."""
        named = {
            when.vigilance if isinstance(when, VigilanceAnnounced) else when.phenomenon
            for level in self.levels.values()
            for trigger in level.propose
            if isinstance(when := trigger.when, VigilanceAnnounced | AlertTold | AxisTriggered)
        }
        return frozenset(self.phenomena) | frozenset(name for name in named if name)

    def every_action(self) -> Iterator[ActionTemplate]:
        """Every step, engagements first, then by level, then the closing list."""
        yield from self.engagements
        for level in self.levels.values():
            yield from level.actions
        yield from self.closing

    def step(self, action: str) -> ActionTemplate | None:
        """A step by its id."""
        return next((step for step in self.every_action() if step.id == action), None)

    def content(self) -> dict[str, Any]:
        """The content as JSON, without what only repeats a default: a new option changes no old plan."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical content (sorted keys, UTF-8): layout and comments do not count."""
        text = json.dumps(self.content(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
