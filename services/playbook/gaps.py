"""What a good file still lacks, in words: nothing here refuses a plan. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from services.platform.french import insecable
from services.playbook.model import Plan
from services.playbook.readable import missing_fiches
from services.playbook.sentences import FICHES, VALIDATORS

#: "Attend la validation" is followed by these.
_OF = {"territoire": "du territoire", "ars": "de l'ARS", "samu": "du SAMU"}


def gaps(plan: Plan, scenarios: Container[str]) -> tuple[str, ...]:
    """What this plan lacks beside its validation; ``scenarios`` are the names of the drills at hand."""
    found = []
    missing = missing_fiches(plan)
    if all(step.fiche is None for step in plan.every_action()):
        found.append("aucune action ne dit quelle fiche elle sert (« fiche »)")
    elif missing:
        found.append(f"fiches sans action : {', '.join(FICHES[fiche] for fiche in missing)}")
    if plan.scenario is None:
        found.append("aucun exercice ne l'éprouve (« scenario »)")
    elif plan.scenario not in scenarios:
        found.append(f"l'exercice « {plan.scenario} » n'existe pas (scenarios/{plan.scenario}.yaml)")
    return tuple(found)


def report(plans: Iterable[Plan], scenarios: Container[str]) -> Iterator[str]:
    """One screen on plans that load: which ones are whole, what the others lack, which are models and until when."""
    ordered = sorted(plans, key=lambda plan: plan.playbook)
    lacking = {plan.playbook: found for plan in ordered if (found := gaps(plan, scenarios))}
    yield from _list("Plans valables", [plan.playbook for plan in ordered])
    yield from _list("Rien n'y manque", [plan.playbook for plan in ordered if plan.playbook not in lacking])
    for name, found in lacking.items():
        yield insecable(f"{name} : {' ; '.join(found)}.")
    yield from _models(ordered)


def _models(plans: Iterable[Plan]) -> Iterator[str]:
    """Models together when they wait for the same people."""
    waiting: dict[tuple[str, ...], list[str]] = {}
    for plan in plans:
        awaited = tuple(_OF[who] for who in VALIDATORS if who not in plan.validated)
        if awaited or plan.status == "modele":
            waiting.setdefault(awaited, []).append(plan.playbook)
    for awaited, names in waiting.items():
        if awaited:
            yield from _list(f"Encore modèles, attendent la validation {_and(awaited)}", names)
        else:
            yield from _list("Validés par tous, écrivez « status: valide »", names)


def _list(title: str, names: Iterable[str]) -> Iterator[str]:
    if told := ", ".join(names):
        yield insecable(f"{title} : {told}.")


def _and(words: tuple[str, ...]) -> str:
    return " et ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
