"""Orders and batches of institutions, and the feed of what became of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_0930"
down_revision = "20261123_0920"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _orders()
    op.create_table(
        "order_batches",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7"),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_order_batches"),
        comment="Orders that came in one request",
    )
    op.create_table(
        "order_counts",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_minute", sa.Integer(), nullable=False, comment="Requests"),
        sa.Column("day", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_day", sa.Integer(), nullable=False, comment="Messages"),
        sa.PrimaryKeyConstraint("institution_id", "is_sandbox", name="pk_order_counts"),
        comment="How much an institution has ordered in its last minute and day, one row for each",
    )
    _events()
    op.execute("REVOKE DELETE ON orders, order_batches, order_counts, order_event_ends FROM notify_app")
    op.execute("REVOKE UPDATE ON order_batches, order_events FROM notify_app")
    op.execute("GRANT UPDATE (position) ON order_events TO notify_app")


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7"),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("template_version", sa.SmallInteger(), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sealed", sa.LargeBinary(), comment="The template's values, AES-256-GCM; null once forgotten"
        ),
        sa.Column(
            "fingerprint", sa.LargeBinary(), comment="Keyed hash of what was ordered, where it is used once"
        ),
        sa.Column("reference", sa.String(100), comment="The client's own"),
        sa.Column("is_reference_unique", sa.Boolean(), nullable=False),
        sa.Column("channels", JSONB(), nullable=False, comment="Those it may go by"),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("condition", sa.String(2048), comment="The address that is asked before it is sent"),
        sa.Column("asked", sa.SmallInteger(), nullable=False, comment="How often that gave no answer"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by_channel", JSONB(), nullable=False, comment="Channel to the state of its delivery"),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            comment="When it is looked at next; null once it has gone",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), comment="When it ended without a message"),
        sa.Column("traceparent", sa.String(55)),
        sa.CheckConstraint("(state = 'WAITING') = (due_at IS NOT NULL)", name="ck_orders_waiting_or_not"),
        sa.CheckConstraint("NOT is_reference_unique OR reference IS NOT NULL", name="ck_orders_reference"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        comment="One row for each message that an institution has ordered",
    )
    for name, columns, where in (
        ("ix_orders_due", ["lane", "due_at"], "due_at IS NOT NULL AND condition IS NULL"),
        ("ix_orders_asking", ["institution_id", "due_at"], "due_at IS NOT NULL AND condition IS NOT NULL"),
        ("ix_orders_batch", ["batch_id"], "batch_id IS NOT NULL"),
        ("ix_orders_reference", ["institution_id", "reference", "id"], "reference IS NOT NULL"),
        ("ix_orders_sealed", ["expires_at"], "sealed IS NOT NULL"),
    ):
        op.create_index(name, "orders", columns, postgresql_where=sa.text(where))
    op.create_index(
        "uq_orders_reference",
        "orders",
        ["institution_id", "is_sandbox", "reference"],
        unique=True,
        postgresql_where=sa.text("is_reference_unique"),
    )
    op.create_index(
        "uq_messages_order",
        "messages",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )


def _events() -> None:
    op.create_table(
        "order_events",
        sa.Column("arrived", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("position", sa.BigInteger(), comment="Given after the commit; none yet where it is null"),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("reference", sa.String(100)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16)),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("arrived", name="pk_order_events"),
        comment="What became of orders; who sees a position has seen or can see all before it",
    )
    op.create_index(
        "ix_order_events_waiting",
        "order_events",
        ["arrived"],
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_index(
        "ix_order_events_read",
        "order_events",
        ["institution_id", "is_sandbox", "position"],
        postgresql_where=sa.text("position IS NOT NULL"),
    )
    op.create_index("uq_order_events_position", "order_events", ["position"], unique=True)
    op.create_table(
        "order_event_ends",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="The highest position that was given"),
        sa.Column(
            "forgotten",
            sa.BigInteger(),
            nullable=False,
            comment="The highest position that is no longer kept",
        ),
        sa.CheckConstraint("id = 1", name="ck_order_event_ends_one"),
        sa.PrimaryKeyConstraint("id", name="pk_order_event_ends"),
        comment="Where the feed of orders ends; whoever gives positions holds the row",
    )


def downgrade() -> None:
    op.drop_index("uq_messages_order", "messages")
    for table in ("order_event_ends", "order_events", "order_counts", "order_batches", "orders"):
        op.drop_table(table)
