"""Two versions of a plan side by side, in the words a person reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contracts.plans import (
    FieldChange,
    LevelChanges,
    PlanChecklist,
    PlanDifferences,
    PlanLevel,
    PlanRead,
    PlanReason,
    PlanStep,
    StepAdded,
    StepChanged,
)
from services.platform.french import insecable
from services.playbook.readable import CLOSING, ENGAGEMENTS, level_place

#: What of a step is compared, and its name for a reader; the words of a key are compared, not the key.
STEP_FIELDS = {
    "title": "titre",
    "help": "précision",
    "side": "côté",
    "modality_words": "caractère",
    "owner_words": "responsable",
    "due": "échéance",
    "tolerance": "tolérance",
    "lasts": "durée",
    "phase_words": "moment",
    "fiche_words": "fiche",
    "theme": "thème",
    "actors": "acteurs",
    "channel": "canal",
    "indicator": "indicateur",
    "documents": "documents",
    "checklist": "liste à cocher",
    "shared_key": "action commune à plusieurs crises",
}
WHERE = "place"
LEVEL_FIELDS = {"name": "nom", "decided_by": "qui décide", "proposed_by": "ce qui le propose",
                "supported_by": "ce qui l’appuie", "themes": "thèmes"}  # fmt: skip
PLAN_FIELDS = {"not_ours": "ce que la CPTS ne fait pas", "lowering": "descente et fin de crise", "sources": "sources",
               "validation": "validations", "revision": "révision", "checklists": "listes à cocher",
               "scenario": "exercice"}  # fmt: skip
ABOUT_FIELDS = {"title": "titre", "typology": "typologie", "orsan": "volet ORSAN", "status_words": "validation"}
_SIDES = {"cpts": "CPTS", "structures": "structures"}
_OTHER_ORDER = FieldChange(field="order", name="ordre", after=("seul l’ordre des actions change",))


def compare(older: PlanRead, newer: PlanRead) -> PlanDifferences:
    """What changed from ``older`` to ``newer``; a step is the same one when its id is."""
    before, after = _places(older), _places(newer)
    found = PlanDifferences(
        playbook=newer.about.playbook,
        older=older.about,
        newer=newer.about,
        plan=(*_changes(older.about, newer.about, ABOUT_FIELDS), *_changes(older, newer, PLAN_FIELDS)),
        levels=tuple(_levels(older, newer)),
        added=_only(after, before),
        removed=_only(before, after),
        changed=tuple(_changed(before, after)),
    )
    if older.about.sha256 == newer.about.sha256:
        return found.model_copy(update={"same": True})
    if not (found.plan or found.levels or found.added or found.removed or found.changed):
        return found.model_copy(update={"plan": (_OTHER_ORDER,)})
    return found


Places = dict[str, tuple[str, PlanStep]]


def _places(plan: PlanRead) -> Places:
    """Each step by id, with where it stands."""
    found = {step.id: (ENGAGEMENTS, step) for step in plan.engagements}
    for level in plan.levels:
        for step in (*level.firm, *level.possible, *level.optional, *level.structures):
            found[step.id] = (level_place(level.number), step)
    return found | {step.id: (CLOSING, step) for step in plan.closing}


def _only(here: Places, there: Places) -> tuple[StepAdded, ...]:
    return tuple(StepAdded(where=where, step=step) for name, (where, step) in here.items() if name not in there)


def _changed(before: Places, after: Places) -> Iterator[StepChanged]:
    for name, (where, step) in after.items():
        if name not in before:
            continue
        old_where, old = before[name]
        if changes := step_changes(old, step, old_where, where):
            yield StepChanged(id=name, title=step.title, where=where, changes=changes)


def step_changes(older: PlanStep, newer: PlanStep, old_where: str, where: str) -> tuple[FieldChange, ...]:
    """What one step says otherwise, its place in the plan first."""
    changes = tuple(_changes(older, newer, STEP_FIELDS))
    if old_where == where:
        return changes
    return (FieldChange(field="where", name=WHERE, before=(old_where,), after=(where,)), *changes)


def _levels(older: PlanRead, newer: PlanRead) -> Iterator[LevelChanges]:
    before = {level.number: level for level in older.levels}
    after = {level.number: level for level in newer.levels}
    for number in sorted(before | after):
        old, new = before.get(number), after.get(number)
        if old and new:
            changes = tuple(_changes(old, new, LEVEL_FIELDS))
        else:
            there = (_level_name(old),) if old else ()
            here = (_level_name(new),) if new else ()
            changes = (FieldChange(field="level", name="niveau", before=there, after=here),)
        if changes:
            yield LevelChanges(number=number, name=(new or old).name, changes=changes)  # type: ignore[union-attr]


def _level_name(level: PlanLevel) -> str:
    return insecable(f"Niveau {level.number} : {level.name}")


def _changes(older: object, newer: object, fields: dict[str, str]) -> Iterator[FieldChange]:
    for field, name in fields.items():
        before, after = _said(field, getattr(older, field)), _said(field, getattr(newer, field))
        if before != after:
            gone, come = _without(before, after), _without(after, before)
            if not gone and not come:  # the same lines in another order
                gone, come = before, after
            yield FieldChange(field=field, name=name, before=gone, after=come)


def _said(field: str, value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(_item(item) for item in value)
    if field == "side":
        return (_SIDES.get(str(value), str(value)),)
    return (str(value),) if value else ()


def _item(item: object) -> str:
    if isinstance(item, PlanReason):
        return _reason(item)
    if isinstance(item, PlanChecklist):
        lines = [f"{part} : {', '.join(lines)}" for part, lines in item.parts]
        return f"{item.title} ({' ; '.join(lines)})"
    return str(item)


def _reason(reason: PlanReason) -> str:
    return insecable(f"{reason.condition} : « {reason.because} »")


def _without(lines: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    known = set(others)
    return tuple(line for line in lines if line not in known)
