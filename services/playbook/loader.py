"""Plans read from disk. An error names the file, the line and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from services.platform.errors import BadSettings
from services.playbook.coherence import incoherences
from services.playbook.model import Plan
from services.playbook.problems import Problem, from_validation
from services.playbook.reading import Unreadable, read_yaml

#: Beyond, the file is not a plan with mistakes but something else.
MOST_PROBLEMS = 50
PACKAGED = Path(__file__).resolve().parents[2] / "playbooks"


class PlanError(BadSettings):
    """Ce plan n'est pas lisible."""

    def __init__(self, problems: Iterable[Problem], left_out: int = 0) -> None:
        self.problems = tuple(problems)
        self.left_out = left_out
        more = [f"… et {left_out} autres problèmes"] if left_out else []
        super().__init__("\n".join([*(str(problem) for problem in self.problems), *more]))


@dataclass(frozen=True, slots=True)
class Library:
    """The plans of a folder: the newest version of each name, and every content by its SHA-256."""

    plans: dict[str, Plan] = field(default_factory=dict)
    contents: dict[str, Plan] = field(default_factory=dict)

    def by_sha(self, sha256: str) -> Plan | None:
        """The plan with exactly this content."""
        return self.contents.get(sha256)


def load_plan(path: Path) -> Plan:
    """Read one plan; ``PlanError`` lists every problem of the file."""
    try:
        return parse_plan(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise PlanError([Problem(path.name, 1, "le fichier n'est pas en UTF-8 ; enregistrez-le en UTF-8")]) from error
    except OSError as error:
        raise PlanError([Problem(path.name, 1, f"fichier illisible ({error.strerror})")]) from error


@lru_cache(maxsize=128)
def parse_plan(text: str, name: str) -> Plan:
    """Read a plan from its text; ``name`` is the file named in errors. A plan is frozen: one text is read once."""
    try:
        value, lines = read_yaml(text)
    except Unreadable as error:
        raise PlanError([Problem(name, error.line, error.message, column=error.column)]) from error
    if not isinstance(value, dict):
        raise PlanError([Problem(name, 1, "un plan commence par « playbook: » et son nom ; voir playbooks/README.md")])
    try:
        plan = Plan.model_validate(value)
    except ValidationError as error:
        found = islice(from_validation(name, error, lines), MOST_PROBLEMS)
        raise PlanError(found, left_out=max(0, error.error_count() - MOST_PROBLEMS)) from error
    if problems := list(incoherences(name, plan, lines)):
        raise PlanError(problems[:MOST_PROBLEMS], left_out=max(0, len(problems) - MOST_PROBLEMS))
    return plan


def plan_files(folder: Path) -> list[Path]:
    """The plans of a folder, in name order; scenarios and territories live in folders of their own."""
    return sorted(path for path in folder.glob("*.y*ml") if path.suffix in {".yaml", ".yml"} and path.is_file())


def load_library(folder: Path | None = None) -> Library:
    """Read every plan of ``folder`` (the packaged ones without it). Two files for one version are refused."""
    library = Library()
    problems: list[Problem] = []
    for path in plan_files(folder or PACKAGED):
        try:
            plan = load_plan(path)
        except PlanError as error:
            problems += error.problems
            continue
        problems += _add(library, plan, path.name)
    if problems:
        raise PlanError(problems)
    return library


def check(folder: Path | None = None) -> list[Problem]:
    """Every problem of the plans of a folder; an empty list means that they are all good."""
    where = folder or PACKAGED
    if not plan_files(where):
        return [Problem(str(where), 1, "aucun plan ici ; un plan est un fichier .yaml de ce dossier")]
    try:
        load_library(where)
    except PlanError as error:
        return list(error.problems)
    return []


def _add(library: Library, plan: Plan, name: str) -> list[Problem]:
    for known in library.contents.values():
        if (known.playbook, known.version) == (plan.playbook, plan.version):
            return [
                Problem(
                    name, 1, f"la version {plan.version} de « {plan.playbook} » existe déjà ; augmentez « version »"
                )
            ]
    library.contents[plan.sha256] = plan
    newest = library.plans.get(plan.playbook)
    if newest is None or newest.version < plan.version:
        library.plans[plan.playbook] = plan
    return []
