"""Messages about appointments at counters, whose people may have no account."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_1545"
down_revision = "20261122_1140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deliveries",
        sa.Column(
            "about_id",
            sa.Uuid(),
            nullable=True,
            comment="What svc-passport-booking is asked about when it is sent",
        ),
    )
    op.drop_constraint("ck_deliveries_recipient", "deliveries")
    op.create_check_constraint(
        "ck_deliveries_recipient",
        "deliveries",
        "num_nonnulls(confirmation_id, coalesce(person_id, about_id)) = 1",
    )


def downgrade() -> None:
    op.drop_constraint("ck_deliveries_recipient", "deliveries")
    op.create_check_constraint(
        "ck_deliveries_recipient", "deliveries", "num_nonnulls(person_id, confirmation_id) = 1"
    )
    op.drop_column("deliveries", "about_id")
