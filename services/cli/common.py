"""Options and printing shared by the commands."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from contracts.base import Command, Question
from services.cli.connection import Line, with_line
from services.platform.settings import Settings

TerritoryOption = Annotated[
    str | None, typer.Option("--territory", help="Territoire ; « …~exercice » pour l'exercice.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Sortie JSON, pour un autre programme.")]


def send(message: Command | Question, territory: str | None = None, *, service: str | None = None) -> dict[str, Any]:
    """Send one message to the desk and give its result."""

    async def work(line: Line) -> dict[str, Any]:
        return await line.send(message, service=service)

    return with_line(Settings(), territory, work)


def show_json(value: Any) -> None:
    """Print as JSON, accents kept."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def show_table(title: str, rows: list[dict[str, Any]], columns: dict[str, str]) -> None:
    """Print rows; ``columns`` maps a key to its heading. An empty list is said."""
    if not rows:
        print(f"{title} : rien.")
        return
    table = Table(title=title)
    for heading in columns.values():
        table.add_column(heading)
    for row in rows:
        table.add_row(*("" if row.get(key) is None else str(row[key]) for key in columns))
    Console().print(table)
