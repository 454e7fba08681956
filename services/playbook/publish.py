"""A plan for other readers: the JSON schema that editors and checks use, and the text a person prints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from services.playbook.model import ActionTemplate, Level, Plan, Trigger
from services.playbook.parts import Checklist
from services.playbook.readable import missing_fiches, revision_words, validation_words
from services.playbook.sentences import FICHES, PHASES, due_words, role_words
from services.playbook.words import PLACEHOLDERS, WORDS

_MODALITY = {"firm": "ferme", "possible": "possible", "optional": "idée"}


def schema() -> dict[str, Any]:
    """The JSON schema of a plan (draft 2020-12), made from the model, its words in French."""
    made = Plan.model_json_schema()
    for block in (made, *made["$defs"].values()):
        _in_french(block)
    return {**made, "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Plan de crise"}


def _in_french(block: dict[str, Any]) -> None:
    """Titles and docstrings of the model are for developers; an editor shows the words of the README."""
    block.pop("description", None)
    block.pop("title", None)
    for name, value in block.get("properties", {}).items():
        value.pop("title", None)
        if name in WORDS:
            value["description"] = WORDS[name]


def schema_text() -> str:
    """The schema as published in ``playbooks/schema.json``."""
    return json.dumps(schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def as_text(plan: Plan) -> str:
    """The plan as a page of text, by level and side."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    status = "modèle à valider" if plan.status == "modele" else "plan validé"
    orsan = f" · ORSAN {plan.orsan}" if plan.orsan else ""
    yield f"# {plan.title}"
    yield f"Plan « {plan.playbook} », version {plan.version} · typologie {plan.typology}{orsan} · {status}"
    yield f"Empreinte du contenu : {plan.sha256}"
    yield from validation_words(plan)
    yield from revision_words(plan)
    if plan.scenario:
        yield f"Exercice qui éprouve ce plan : tocsin drill {plan.scenario}"
    yield from _bullets("## Ce que la CPTS ne fait pas", plan.not_ours)
    yield from _steps("## Engagements, ouverts avec le premier niveau", plan.engagements)
    for number, level in plan.levels.items():
        yield from _level(number, level)
    yield from _steps("## Fin de crise", plan.closing)
    for one in plan.checklists.values():
        yield from _checklist(one)
    if any(step.fiche for step in plan.every_action()):
        absent = [FICHES[fiche] for fiche in missing_fiches(plan)]
        yield from _bullets("## Fiches du plan de crise qu'aucune action ne sert", absent)
    yield from _bullets("## Sources", plan.sources)


def _level(number: int, level: Level) -> Iterator[str]:
    decided_by = ", ".join(role_words(role) for role in level.decided_by)
    yield from ("", f"## Niveau {number} : {level.name}", f"Décidé par : {decided_by}")
    yield from _bullets("### Ce qui le propose", [_reason(t) for t in level.propose if not t.evidence_only])
    yield from _bullets("### Ce qui l'appuie, sans le proposer", [_reason(t) for t in level.propose if t.evidence_only])
    yield from _steps("### Côté CPTS", [step for step in level.actions if step.side == "cpts"])
    ideas = [step for step in level.actions if step.side == "structures"]
    yield from _steps("### Côté structures : une boîte à idées, rien d'obligatoire", ideas)


def _checklist(one: Checklist) -> Iterator[str]:
    yield from ("", f"## Liste à cocher : {one.title}")
    if one.source:
        yield one.source
    for part, lines in one.parts.items():
        yield from _bullets(f"### {part}", [f"[ ] {line}" for line in lines])


def _steps(title: str, steps: Sequence[ActionTemplate]) -> Iterator[str]:
    yield from _bullets(title, [_step(step) for step in steps])


def _bullets(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", title, *(f"- {line}" for line in lines))


def _reason(trigger: Trigger) -> str:
    return trigger.sentence(**{name: f"[{words}]" for name, words in PLACEHOLDERS.items()})


def _step(step: ActionTemplate) -> str:
    if step.side == "structures":
        return f"{step.id} {step.title} ({step.actors})" if step.actors else f"{step.id} {step.title}"
    words = [PHASES.get(step.phase or "", ""), _MODALITY[step.modality], role_words(step.owner), due_words(step)]
    told = f"{step.id} {step.title} ({', '.join(word for word in words if word)})"
    return f"{told} [liste à cocher : {step.checklist}]" if step.checklist else told
