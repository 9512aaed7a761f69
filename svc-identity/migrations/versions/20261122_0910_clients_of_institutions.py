"""Clients that stand for an institution."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0910"
down_revision = "20261122_0540"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "clients",
        sa.Column(
            "institution_id",
            sa.Uuid(),
            nullable=True,
            comment="The institution it stands for, where it stands for itself",
        ),
    )


def downgrade() -> None:
    op.drop_column("clients", "institution_id")
