"""For developers: write the next migration of each service whose tables changed.

python deploy/make_migration.py "why the tables change"
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import create_engine

from services.platform.database import Database
from services.platform.migrations import configuration, newest, versions_folder
from services.platform.settings import Settings
from services.registry import SERVICES


def make(service: str, message: str) -> None:
    """Compare the tables of a service with its migrations, and write what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(service, SERVICES[service].owns, Settings(data_dir=Path(folder)))
        versions_folder(service).mkdir(exist_ok=True)
        config = configuration(service)
        with create_engine(f"sqlite:///{folder}/compare.db").begin() as connection:
            config.attributes.update(connection=connection, tables=database.tables)
            if newest(service):
                command.upgrade(config, "head")

            def drop_when_empty(_context: object, _revision: object, directives: list[Any]) -> None:
                if directives[0].upgrade_ops.is_empty():
                    directives.clear()

            command.revision(
                config,
                message=message,
                autogenerate=True,
                rev_id=f"{int(newest(service) or 0) + 1:04d}",
                version_path=str(versions_folder(service)),
                process_revision_directives=drop_when_empty,
            )


if __name__ == "__main__":
    for name in SERVICES:
        make(name, sys.argv[1])
