"""Fixtures shared by all tests: temporary databases on both engines, the example territory, service desks."""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from services.platform.settings import Settings
from services.platform.territory import load_territories
from services.platform.testing import ServiceDesk

#: A busy machine is not a fault: no test asserts how long an example takes.
hypothesis.settings.register_profile("tocsin", deadline=None)
hypothesis.settings.load_profile("tocsin")
ROOT = Path(__file__).parent.parent
TERRITORY_FILE = ROOT / "playbooks" / "territories" / "nord-essonne.yaml"
POSTGRES = os.environ.get("TOCSIN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")


async def _postgres_answers() -> bool:
    try:
        connection = await asyncpg.connect(POSTGRES, timeout=2)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    await connection.close()
    return True


@pytest.fixture
def territories():
    return load_territories([TERRITORY_FILE])


@pytest.fixture
async def postgres_prefix():
    """A schema prefix of its own for one test; every schema under it is dropped afterwards."""
    if not await _postgres_answers():
        pytest.skip(f"no PostgreSQL answers at {POSTGRES}; set TOCSIN_TEST_POSTGRES")
    prefix = f"t{uuid.uuid4().hex[:10]}_"
    yield prefix
    connection = await asyncpg.connect(POSTGRES)
    rows = await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname LIKE $1", prefix + "%")
    for row in rows:
        await connection.execute(f'DROP SCHEMA "{row["nspname"]}" CASCADE')
    await connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request, tmp_path):
    """Settings on one database, then on the other."""
    if request.param == "sqlite":
        return Settings(data_dir=tmp_path)
    prefix = request.getfixturevalue("postgres_prefix")
    return Settings(data_dir=tmp_path, database_url=POSTGRES, database_schema=prefix)


@pytest.fixture
async def desk_for(settings, territories):
    """``await desk_for(SERVICE)`` gives a desk on both databases in turn."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(service, **options):
            return await stack.enter_async_context(ServiceDesk(service, settings, territories, **options))

        yield make
