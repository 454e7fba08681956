"""Backup and restore, table by table: one format for SQLite and PostgreSQL, so also the way from one to the other.

The stream is not in it: it is told again from the outboxes. The keys of sealed data are not in it either,
so that an old backup cannot bring back what was erased.
"""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, LargeBinary, Table, func, insert, select, text
from sqlalchemy.orm import Session

from services.platform.database import Database
from services.platform.errors import BadSettings
from services.platform.migrations import migrate, newest
from services.platform.service import Service
from services.platform.settings import Settings
from services.platform.tables import UtcDateTime

CHUNK = 500
#: Rows about who runs now, not about what happened.
SKIPPED = frozenset({"platform_lease", "platform_position"})


async def back_up(services: Sequence[Service], settings: Settings, path: Path) -> int:
    """Write every table of every service to a ``.tar.gz``; the number of rows. Works while the desk runs."""
    count = 0
    with tarfile.open(path, "w:gz") as archive:
        _add(
            archive,
            "manifest.json",
            json.dumps(
                {
                    "format": 1,
                    "at": datetime.now(UTC).isoformat(),
                    "revisions": {service.name: newest(service.name) for service in services},
                }
            ).encode(),
        )
        for service in services:
            for table, lines in (await _dump_service(service, settings)).items():
                _add(archive, f"{service.name}/{table}.jsonl", "\n".join(lines).encode())
                count += len(lines)
    return count


async def _dump_service(service: Service, settings: Settings) -> dict[str, list[str]]:
    database = Database(service.name, service.owns, settings)
    try:
        return await database.read(partial(dump, tables=database.tables))
    finally:
        await database.close()


def dump(session: Session, tables: Sequence[Table]) -> dict[str, list[str]]:
    """Rows of each table as JSON lines, all seen at one moment."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    found = {}
    for table in tables:
        if table.name in SKIPPED:
            continue
        rows = session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        found[table.name] = [json.dumps({key: _to_json(value) for key, value in row.items()}) for row in rows]
    return found


async def restore(services: Sequence[Service], settings: Settings, path: Path) -> int:
    """Fill empty databases from a backup; the number of rows. A database that holds rows is refused."""
    count = 0
    with tarfile.open(path, "r:gz") as archive:
        manifest = json.loads(_read(archive, "manifest.json"))
        for service in services:
            wanted = manifest["revisions"].get(service.name, "")
            if wanted > newest(service.name):
                raise BadSettings("Cette sauvegarde vient d'une version plus récente de Tocsin : mettez Tocsin à jour.")
            count += await _load_service(service, settings, archive)
    return count


async def _load_service(service: Service, settings: Settings, archive: tarfile.TarFile) -> int:
    database = Database(service.name, service.owns, settings)
    try:
        await migrate(database)
        return await database.write(partial(load, tables=database.tables, archive=archive, service=service.name))
    finally:
        await database.close()


def load(session: Session, tables: Sequence[Table], archive: tarfile.TarFile, service: str) -> int:
    """Insert the rows of one service."""
    count = 0
    for table in tables:
        if session.execute(select(func.count()).select_from(table)).scalar_one() and table.name not in SKIPPED:
            raise BadSettings(
                f"La base « {service} » contient déjà des données ({table.name}) : restaurez dans un poste vide."
            )
        name = f"{service}/{table.name}.jsonl"
        if name not in archive.getnames():
            continue
        for rows in _chunks(_read(archive, name).decode().splitlines()):
            session.execute(insert(table), [_from_json(table, json.loads(line)) for line in rows])
            count += len(rows)
        _advance_sequence(session, table)
    return count


def _advance_sequence(session: Session, table: Table) -> None:
    """PostgreSQL counts by itself: tell it where the restored rows end."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, Integer) and column.autoincrement is True:
            session.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "  # noqa: S608  # our own names
                    f"COALESCE((SELECT max({column.name}) FROM {table.name}), 0) + 1, false)"
                )
            )


def _chunks(lines: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(lines), CHUNK):
        yield lines[start : start + CHUNK]


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _from_json(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    for column in table.columns:
        value = row.get(column.name)
        if value is None:
            continue
        if isinstance(column.type, LargeBinary):
            row[column.name] = base64.b64decode(value)
        elif isinstance(column.type, UtcDateTime):
            row[column.name] = datetime.fromisoformat(value)
        elif column.type.python_type.__name__ in {"date", "time"}:
            row[column.name] = column.type.python_type.fromisoformat(value)
    return row


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    if found is None:
        raise BadSettings(f"La sauvegarde est incomplète : « {name} » manque.")
    return found.read()
