"""People without an account are forgotten after a term."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1815"
down_revision = "20261122_1800"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "appointments",
        sa.Column(
            "forgotten_at",
            sa.DateTime(timezone=True),
            comment="When who came without an account was forgotten",
        ),
    )
    op.create_index(
        "ix_appointments_to_forget",
        "appointments",
        ["ended_at"],
        postgresql_where=sa.text("person_id IS NULL AND forgotten_at IS NULL AND state <> 'SERVED'"),
    )
    op.create_index(
        "ix_waiting_entries_to_forget",
        "waiting_entries",
        ["ended_at"],
        postgresql_where=sa.text("contact IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_waiting_entries_to_forget", "waiting_entries")
    op.drop_index("ix_appointments_to_forget", "appointments")
    op.drop_column("appointments", "forgotten_at")
