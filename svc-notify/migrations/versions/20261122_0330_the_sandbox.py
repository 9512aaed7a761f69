"""Who is invented to test applications, and the one way in which messages are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0330"
down_revision = "20261121_2345"
branch_labels = None
depends_on = None

# Only of people who are known to be invented, and no more. Somebody to whom the hub wrote before they were
# invented is real, whatever was told; clocks may differ by less than an hour.
FORGET = """
CREATE FUNCTION forget_sandbox_messages(invented uuid) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = notify, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM deliveries
        USING sandbox_people AS person
        WHERE person.person_id = invented
          AND person.created_at IS NOT NULL
          AND person.is_removed
          AND deliveries.person_id = invented
          AND NOT EXISTS (
              SELECT FROM deliveries AS earlier
              WHERE earlier.person_id = invented
                AND earlier.queued_at < person.created_at - interval '1 hour'
          )
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$
"""


def upgrade() -> None:
    op.create_table(
        "sandbox_people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            comment="When they were invented, once that was told",
        ),
        sa.Column("is_removed", sa.Boolean(), nullable=False, comment="It was told that they are no more"),
        sa.PrimaryKeyConstraint("person_id", name="pk_sandbox_people"),
        comment="Who is invented: only messages to such people are ever deleted",
    )
    op.execute("REVOKE DELETE ON sandbox_people FROM notify_app")
    op.execute(FORGET)


def downgrade() -> None:
    op.execute("DROP FUNCTION forget_sandbox_messages(uuid)")
    op.drop_table("sandbox_people")
