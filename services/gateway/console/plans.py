"""Plans on screen: versions, one as a person reads it, what changes between two, an edited file checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from starlette.responses import Response

from contracts.plans import CheckPlan, ComparePlans, ListPlans, ReadPlan
from services.gateway.console.pages import Act, Form, Page, show
from services.gateway.console.visit import Visit
from services.platform.errors import Invalid, NotFound

#: Reading a long plan and comparing it takes longer than a row.
PATIENCE = 15.0
PLAYBOOK = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
SHA = re.compile(r"[0-9a-f]{64}")


async def view(visit: Visit) -> dict[str, Any]:
    """Every plan with its versions, newest first."""
    return {"plans": by_plan(await visit.items("plans", ListPlans()) or [])}


def by_plan(versions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plans by title; each version knows the one before it, to be compared with."""
    found = []
    for playbook, held in groupby(sorted(versions, key=lambda one: one["playbook"]), key=lambda one: one["playbook"]):
        newest_first = sorted(held, key=lambda one: -one["version"])
        before = [*newest_first[1:], None]
        found.append(
            {
                "playbook": playbook,
                "title": newest_first[0]["title"],
                "versions": [one | {"before": older} for one, older in zip(newest_first, before, strict=True)],
            }
        )
    return sorted(found, key=lambda plan: plan["title"])


async def view_one(visit: Visit) -> dict[str, Any]:
    """A plan in words: the newest version, or the one asked for."""
    playbook, sha = _playbook(visit), _sha(visit, "version")
    found = await visit.together(
        plan=visit.ask(ReadPlan(playbook=playbook, sha256=sha), patience=PATIENCE),
        versions=visit.items("plans", ListPlans(playbook=playbook)),
    )
    plan = found["plan"]
    known: list[dict[str, Any]] = [one for held in by_plan(found["versions"] or []) for one in held["versions"]]
    about = next((one for one in known if one["sha256"] == plan["about"]["sha256"]), {"before": None})
    return {
        "plan": plan, "about": plan["about"], "before": about["before"], "versions": known,
        "by_theme": by_theme, "lines_of": lines_of, "served": served(plan),
        "title": f"Plan {plan['about']['title'].lower()}",
    }  # fmt: skip


def by_theme(steps: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Steps under the title of their theme, or of their moment, in the order of the plan."""
    found: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        theme = " ".join(part for part in (step["theme"], step["theme_title"]) if part)
        found.setdefault(theme or step.get("phase_words", "").capitalize(), []).append(step)
    return list(found.items())


def served(plan: dict[str, Any]) -> list[str]:
    """The sheets that steps say they serve, each once, in the order of the plan."""
    levels = [step for level in plan["levels"] for key in ("firm", "possible", "optional") for step in level[key]]
    steps = [*plan["engagements"], *levels, *plan["closing"]]
    return list(dict.fromkeys(step["fiche_words"] for step in steps if step.get("fiche_words")))


def lines_of(checklist: dict[str, Any]) -> int:
    """How many lines a list has to tick."""
    return sum(len(lines) for _, lines in checklist["parts"])


async def view_differences(visit: Visit) -> dict[str, Any]:
    """What changes from one version to another, in words."""
    playbook = _playbook(visit)
    question = ComparePlans(playbook=playbook, older=_sha(visit, "avant"), newer=_sha(visit, "apres"))
    found = await visit.together(
        differences=visit.ask(question, patience=PATIENCE),
        versions=visit.items("plans", ListPlans(playbook=playbook)),
    )
    return {"versions": found["versions"] or [], "differences": found["differences"], "playbook": playbook}


async def view_check(visit: Visit) -> dict[str, Any]:
    """The form; with a text typed, its verdict."""
    text = visit.typed.get("texte", "")
    if not text or visit.refusal:
        return {"verdict": None, "text": text, "problems": []}
    verdict = await visit.ask(CheckPlan(text=text), patience=PATIENCE)
    return {"verdict": verdict, "text": text, "problems": with_lines(verdict["problems"], text)}


def with_lines(problems: Iterable[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    """Problems beside the line they speak of; ``shown`` is empty when the line is not there."""
    lines = text.split("\n")
    return [
        problem | {"shown": lines[problem["line"] - 1] if 0 < problem["line"] <= len(lines) else ""}
        for problem in problems
    ]


async def check(visit: Visit, form: Form) -> Response:
    """The verdict shown at once: nothing is kept, so there is nowhere to go."""
    if not form.get("texte"):
        raise Invalid("À compléter : collez le plan modifié, ou choisissez son fichier.")
    visit.typed = form
    return await show(visit, CHECK)


def _playbook(visit: Visit) -> str:
    name = str(visit.path["playbook"])
    if not PLAYBOOK.fullmatch(name):
        raise NotFound("Aucun plan ne porte ce nom ; reprenez la liste des plans.")
    return name


def _sha(visit: Visit, name: str) -> str | None:
    value = visit.query.get(name) or None
    if value and not SHA.fullmatch(value):
        raise NotFound("Cette version du plan n'existe pas ; reprenez la liste des plans.")
    return value


PAGE = Page("/plans", "plans.html", "Plans", view, nav="plans", inside=False)
CHECK = Page("/plans/verifier", "plan_verifier.html", "Vérifier un plan modifié", view_check, nav="plans")
DIFFERENCES = Page(
    "/plans/{playbook}/differences", "plan_differences.html", "Ce qui change", view_differences, nav="plans",
    inside=False,
)  # fmt: skip
ONE = Page("/plans/{playbook}", "plan.html", "Plan", view_one, nav="plans", inside=False)
PAGES = (PAGE, CHECK, DIFFERENCES, ONE)
ACTS = (Act("/plans/verifier", check, CHECK),)
