"""Endpoints of partners, and what was handed to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_1010"
down_revision = "20261123_1000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _clients()
    _endpoints()
    _deliveries()
    _attempts()


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(64)), comment="Null where they were not told"),
        sa.Column("institution_id", sa.Uuid(), comment="That it stands for"),
        sa.Column("owner_id", sa.Uuid(), comment="Who registered it"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name="pk_clients"),
        comment="Own copy of which applications there are, fed by events",
    )


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7"),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("institution_id", sa.Uuid(), comment="That the client stands for; null for an application"),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False, comment="Its query may hold a secret"),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column(
            "event_types",
            postgresql.ARRAY(sa.String(96)),
            nullable=False,
            comment="Filters; none means all",
        ),
        sa.Column("subjects", postgresql.ARRAY(sa.String(64)), nullable=False),
        sa.Column("secret", sa.LargeBinary(), comment="Sealed"),
        sa.Column("previous_secret", sa.LargeBinary(), comment="Sealed; signs too until it ends"),
        sa.Column("previous_until", sa.DateTime(timezone=True)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("stop", sa.String(16), comment="Why it is paused or disabled"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, comment="In a row"),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("rests_until", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)", name="ck_webhook_endpoints_previous"
        ),
        sa.CheckConstraint("state <> 'ACTIVE' OR secret IS NOT NULL", name="ck_webhook_endpoints_active"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
        comment="Where clients are told what happens",
    )
    op.create_index("ix_webhook_endpoints_client", "webhook_endpoints", ["client_id", "id"])
    op.create_index(
        "ix_webhook_endpoints_active",
        "webhook_endpoints",
        ["id"],
        postgresql_where=sa.text("state = 'ACTIVE'"),
    )


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="The webhook-id too"),
        sa.Column("position", sa.BigInteger(), nullable=False, comment="Of the event in the feed"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            comment="Next attempt, or end of the lease; null once ended",
        ),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(due_at IS NULL) = (ended_at IS NOT NULL)", name="ck_webhook_deliveries_due_or_ended"
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name="fk_webhook_deliveries_webhook_endpoints",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "event_id", name="pk_webhook_deliveries"),
        comment="One row for each event for one endpoint",
    )
    op.create_index("ix_webhook_deliveries_position", "webhook_deliveries", ["endpoint_id", "position"])
    op.create_index("ix_webhook_deliveries_queued", "webhook_deliveries", ["queued_at"])
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["endpoint_id", "due_at", "position"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_deliveries_sending",
        "webhook_deliveries",
        ["endpoint_id"],
        postgresql_where=sa.text("state = 'SENDING'"),
    )


def _attempts() -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7"),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.SmallInteger(), comment="Of HTTP, when there was an answer"),
        sa.Column("failure", sa.String(16)),
        sa.ForeignKeyConstraint(
            ["endpoint_id", "event_id"],
            ["webhook_deliveries.endpoint_id", "webhook_deliveries.event_id"],
            name="fk_webhook_attempts_webhook_deliveries",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_attempts"),
        comment="Each time that an event was handed to an endpoint; nothing of the answer but its status",
    )
    op.create_index("ix_webhook_attempts_delivery", "webhook_attempts", ["endpoint_id", "event_id", "id"])
    op.execute("REVOKE UPDATE, DELETE ON webhook_attempts FROM notify_app")


def downgrade() -> None:
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_endpoints", "clients"):
        op.drop_table(table)
