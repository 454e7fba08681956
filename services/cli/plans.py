"""``tocsin playbook``: check, print and describe the plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.platform.errors import BadSettings
from services.platform.settings import Settings
from services.playbook.gaps import report
from services.playbook.loader import check as check_folder
from services.playbook.loader import load_library, plan_files
from services.playbook.publish import as_text, schema_text
from services.territories import PACKAGED

app = typer.Typer(no_args_is_help=True, help="Plans.")


def _folder() -> Path:
    return Settings().playbooks_dir or PACKAGED


@app.command()
def check() -> None:
    """Vérifie tous les plans ; chaque erreur dit le fichier, la ligne et le remède. Dit aussi ce qui manque."""
    folder = _folder()
    problems = check_folder(folder)
    for problem in problems:
        print(problem)
    if problems:
        raise typer.Exit(1)
    scenarios = {path.stem for path in plan_files(folder / "scenarios")}
    for line in report(load_library(folder).plans.values(), scenarios):
        print(line)


@app.command()
def schema() -> None:
    """Écrit le schéma JSON des plans, pour un éditeur qui aide à les écrire."""
    print(schema_text())


@app.command("print")
def print_plan(name: Annotated[str, typer.Argument(help="Plan.")] = "canicule") -> None:
    """Écrit un plan comme on le lit, par niveau et par côté."""
    plan = load_library(_folder()).plans.get(name)
    if plan is None:
        raise BadSettings(f"Plan inconnu : {name}. Connus : {', '.join(sorted(load_library(_folder()).plans))}.")
    print(as_text(plan))
