"""Sign-in, sessions, personal links and second factors; what exists already is a token."""

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
        "directory_factors",
        sa.Column("territory", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sealed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", services.platform.tables.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("territory", "person"),
    )
    op.add_column(
        "directory_tokens", sa.Column("use", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="jeton")
    )
    op.add_column(
        "directory_tokens", sa.Column("used_at", services.platform.tables.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column("directory_tokens", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("directory_tokens", sa.Column("trusted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "directory_tokens", sa.Column("pending", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
    )
