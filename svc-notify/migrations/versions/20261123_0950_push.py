"""Subscriptions of people's browsers to web push."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0950"
down_revision = "20261123_0940"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="Of the endpoint"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("subscribed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscriptions"),
        sa.UniqueConstraint("digest", name="uq_push_subscriptions_digest"),
        comment="Browsers that listen for a person: where and with which keys, encrypted",
    )
    op.create_index("ix_push_subscriptions_person_id", "push_subscriptions", ["person_id"])


def downgrade() -> None:
    op.drop_table("push_subscriptions")
