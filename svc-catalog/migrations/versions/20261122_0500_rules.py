"""Rule tables: every number that comes from a law, by the days it holds on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_0500"
down_revision = "20261121_2330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rules",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), comment="The last day"),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("counting", sa.String(32)),
        sa.Column("options", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", name="pk_rules"),
    )


def downgrade() -> None:
    op.drop_table("rules")
