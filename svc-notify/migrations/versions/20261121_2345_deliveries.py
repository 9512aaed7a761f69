"""Deliveries, the copy of institutions' names, and what every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261121_2345"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _what_every_service_has()
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7; the Message-ID is made of it"),
        sa.Column("cause_id", sa.Uuid(), nullable=False, comment="The event that caused it"),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("confirmation_id", sa.Uuid(), comment="Recipient who has no account yet"),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("template_version", sa.SmallInteger(), nullable=False),
        sa.Column("variables", JSONB(), nullable=False, comment="Numbers, dates, ids: nothing personal"),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False, comment="0 codes, 1 notices"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            comment="Next attempt, or end of the lease; null once ended",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("language", sa.String(2), comment="That it was written in last"),
        sa.Column("reply_code", sa.SmallInteger(), comment="The server's last"),
        sa.Column("failure", sa.String(32)),
        sa.Column("traceparent", sa.String(55)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("num_nonnulls(person_id, confirmation_id) = 1", name="ck_deliveries_recipient"),
        sa.CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="ck_deliveries_due_or_ended"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        comment="One row for each message to one recipient by one channel",
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["lane", "due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_person",
        "deliveries",
        ["person_id", "id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_table(
        "institutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("names", JSONB(), nullable=False, comment="Language to name"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institutions"),
        comment="Own copy of the catalog's names, fed by events",
    )
    # What was told to people, and whether it left, is never deleted.
    op.execute("REVOKE DELETE ON deliveries FROM notify_app")


def _what_every_service_has() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.String(200), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("headers", sa.JSON()),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_claimed_at", "idempotency_keys", ["claimed_at"])
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(100), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
        comment="Events that a consumer has done; an event that comes again changes nothing",
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7: CloudEvents id and Nats-Msg-Id"),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False, comment="Aggregate id: order holds within it"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("traceparent", sa.String(55)),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("stream_seq", sa.BigInteger(), comment="Where the stream acknowledged it"),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        comment="Events to be published; the truth from which a stream that lost some is filled again",
    )
    op.create_index("outbox_waiting", "outbox", ["seq"], postgresql_where=sa.text("published_at IS NULL"))
    op.create_index(
        "outbox_held", "outbox", ["stream_seq"], postgresql_where=sa.text("stream_seq IS NOT NULL")
    )
