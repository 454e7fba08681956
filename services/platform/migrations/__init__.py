"""Migrations: one chain for each service, in ``services/<name>/versions``, applied when its instance starts.

There is no way back but a restored backup: nothing written is dropped by a migration.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from services.platform.errors import BadSettings

if TYPE_CHECKING:
    from alembic.config import Config

    from services.platform.database import Database

HERE = Path(__file__).parent
SERVICES = HERE.parent.parent


def versions_folder(service: str) -> Path:
    """Where the migrations of a service stand."""
    return SERVICES / service / "versions"


def newest(service: str) -> str:
    """Revision of the newest migration; empty for a service that has none (tests)."""
    return max((path.stem[:4] for path in versions_folder(service).glob("[0-9]*.py")), default="")


async def migrate(database: Database) -> str:
    """Bring one database up to date; gives the revision it stands at. A newer database than the code is refused.

    One at a time in a process: Alembic keeps the migration it runs in globals.
    """
    wanted = newest(database.service)
    if not wanted:
        await database.create()
        return ""
    await database.on_connection(lambda connection: _upgrade(connection, database, wanted))
    return wanted


def _upgrade(connection: Connection, database: Database, wanted: str) -> None:
    found = standing(connection)
    if found == wanted:
        return
    if found > wanted:
        raise BadSettings(
            f"La base « {database.service} » vient d'une version plus récente de Tocsin ({found}) : "
            "mettez Tocsin à jour."
        )
    from alembic import command  # noqa: PLC0415  # 200 ms that a start without migration does not pay

    config = configuration(database.service)
    config.attributes.update(connection=connection, tables=database.tables)
    command.upgrade(config, "head")


def standing(connection: Connection) -> str:
    """Revision a database stands at; empty before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def configuration(service: str) -> Config:
    """Alembic's configuration for one service."""
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415  # same reason

    config = AlembicConfig()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(versions_folder(service)))
    config.set_main_option("path_separator", "os")
    return config
