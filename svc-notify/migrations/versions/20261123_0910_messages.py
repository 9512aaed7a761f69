"""Messages, and each one's deliveries by channel."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_0910"
down_revision = "20261122_1545"
branch_labels = None
depends_on = None

_LEFT = (
    "cause_id", "person_id", "confirmation_id", "about_id", "template", "template_version", "variables",
    "expires_at", "traceparent", "once",
)  # fmt: skip

MOVE = """
INSERT INTO messages (
    id, plan, step, version, cause_id, person_id, confirmation_id, about_id, template, template_version,
    variables, lane, queued_at, expires_at, traceparent, once
)
SELECT
    id, '[["EMAIL", 0]]', 1, 1, cause_id, person_id, confirmation_id, about_id, template, template_version,
    variables, lane, queued_at, expires_at, traceparent, once
FROM deliveries
"""

# Only of people who are known to be invented, and no more. Somebody to whom the hub wrote before they were
# invented is real, whatever was told; clocks may differ by less than an hour.
FORGET = """
CREATE OR REPLACE FUNCTION forget_sandbox_messages(invented uuid) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = notify, pg_temp
AS $$
    WITH invented_ones AS (
        SELECT messages.id
        FROM messages JOIN sandbox_people AS person USING (person_id)
        WHERE messages.person_id = invented
          AND person.created_at IS NOT NULL
          AND person.is_removed
          AND NOT EXISTS (
              SELECT FROM messages AS earlier
              WHERE earlier.person_id = invented
                AND earlier.queued_at < person.created_at - interval '1 hour'
          )
    ), gone AS (
        DELETE FROM deliveries USING invented_ones WHERE deliveries.message_id = invented_ones.id
    ), gone_messages AS (
        DELETE FROM messages USING invented_ones WHERE messages.id = invented_ones.id RETURNING 1
    )
    SELECT count(*) FROM gone_messages
$$
"""


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7"),
        sa.Column("cause_id", sa.Uuid(), nullable=False, comment="The event or order that caused it"),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("confirmation_id", sa.Uuid(), comment="Recipient who has no account yet"),
        sa.Column("about_id", sa.Uuid(), comment="What another service is asked about when it is sent"),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("template_version", sa.SmallInteger(), nullable=False),
        sa.Column("variables", JSONB(), nullable=False, comment="Numbers, dates, ids: nothing personal"),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), comment="The institution that ordered it; null for the hub's own"),
        sa.Column("client_id", sa.String(64), comment="The client by which it was ordered"),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("reference", sa.String(100), comment="The client's own"),
        sa.Column(
            "plan", JSONB(), nullable=False, comment="Channels, each with seconds after the one before"
        ),
        sa.Column("step", sa.SmallInteger(), nullable=False, comment="How many of the plan have begun"),
        sa.Column(
            "next_at",
            sa.DateTime(timezone=True),
            comment="When the next step begins, if it is unread until then",
        ),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("read_by", sa.String(16), comment="The channel that proves it"),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traceparent", sa.String(55)),
        sa.Column("once", sa.String(128), comment="What is told once only: its second message is not stored"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(confirmation_id, coalesce(person_id, about_id)) = 1", name="ck_messages_recipient"
        ),
        sa.CheckConstraint(
            "num_nonnulls(sender_id, client_id, order_id) IN (0, 3)", name="ck_messages_sender"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("once", name="uq_messages_once"),
        comment="One row for each thing told to one recipient, whatever channels bring it",
    )
    op.create_index(
        "ix_messages_person",
        "messages",
        ["person_id", "id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_next", "messages", ["next_at"], postgresql_where=sa.text("next_at IS NOT NULL")
    )
    op.execute("REVOKE DELETE ON messages FROM notify_app")
    op.execute(MOVE)
    _deliveries_of_messages()
    op.execute(FORGET)


def _deliveries_of_messages() -> None:
    """What was a delivery and its message keeps its id as both."""
    op.add_column("deliveries", sa.Column("message_id", sa.Uuid()))
    op.execute("UPDATE deliveries SET message_id = id")
    op.alter_column("deliveries", "message_id", nullable=False)
    op.create_foreign_key("fk_deliveries_messages", "deliveries", "messages", ["message_id"], ["id"])
    op.create_index("ix_deliveries_message", "deliveries", ["message_id"])
    op.drop_index("ix_deliveries_due", "deliveries")
    op.drop_index("ix_deliveries_person", "deliveries")
    op.drop_constraint("ck_deliveries_recipient", "deliveries")
    for name in _LEFT:
        op.drop_column("deliveries", name)
    op.add_column("deliveries", sa.Column("provider", sa.String(32), comment="Who took it over"))
    op.add_column("deliveries", sa.Column("provider_ref", sa.String(128), comment="What they call it"))
    op.add_column("deliveries", sa.Column("delivered_at", sa.DateTime(timezone=True)))
    op.add_column(
        "deliveries",
        sa.Column("held_by", sa.Integer(), comment="The process that sends it, by its advisory lock"),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "lane", "due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "uq_deliveries_provider_ref",
        "deliveries",
        ["provider", "provider_ref"],
        unique=True,
        postgresql_where=sa.text("provider_ref IS NOT NULL"),
    )
    # A queue: each row changes twice, and claims read over what is dead. The thresholds are those of a table
    # that has a million rows at noon and none waiting at night.
    op.execute(
        "ALTER TABLE deliveries SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01,"
        " autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.01,"
        " autovacuum_analyze_threshold = 5000)"
    )
    op.execute("COMMENT ON TABLE deliveries IS 'One row for each message by one channel'")
    op.execute("COMMENT ON COLUMN deliveries.lane IS '0 codes, 1 notices, 2 reminders, 3 bulk'")


def downgrade() -> None:
    raise NotImplementedError("messages by several channels do not fit into the former table")
