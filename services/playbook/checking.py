"""An edited file checked as the desk would read it at start. Pure; whatever the text, the answer is a verdict."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.plans import PlanProblem
from services.platform.french import clip, insecable
from services.playbook.loader import PlanError, parse_plan
from services.playbook.model import Plan
from services.playbook.problems import Problem

MOST_BYTES = 200_000
#: What a decoder leaves where a byte was not UTF-8.
_LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The plan, or every problem found (``left_out`` counts those beyond the first fifty)."""

    plan: Plan | None = None
    problems: tuple[PlanProblem, ...] = ()
    left_out: int = 0


def check_text(text: str) -> Verdict:
    """Read a text as a plan. Never raises on what a file may hold."""
    size = len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        return refused(f"le fichier pèse {size // 1000} ko ; un plan tient en {MOST_BYTES // 1000} ko")
    if _LOST in text:
        line = text.count("\n", 0, text.index(_LOST)) + 1
        return refused("le fichier n'est pas en UTF-8 ; enregistrez-le en UTF-8", line)
    try:
        return Verdict(parse_plan(text, "plan"))
    except PlanError as error:
        return Verdict(problems=tuple(told(problem) for problem in error.problems), left_out=error.left_out)


def refused(message: str, line: int = 1, where: str = "") -> Verdict:
    """A verdict of one problem."""
    return Verdict(problems=(told(Problem("plan", line, message, where)),))


def told(problem: Problem) -> PlanProblem:
    """A problem as it travels: the fault and the remedy apart, letters that no screen could show replaced."""
    fault, _, remedy = _plain(problem.message).partition(" ; ")
    return PlanProblem(
        line=problem.line,
        column=problem.column,
        where=clip(_plain(problem.where), 200),
        message=insecable(clip(fault, 300)),
        remedy=insecable(clip(remedy, 300)),
    )


def _plain(text: str) -> str:
    """Without lone surrogates, which an escape may hold and JSON cannot carry, nor signs that are not shown."""
    carried = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() else " " for letter in carried)


def line_of(text: str, key: str) -> int:
    """The line of a key at the left margin; the first one when it is written otherwise."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if line.startswith(f"{key}:")), 1)
