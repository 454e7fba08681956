"""``tocsin playbook``: check, print and describe the plans; without a name, the yearly document for ARS and CPAM."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from contracts.crisis_plan import AskCrisisPlan
from services.cli.common import TerritoryOption
from services.cli.connection import Line, running, with_line
from services.platform.errors import BadSettings
from services.platform.settings import Settings
from services.playbook.gaps import report
from services.playbook.loader import check as check_folder
from services.playbook.loader import load_library, plan_files
from services.playbook.publish import as_text, schema_text
from services.territories import PACKAGED

FORMS: tuple[Literal["pdf", "docx"], ...] = ("pdf", "docx")
#: A dozen plans take seconds to print on a busy machine.
PATIENCE = 60.0
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
def print_plan(
    name: Annotated[str | None, typer.Argument(help="Plan ; sans nom, le plan de crise entier.")] = None,
    out: Annotated[Path, typer.Option(help="Dossier où écrire le plan de crise entier.")] = Path(),
    territory: TerritoryOption = None,
) -> None:
    """Écrit un plan comme on le lit ; sans nom, le plan de crise pour l'ARS et la CPAM, en PDF et en DOCX."""
    if name is None:
        _print_document(out, territory)
        return
    plan = load_library(_folder()).plans.get(name)
    if plan is None:
        raise BadSettings(f"Plan inconnu : {name}. Connus : {', '.join(sorted(load_library(_folder()).plans))}.")
    print(as_text(plan))


def _print_document(out: Path, territory: str | None) -> None:
    """Both forms, asked of the desk that runs: it alone knows the directory, the stock, the cell."""
    settings = Settings()
    if running(settings) is None:
        print(
            "tocsin : aucun poste ne tourne ; lancez « tocsin up » dans un autre terminal, puis recommencez. "
            "Pour lire un plan sans poste : tocsin playbook print canicule",
            file=sys.stderr,
        )
        raise typer.Exit(1)

    async def work(line: Line) -> list[dict[str, str]]:
        return [await line.send(AskCrisisPlan(form=form), patience=PATIENCE) for form in FORMS]

    out.mkdir(parents=True, exist_ok=True)
    for found in with_line(settings, territory, work):
        path = out / Path(found["filename"]).name
        path.write_bytes(base64.b64decode(found["body"]))
        print(path)
