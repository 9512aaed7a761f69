"""Authorities outside the ministry, and by which edition an institution was told."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2110"
down_revision = "20261122_0560"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "institutions",
        sa.Column("addressee", sa.Text(), comment="How a letter to one outside the ministry is addressed"),
    )
    op.add_column(
        "institutions",
        sa.Column(
            "told",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="By which edition its version was told, as domain.institutions",
        ),
    )


def downgrade() -> None:
    op.drop_column("institutions", "told")
    op.drop_column("institutions", "addressee")
