"""What is told once only, however often it happens."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0930"
down_revision = "20261122_0610"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deliveries",
        sa.Column(
            "once",
            sa.String(128),
            nullable=True,
            comment="What is told once only: its second message is not stored",
        ),
    )
    op.create_unique_constraint("uq_deliveries_once", "deliveries", ["once"])


def downgrade() -> None:
    op.drop_column("deliveries", "once")
