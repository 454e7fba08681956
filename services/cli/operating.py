"""Commands of who operates the desk: migrations, backups, health, parked messages, new territories, documents."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from services.cli.common import show_json, show_table
from services.cli.connection import Line, running, with_line
from services.platform.asyncapi import document
from services.platform.backup import back_up
from services.platform.backup import restore as restore_backup
from services.platform.database import Database
from services.platform.describe import describe
from services.platform.doctor import examine
from services.platform.errors import BadSettings
from services.platform.migrations import migrate as migrate_database
from services.platform.parking import ListParked, SettleParked
from services.platform.settings import Settings
from services.registry import SERVICES
from services.territories import PACKAGED

territory_app = typer.Typer(no_args_is_help=True, help="Territoires.")
ALL = list(SERVICES.values())


def migrate() -> None:
    """Met chaque base au niveau de cette version ; « up » le fait aussi au démarrage."""

    async def work() -> None:
        for service in ALL:
            database = Database(service.name, service.owns, Settings())
            try:
                print(f"{service.name} : {await migrate_database(database) or 'à jour'}")
            finally:
                await database.close()

    asyncio.run(work())


def backup(file: Annotated[Path, typer.Argument(help="Archive .tar.gz à écrire.")]) -> None:
    """Sauvegarde toutes les bases, le poste en marche ou non. Les clés des données scellées n'y sont pas."""
    count = asyncio.run(back_up(ALL, Settings(), file))
    print(f"Sauvegarde écrite : {file} ({count} lignes).")


def restore(file: Annotated[Path, typer.Argument(help="Archive faite par « tocsin backup ».")]) -> None:
    """Remplit un poste vide depuis une sauvegarde, SQLite ou PostgreSQL."""
    settings = Settings()
    if running(settings):
        raise BadSettings("Un poste tourne ici : arrêtez-le avant de restaurer.")
    if not file.is_file():
        raise BadSettings(f"{file} : fichier introuvable.")
    count = asyncio.run(restore_backup(ALL, settings, file))
    print(f"Restauré : {count} lignes. Au prochain démarrage, le flux est redit depuis les bases.")


def doctor() -> None:
    """Examine le poste et dit ce qui ne va pas, avec le remède."""
    settings = Settings()
    found = running(settings)
    findings = examine(settings, found)
    if found:
        try:
            ready = httpx.get(f"{found['http']}/health/ready", timeout=3).json()
        except (httpx.HTTPError, ValueError) as error:
            findings.append((False, f"HTTP ne répond pas sur {found['http']} ({type(error).__name__})."))
        else:
            findings += [(_sound(state), f"{name} : {state}") for name, state in _flat(ready).items()]
        parked = with_line(settings, None, _parked)
        findings.append(
            (not parked, f"Messages mis de côté : {len(parked)}" + (" (tocsin replay)." if parked else "."))
        )
    for good, words in findings:
        print(f"{'bien ' if good else 'À VOIR'}  {words}")
    if not all(good for good, _ in findings):
        raise typer.Exit(1)


def _flat(ready: dict[str, Any]) -> dict[str, str]:
    parts = ready.get("parts") or ready.get("services") or ready
    return {name: str(state) for name, state in parts.items() if isinstance(state, str)}


def _sound(state: str) -> bool:
    return state.startswith(("prêt", "connecté", "ok", "en attente (une autre", "ready"))


async def _parked(line: Line) -> list[dict[str, Any]]:
    found = []
    for service in SERVICES:
        items = (await line.send(ListParked(), service=service))["items"]
        found += [{**item, "service": service} for item in items]
    return found


def replay(
    parked: Annotated[str | None, typer.Argument(help="Identifiant ; sans lui, la liste.")] = None,
    discard: Annotated[str, typer.Option(help="Écarter au lieu de rejouer, avec ce motif.")] = "",
) -> None:
    """Montre les messages mis de côté, en rejoue un ou l'écarte."""
    settings = Settings()
    items = with_line(settings, None, _parked)
    if parked is None:
        columns = {"id": "Message", "service": "Service", "subject": "Sujet", "error": "Erreur", "at": "Depuis"}
        show_table("Messages mis de côté", items, columns)
        return
    owner = next((item["service"] for item in items if item["id"] == parked), None)
    if owner is None:
        raise BadSettings("Aucun message mis de côté ne porte cet identifiant.")
    command = SettleParked(parked=parked, replay=not discard, reason=discard)
    with_line(settings, None, lambda line: line.send(command, service=owner))
    print("Écarté." if discard else "Rejoué.")


def asyncapi() -> None:
    """Écrit le document AsyncAPI 3 du bus."""
    show_json(document(ALL))


def code_map() -> None:
    """Écrit la carte des services : ce que chacun entend, fait, dit et garde."""
    print(describe(ALL))


@territory_app.command("new")
def territory_new(
    name: Annotated[str, typer.Argument(help="Nom court, en minuscules : « val-d-orge ».")],
    title: Annotated[str, typer.Option(help="Nom complet de la CPTS.")] = "",
) -> None:
    """Prépare le fichier d'un nouveau territoire, commenté, à compléter."""
    from services.directory.new_territory import write_territory

    path = Settings().data_dir / "territories" / f"{name}.yaml"
    if path.exists() or (PACKAGED / "territories" / f"{name}.yaml").exists():
        raise BadSettings(f"Le territoire « {name} » existe déjà ({path}).")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_territory(path, name, title or f"CPTS {name}")
    print(f"Écrit : {path}\nComplétez-le, puis : TOCSIN_TERRITORY={name} tocsin up")
