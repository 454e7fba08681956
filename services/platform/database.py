"""One database for each service: a SQLite file, or a PostgreSQL schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import asyncpg
from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from services.platform.postgres_store import PostgresStore
from services.platform.settings import Settings
from services.platform.sqlite_store import SqliteStore
from services.platform.tables import PLATFORM_TABLES

T = TypeVar("T")
#: SQLite is busy, locked, read-only, failing to read or write, full, or cannot be opened.
SQLITE_AWAY = frozenset({5, 6, 8, 10, 13, 14})


class Database:
    """Where one service keeps its rows. Work is a plain function on a session: it cannot wait on anything else."""

    def __init__(self, service: str, tables: Sequence[type[SQLModel]], settings: Settings) -> None:
        self.service = service
        self.tables: list[Table] = [model.__table__ for model in (*PLATFORM_TABLES, *tables)]  # type: ignore[attr-defined]
        self.postgres = bool(settings.database_url)
        self.schema = settings.database_schema + service
        self._store: SqliteStore | PostgresStore
        if self.postgres:
            self._store = PostgresStore(settings.database_url, self.schema)
        else:
            self._store = SqliteStore(settings.data_dir / f"{service}.db")

    async def create(self) -> None:
        """Create the schema and the tables that are missing; migrations own every later change."""
        await self.on_connection(lambda connection: SQLModel.metadata.create_all(connection, tables=self.tables))

    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a connection in one transaction, its schema made if missing."""

        def run(connection: Connection) -> T:
            if self.postgres:
                # Two instances may start at once: one makes and migrates, the other waits and finds it done.
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": self.schema})
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"'))
            return work(connection)

        return await self._store.on_connection(run)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one write transaction and commit it; on any error nothing stays."""
        return await self._store.write(work)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` on a session that sees committed rows and changes none."""
        return await self._store.read(work)

    async def close(self) -> None:
        """Close every connection."""
        await self._store.close()


def is_outage(error: BaseException) -> bool:
    """Whether the database is away, busy or full, rather than a statement wrong: what waited may be tried again."""
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        return error.connection_invalidated or code in SQLITE_AWAY
    # A connection that cannot be made raises the driver's own error, or the system's.
    return isinstance(error, OSError | PoolTimeout | asyncpg.PostgresConnectionError | asyncpg.CannotConnectNowError)
