"""What the migrations make is what the models say, on both databases; a newer database is left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from services.logbook.tables import ENTRY_GUARDS, EntryRow
from services.platform.database import Database
from services.platform.errors import BadSettings
from services.platform.migrations import migrate, newest, standing
from services.registry import SERVICES


def _shape(connection, tables):
    """Columns, keys, indexes of each table and triggers, in a form that compares."""
    found = {}
    look = inspect(connection)
    names = {name for name in look.get_table_names(schema=None) if name != "alembic_version"}
    assert names == {table.name for table in tables}
    for name in sorted(names):
        found[name] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], bool(column.get("autoincrement") is True))
                for column in look.get_columns(name)
            },
            "key": look.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted(tuple(one["column_names"]) for one in look.get_unique_constraints(name)),
            "indexes": sorted(
                (str(one["name"]), tuple(one["column_names"]), bool(one["unique"]), _where(one))
                for one in look.get_indexes(name)
            ),
            "options": look.get_table_options(name),
        }
    return found, _triggers(connection)


def _where(index):
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))


def _triggers(connection):
    if connection.dialect.name == "sqlite":
        asked = "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    else:
        asked = (
            "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() ORDER BY tgname"
        )
    schema = (
        "" if connection.dialect.name == "sqlite" else connection.exec_driver_sql("SELECT current_schema()").scalar()
    )
    return [str(row[0]).replace(f"{schema}.", "") for row in connection.execute(text(asked))]


async def _made(name, settings, how):
    database = Database(name, SERVICES[name].owns, settings)
    try:
        await how(database)
        return await database.on_connection(lambda connection: _shape(connection, database.tables))
    finally:
        await database.close()


@pytest.mark.parametrize("name", SERVICES)
async def test_migrations_make_what_the_models_say(name, settings, tmp_path):
    assert newest(name), "run deploy/make_migration.py"
    modelled = settings.model_copy(
        update={"data_dir": tmp_path / "models", "database_schema": settings.database_schema + "m_"}
    )
    (tmp_path / "models").mkdir()
    by_migration, triggers = await _made(name, settings, migrate)
    by_models, expected = await _made(name, modelled, Database.create)
    assert by_migration == by_models, "run deploy/make_migration.py"
    assert triggers == expected
    if name == "logbook":
        assert len(triggers) == sum("TRIGGER" in statement for statement in ENTRY_GUARDS[_dialect(settings)])


def _dialect(settings):
    return "postgresql" if settings.database_url else "sqlite"


async def test_a_migrated_journal_refuses_changes(settings):
    database = Database("logbook", SERVICES["logbook"].owns, settings)
    await migrate(database)
    await migrate(database)  # a second time finds it done
    now = datetime(2026, 1, 1, tzinfo=UTC)
    words = dict.fromkeys(("kind", "author", "text_id", "text_sha256", "string", "hash", "previous_hash"), "x")
    row = EntryRow(territory="t", number=1, occurred_at=now, written_at=now, **words)
    await database.write(lambda session: session.add(row))
    for change in ("UPDATE logbook_entries SET kind = 'autre'", "DELETE FROM logbook_entries"):
        with pytest.raises(DBAPIError, match="ne se"):
            await database.write(lambda session, change=change: session.execute(text(change)))
    await database.close()


async def test_a_newer_database_is_refused_and_left_as_it_is(settings):
    database = Database("slots", SERVICES["slots"].owns, settings)
    await migrate(database)
    await database.on_connection(lambda one: one.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(BadSettings, match="plus récente"):
        await migrate(database)
    assert await database.on_connection(standing) == "9999"
    await database.close()
