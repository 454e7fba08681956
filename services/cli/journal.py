"""``tocsin logbook``: read, export and verify the journal de bord."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from contracts.logbook import AskExport, ListEntries
from services.cli.common import TerritoryOption, send
from services.cli.connection import Line, with_line
from services.logbook.verify import export_line, verify_file
from services.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Journal de bord.")


@app.command()
def tail(
    count: Annotated[int, typer.Option("-n", help="Nombre d'entrées.")] = 20, territory: TerritoryOption = None
) -> None:
    """Montre les dernières entrées."""
    for item in reversed(send(ListEntries(limit=count), territory)["items"]):
        late = " (saisie tardive)" if item.get("late") else ""
        hour = item["occurred_at"][:16].replace("T", " ")
        print(f"{item['number']:>5}  {hour}  {item['kind']:<12} {item['text']}{late}")


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="Fichier ; sinon la sortie.")] = None,
    territory: TerritoryOption = None,
) -> None:
    """Exporte tout le journal en JSON Lines, avec les chaînes exactes qui ont été scellées."""

    async def work(line: Line) -> None:
        target = out.open("w", encoding="utf-8") if out else sys.stdout
        after = 0
        while True:
            items = (await line.send(AskExport(after=after)))["items"]
            if not items:
                break
            for item in items:
                target.write(export_line(item).rstrip("\n") + "\n")
            after = items[-1]["number"]
        if out:
            target.close()

    with_line(Settings(), territory, work)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="Export JSON Lines.")],
    head: Annotated[str | None, typer.Option(help="Témoin imprimé sur un point de situation.")] = None,
) -> None:
    """Vérifie un export, sans se fier à qui l'a fait ; sort en erreur et nomme la première entrée fausse."""
    if not file.is_file():
        print(f"tocsin : {file} : fichier introuvable.", file=sys.stderr)
        raise typer.Exit(1)
    verdict = verify_file(file, head)
    if not verdict.ok:
        place = f"entrée {verdict.first_broken} : " if verdict.first_broken else ""
        print(f"Journal FAUX, {place}{verdict.reason}")
        raise typer.Exit(1)
    print(f"Journal intact : {verdict.entries} entrées.")
