"""What the shape of a plan cannot tell: its words against each other. For files; contents already kept stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from contracts.orsan import VOLETS, volet_of
from services.playbook.conditions import AxisTriggered
from services.playbook.due import parse_due
from services.playbook.model import ActionTemplate, Plan
from services.playbook.problems import Problem
from services.playbook.reading import Path
from services.playbook.sentences import VALIDATORS

#: How late after its level a firm step of a phase may be due.
PHASE_LENGTHS = {"heure": timedelta(hours=1), "jour": timedelta(days=1)}


def incoherences(name: str, plan: Plan, lines: Mapping[Path, int]) -> Iterator[Problem]:
    """What a person must mend although every word is known, with its line."""
    yield from _volets(name, plan, lines)
    yield from _status(name, plan, lines)
    for path, step in _steps(plan):
        yield from _phase(name, step, lines.get(path, 1))


def _volets(name: str, plan: Plan, lines: Mapping[Path, int]) -> Iterator[Problem]:
    found: list[tuple[str, Path]] = [] if plan.orsan is None else [(plan.orsan, ("orsan",))]
    for number, level in plan.levels.items():
        for place, trigger in enumerate(level.propose):
            if isinstance(trigger.when, AxisTriggered) and trigger.when.volet:
                found.append((trigger.when.volet, ("levels", number, "propose", place, "when")))
    for volet, path in found:
        if volet not in VOLETS:
            today = volet_of(volet)
            remedy = f"écrivez {today}" if today in VOLETS else f"choisissez parmi {', '.join(VOLETS)}"
            yield Problem(
                name, lines.get(path, 1), f"« {volet} » n'est pas un volet ORSAN depuis 2024 ; {remedy}", "orsan"
            )


def _status(name: str, plan: Plan, lines: Mapping[Path, int]) -> Iterator[Problem]:
    awaited = [VALIDATORS[who] for who in VALIDATORS if who not in plan.validated]
    if plan.status == "valide" and awaited:
        yield Problem(
            name,
            lines.get(("status",), 1),
            f"un plan validé l'est par le territoire, l'ARS et le SAMU ; manque : {', '.join(awaited)} "
            "(notez leur date dans « validated », ou laissez « status: modele »)",
            "status",
        )


def _steps(plan: Plan) -> Iterator[tuple[Path, ActionTemplate]]:
    for block, steps in (("engagements", plan.engagements), ("closing", plan.closing)):
        yield from (((block, place), step) for place, step in enumerate(steps))
    for number, level in plan.levels.items():
        yield from ((("levels", number, "actions", place), step) for place, step in enumerate(level.actions))


def _phase(name: str, step: ActionTemplate, line: int) -> Iterator[Problem]:
    longest = PHASE_LENGTHS.get(step.phase or "")
    after = parse_due(step.due).after if step.due else None
    if longest is not None and after is not None and after > longest:
        yield Problem(
            name, line, f"{step.id} : cette échéance dépasse son moment (« {step.phase} ») ; changez l'un des deux"
        )
