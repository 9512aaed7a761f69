"""Ages, the term of a mandate and of data requests are read from the copy of the catalog's legal numbers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_0540"
down_revision = "20261122_0340"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_tables",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_rule_tables"),
        comment="The copy of svc-catalog's legal numbers, one row a code, fed by its events",
    )


def downgrade() -> None:
    op.drop_table("rule_tables")
