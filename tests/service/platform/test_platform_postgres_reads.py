"""A connection the server cut while it waited in the pool: the next read opens another."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import text

from services.platform.postgres_store import PostgresStore
from tests.conftest import POSTGRES

pytestmark = pytest.mark.postgres


async def test_a_read_is_read_again_when_its_connection_was_cut(postgres_prefix):
    store = PostgresStore(POSTGRES, postgres_prefix)
    reads = []

    def one(session):
        reads.append(session.execute(text("SELECT 1")).scalar())
        return reads[-1]

    assert await store.read(one) == 1
    database = await asyncpg.connect(POSTGRES)
    await database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
        f"tocsin {postgres_prefix}",
    )
    await database.close()
    assert await store.read(one) == 1
    assert reads == [1, 1]
    await store.close()
