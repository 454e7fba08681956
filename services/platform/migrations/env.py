"""Alembic's environment, shared by every service: the connection and the tables are handed in."""

from alembic import context
from sqlmodel import SQLModel

attributes = context.config.attributes
tables = {table.name for table in attributes["tables"]}


def include(name: str | None, kind: str, _: object) -> bool:
    """Look at this service's own tables only."""
    return kind != "table" or name in tables


context.configure(
    connection=attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_name=include,
    include_object=lambda item, name, kind, reflected, _: include(name, kind, None),
    render_as_batch=False,
    compare_type=False,  # the two databases spell the same types differently; names and keys are compared
)
with context.begin_transaction():
    context.run_migrations()
