"""A plan as a person reads it: every level and step in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.plans import PlanChecklist, PlanLevel, PlanRead, PlanReason, PlanStep, PlanVersion
from services.platform.french import insecable, long_day
from services.platform.territory import Thresholds
from services.playbook.model import ActionTemplate, Level, Plan, Trigger
from services.playbook.sentences import (
    FICHES,
    MODALITIES,
    PHASES,
    STATUSES,
    VALIDATORS,
    condition_words,
    due_words,
    lowering_words,
    role_words,
    tolerance_words,
)
from services.playbook.words import PLACEHOLDERS

ENGAGEMENTS = "engagements"
CLOSING = "fin de crise"


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
        reviews=plan.revision.reviews if plan.revision else (),
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
        checklists=tuple(
            PlanChecklist(key=key, title=one.title, source=one.source, parts=tuple(one.parts.items()))
            for key, one in plan.checklists.items()
        ),
        validation=validation_words(plan),
        revision=revision_words(plan),
        missing=tuple(FICHES[fiche] for fiche in missing_fiches(plan)),
        scenario=plan.scenario or "",
    )


def missing_fiches(plan: Plan) -> tuple[str, ...]:
    """The sheets of a crisis plan that no step of this one serves; a directory and training stand outside a crisis."""
    served = {step.fiche for step in plan.every_action()}
    return tuple(fiche for fiche in FICHES if fiche not in served and fiche not in ("annuaire", "formation"))


def validation_words(plan: Plan) -> tuple[str, ...]:
    """Who accepted this version and when, who has not yet."""
    accepted = [f"Validé par {VALIDATORS[who]} le {long_day(plan.validated[who])}." for who in plan.validated]
    awaited = [VALIDATORS[who] for who in VALIDATORS if who not in plan.validated]
    waits = [f"Modèle : attend la validation de : {', '.join(awaited)}."] if awaited else []
    return tuple(insecable(line) for line in (*accepted, *waits))


def revision_words(plan: Plan) -> tuple[str, ...]:
    """Why this version, and the experience reviews it answers."""
    if plan.revision is None:
        return ()
    lines = [f"Version du {long_day(plan.revision.on)} : {plan.revision.because}"]
    if plan.revision.reviews:
        lines.append(f"Tirée du retour d'expérience : {', '.join(plan.revision.reviews)}.")
    return tuple(insecable(line) for line in lines)


def level_place(number: int) -> str:
    """Where a step of a level stands: ``niveau 2``."""
    return insecable(f"niveau {number}")


def where_words(plan: Plan, action: str) -> str:
    """Where a step stands in its plan; empty when the plan does not have it."""
    if any(step.id == action for step in plan.engagements):
        return ENGAGEMENTS
    if any(step.id == action for step in plan.closing):
        return CLOSING
    levels = (number for number, level in plan.levels.items() if any(step.id == action for step in level.actions))
    return next((level_place(number) for number in levels), "")


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
        phase=step.phase or "",
        phase_words=PHASES.get(step.phase or "", ""),
        fiche=step.fiche or "",
        fiche_words=FICHES.get(step.fiche or "", ""),
        checklist=step.checklist or "",
    )
