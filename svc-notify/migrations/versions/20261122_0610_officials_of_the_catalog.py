"""Who edits and publishes the catalog where: whom a reminder goes to."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0610"
down_revision = "20261122_0330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalog_officials",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name="pk_catalog_officials"),
        comment="Own copy of who edits and publishes the catalog where, fed by events",
    )
    op.create_index("ix_catalog_officials_role", "catalog_officials", ["role", "institution_id"])


def downgrade() -> None:
    op.drop_table("catalog_officials")
