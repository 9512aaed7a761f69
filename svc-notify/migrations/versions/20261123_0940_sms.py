"""What providers of SMS have done."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0940"
down_revision = "20261123_0930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_providers",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("home", sa.SmallInteger(), nullable=False, comment="Points of a hundred when all is well"),
        sa.Column("weight", sa.SmallInteger(), nullable=False, comment="Points now"),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            comment="When it last gave points, or got some back",
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "home BETWEEN 0 AND 100 AND weight BETWEEN 0 AND 100", name="ck_sms_providers_points"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_sms_providers"),
        comment="Providers of text messages and their weights, shared by all processes",
    )
    op.create_table(
        "sms_measurements",
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column(
            "begun_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Of the seconds counted together",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("slow", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column(
            "in_time",
            sa.Integer(),
            nullable=False,
            comment="Of those taken then: received in time, as reported",
        ),
        sa.PrimaryKeyConstraint("provider", "begun_at", name="pk_sms_measurements"),
        comment="What providers did, added up over all processes; kept for a day",
    )
    op.create_table(
        "sms_processes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_processes"),
        comment="Who hands text messages over, for the share of a provider's rate that each has",
    )


def downgrade() -> None:
    op.drop_table("sms_processes")
    op.drop_table("sms_measurements")
    op.drop_table("sms_providers")
