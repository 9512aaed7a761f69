"""Petitions, registers, the copy of institutions, and the rule of the term (OG 27/2002 art. 8)."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261121_2310"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _what_every_service_has()
    op.create_table(
        "institutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("accepts_petitions", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institutions"),
        comment="The few facts of svc-catalog's institutions that petitions need, fed by its events",
    )
    op.create_table(
        "registers",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number > 0", name="ck_registers_number"),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name="fk_registers_institutions"),
        sa.PrimaryKeyConstraint("institution_id", "year", name="pk_registers"),
        comment="The last number given in each institution's register of a year",
    )
    op.create_table(
        "petitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=False),
        sa.Column("answer_rule_id", sa.String(64), nullable=False),
        sa.Column("answer_legal_basis", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name="ck_petitions_number"),
        sa.ForeignKeyConstraint(
            ["institution_id", "year"],
            ["registers.institution_id", "registers.year"],
            name="fk_petitions_registers",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_petitions"),
        sa.UniqueConstraint(
            "institution_id", "year", "number", name="uq_petitions_institution_id_year_number"
        ),
    )
    op.create_index("ix_petitions_person_id_id", "petitions", ["person_id", "id"])
    op.create_index(
        "ix_petitions_person_id_institution_id_id", "petitions", ["person_id", "institution_id", "id"]
    )
    op.create_index("ix_petitions_person_id_kind_id", "petitions", ["person_id", "kind", "id"])
    _rules()
    # Nothing registered is ever deleted, and a rule changes by a migration only.
    op.execute("REVOKE DELETE ON registers, petitions FROM petitions_app")
    op.execute("REVOKE INSERT, UPDATE, DELETE ON rules FROM petitions_app")


def _rules() -> None:
    rules = op.create_table(
        "rules",
        sa.Column("rule_id", sa.String(64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "valid_from", name="pk_rules"),
        comment="Numbers that come from a law, by the days they hold on; rows come with migrations",
    )
    op.bulk_insert(
        rules,
        [
            {
                "rule_id": "PETITION_ANSWER",
                "value": 30,
                "unit": "CALENDAR_DAYS",
                "valid_from": date(2002, 2, 1),  # Monitorul Oficial no. 84 of that day
                "valid_to": None,
                "legal_basis": "OG 27/2002 art. 8(1)",
                "verified": True,
            }
        ],
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
