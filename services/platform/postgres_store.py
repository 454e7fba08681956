"""PostgreSQL, one schema for a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

T = TypeVar("T")


class PostgresStore:
    """The lease row, locked first by every writer, keeps two decisions from interleaving."""

    def __init__(self, url: str, schema: str) -> None:
        self._writer = _engine(url, schema, 1)
        self._reader = _engine(url, schema, 2)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one write transaction and commit it."""
        async with AsyncSession(self._writer, expire_on_commit=False, autoflush=False) as session:
            result = await session.run_sync(work)
            await session.commit()
            return result

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` on a session that changes nothing; again, once, when its connection turns out to be cut.

        A connection cut while it waited in the pool is only found out by using it; the pool then drops the others too.
        """
        try:
            return await self._read(work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return await self._read(work)

    async def _read(self, work: Callable[[Session], T]) -> T:
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            return await session.run_sync(work)

    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a bare connection in one write transaction (migrations)."""
        async with self._writer.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        """Close every connection."""
        await self._writer.dispose()
        await self._reader.dispose()


def _engine(url: str, schema: str, size: int) -> AsyncEngine:
    return create_async_engine(
        async_url(url),
        pool_size=size,
        max_overflow=2,
        connect_args={"server_settings": {"search_path": schema, "application_name": f"tocsin {schema}"}},
    )


def async_url(url: str) -> str:
    """A PostgreSQL address with the async driver, whatever form it was given in."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
