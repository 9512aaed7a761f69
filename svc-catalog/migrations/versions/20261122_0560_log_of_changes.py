"""The log of what changed in the catalog, and the one row that orders it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0560"
down_revision = "20261122_0550"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_log",
        sa.Column("single", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("origin", sa.Uuid(), nullable=False, server_default=sa.func.gen_random_uuid()),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="Position of the newest change"),
        sa.Column(
            "forgotten",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="Position up to which deletions are forgotten",
        ),
        sa.PrimaryKeyConstraint("single", name="pk_change_log"),
        sa.CheckConstraint("single", name="one_row"),
    )
    op.create_table(
        "changes",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name="pk_changes"),
        sa.UniqueConstraint("position", name="uq_changes_position"),
    )


def downgrade() -> None:
    op.drop_table("changes")
    op.drop_table("change_log")
