"""SQLite, one file for a service: one thread writes, a few read.

A transaction is handed whole to the writing thread. Through an async driver each of its dozen statements
would cross threads and come back, which cost more than the statements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")
READERS = 2
#: Full synchronisation: an acknowledged write is on disk. Deleted words are overwritten in their pages.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON")


class SqliteStore:
    """Write transactions begin IMMEDIATE, so two decisions can never interleave."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = _engine(path, writes=True)
        self._reader = _engine(path, writes=False)
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix=f"write-{path.stem}")
        self._read_threads = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{path.stem}")

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one write transaction and commit it."""

        def run() -> T:
            with Session(self._writer, expire_on_commit=False, autoflush=False) as session:
                result = work(session)
                session.commit()
                return result

        return await _in_thread(self._write_thread, run)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` on a session that changes nothing."""

        def run() -> T:
            with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
                return work(session)

        return await _in_thread(self._read_threads, run)

    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a bare connection in one write transaction (migrations)."""

        def run() -> T:
            with self._writer.begin() as connection:
                return work(connection)

        return await _in_thread(self._write_thread, run)

    async def close(self) -> None:
        """Let what runs finish, then close."""
        await asyncio.to_thread(self._write_thread.shutdown)
        await asyncio.to_thread(self._read_threads.shutdown)
        self._writer.dispose()
        self._reader.dispose()


async def _in_thread(threads: ThreadPoolExecutor, run: Callable[[], T]) -> T:
    """Wait for a transaction; when the waiter is cancelled the transaction still ends, whole."""
    return await asyncio.get_running_loop().run_in_executor(threads, run)


def _engine(path: Path, *, writes: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=1 if writes else READERS,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediate if writes else _begin)
    return engine


def _set_pragmas(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: "begin" below does
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
