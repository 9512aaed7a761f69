"""Institutions with what they deal with, and the first services, both with their search columns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "20261121_2330"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _what_every_service_has()
    op.create_table(
        "institutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("successor_id", sa.Uuid()),
        sa.Column("counties", ARRAY(sa.String(2)), nullable=False),
        sa.Column("topics", ARRAY(sa.String(64)), nullable=False),
        sa.Column("accepts_petitions", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("attributions", JSONB(), nullable=False),
        sa.Column("aliases", JSONB(), nullable=False),
        sa.Column("contacts", JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *_search_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_institutions"),
        sa.UniqueConstraint("code", name="uq_institutions_code"),
        _institution_key("institutions", "parent_id"),
        _institution_key("institutions", "successor_id"),
    )
    op.create_index("ix_institutions_sort_key_id", "institutions", ["sort_key", "id"])
    for column in ("words", "counties", "topics"):
        op.create_index(f"ix_institutions_{column}", "institutions", [column], postgresql_using="gin")
    op.create_table(
        "services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("audiences", ARRAY(sa.String(32)), nullable=False),
        sa.Column("life_events", ARRAY(sa.String(64)), nullable=False),
        sa.Column("content", JSONB(), nullable=False, comment="The whole entry, as domain.services.Service"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *_search_columns(),
        sa.PrimaryKeyConstraint("id", name="pk_services"),
        sa.UniqueConstraint("code", name="uq_services_code"),
        _institution_key("services", "provider_id"),
    )
    op.create_index("ix_services_sort_key_id", "services", ["sort_key", "id"])
    op.create_index("ix_services_provider_id", "services", ["provider_id"])
    for column in ("words", "audiences", "life_events"):
        op.create_index(f"ix_services_{column}", "services", [column], postgresql_using="gin")


def _search_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("labels", ARRAY(sa.Text()), nullable=False, comment="Codes and whole names, folded"),
        sa.Column("words", TSVECTOR(), nullable=False, comment="Folded words; weight A for those of names"),
    ]


def _institution_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint(
        [column], ["institutions.id"], name=name, deferrable=True, initially="DEFERRED"
    )


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
