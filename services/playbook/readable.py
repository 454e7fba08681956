"""A plan as a person reads it: every level and step in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.plans import PlanLevel, PlanRead, PlanReason, PlanStep, PlanVersion
from services.platform.french import insecable
from services.platform.territory import Thresholds
from services.playbook.model import ActionTemplate, Level, Plan, Trigger
from services.playbook.sentences import (
    MODALITIES,
    STATUSES,
    condition_words,
    due_words,
    lowering_words,
    role_words,
    tolerance_words,
)
from services.playbook.words import PLACEHOLDERS


def version_of(plan: Plan, **known: Any) -> PlanVersion:
    """What names a version; ``known`` is what the engine alone knows (loaded when, in use, newest)."""
    return PlanVersion(
        playbook=plan.playbook,
        version=plan.version,
        sha256=plan.sha256,
        title=plan.title,
        typology=plan.typology,
        orsan=plan.orsan,
        status=plan.status,
        status_words=STATUSES[plan.status],
        **known,
    )


def read_plan(plan: Plan, about: PlanVersion, thresholds: Thresholds | None = None) -> PlanRead:
    """The whole plan; ``thresholds`` turn the name of a setting into its length in this territory."""
    return PlanRead(
        about=about,
        not_ours=plan.not_ours,
        engagements=steps_of(plan.engagements, {}, thresholds),
        levels=tuple(read_level(number, level, thresholds) for number, level in plan.levels.items()),
        closing=steps_of(plan.closing, {}, thresholds),
        lowering=lowering_words(plan.lowering, thresholds),
        sources=plan.sources,
    )


def read_level(number: int, level: Level, thresholds: Thresholds | None = None) -> PlanLevel:
    """One level, the CPTS's steps by what they ask for, then the structures' ideas."""
    ours = [step for step in level.actions if step.side == "cpts"]
    by_modality = {
        modality: steps_of((step for step in ours if step.modality == modality), level.themes, thresholds)
        for modality in MODALITIES
    }
    return PlanLevel(
        number=number,
        name=level.name,
        decided_by=tuple(role_words(role) for role in level.decided_by),
        proposed_by=tuple(read_reason(trigger) for trigger in level.propose if not trigger.evidence_only),
        supported_by=tuple(read_reason(trigger) for trigger in level.propose if trigger.evidence_only),
        themes=tuple(f"{number} {title}" for number, title in level.themes.items()),
        structures=steps_of((step for step in level.actions if step.side == "structures"), level.themes, thresholds),
        **by_modality,  # firm, possible and optional are the modalities
    )


def read_reason(trigger: Trigger) -> PlanReason:
    """What proposes: what the sentence will name stands between square brackets."""
    words = {name: f"[{word}]" for name, word in PLACEHOLDERS.items()}
    return PlanReason(
        condition=condition_words(trigger.when),
        because=insecable(trigger.sentence(**words)),
        evidence_only=trigger.evidence_only,
    )


def steps_of(
    steps: Iterable[ActionTemplate], themes: Mapping[str, str], thresholds: Thresholds | None = None
) -> tuple[PlanStep, ...]:
    """Steps in words, in the order of the plan."""
    return tuple(read_step(step, themes, thresholds) for step in steps)


def read_step(step: ActionTemplate, themes: Mapping[str, str], thresholds: Thresholds | None = None) -> PlanStep:
    """One step in words."""
    return PlanStep(
        id=step.id,
        title=step.title,
        help=step.help,
        side=step.side,
        modality=step.modality,
        modality_words=MODALITIES[step.modality] if step.side == "cpts" else "idée",
        owner=step.owner,
        owner_words=role_words(step.owner),
        due=due_words(step, thresholds),
        tolerance=tolerance_words(step),
        lasts="" if step.stays else "s’arrête dès que le niveau change, même vers le haut",
        theme=step.theme or "",
        theme_title=themes.get(step.theme or "", ""),
        actors=step.actors,
        channel=step.channel,
        indicator=step.indicator,
        documents=step.documents,
        shared_key=step.shared_key or "",
    )
