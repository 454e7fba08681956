"""Statements of capacity, and an index that finds what still stands without walking all that ever stood."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import services.platform.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "digests_statements",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("territory", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("as_of", services.platform.tables.UtcDateTime(timezone=True), nullable=False),
        sa.Column("up_to", sa.Integer(), nullable=False),
        sa.Column("head", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("territory", "number"),
    )
    op.drop_index("ix_digests_known_open", table_name="digests_known")
    op.create_index("ix_digests_known_standing", "digests_known", ["territory", "kind", "open", "until"], unique=False)
