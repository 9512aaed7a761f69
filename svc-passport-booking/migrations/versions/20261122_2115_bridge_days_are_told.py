"""A bridge day that was taken back stays known, with a version, so that others can be told of it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2115"
down_revision = "20261122_1820"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "bridge_days",
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), comment="When it was taken back"),
    )
    op.add_column(
        "bridge_days", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )


def downgrade() -> None:
    op.execute("DELETE FROM bridge_days WHERE withdrawn_at IS NOT NULL")
    op.drop_column("bridge_days", "version")
    op.drop_column("bridge_days", "withdrawn_at")
