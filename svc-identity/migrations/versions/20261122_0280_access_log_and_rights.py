"""The access log of people, which only grows; disputes, copies and requests about one's data."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261122_0280"
down_revision = "20261122_0270"
branch_labels = None
depends_on = None

# Whole days go, and only those that a published root closes: it is where the rest begins.
FORGET = """
CREATE FUNCTION forget_access_days(before date) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = identity, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM access_lines
        WHERE recorded_on < least(before, (current_date - interval '1 year')::date)
          AND recorded_on IN (SELECT day FROM access_roots)
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$
"""


def _facts() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(200), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("roles", ARRAY(sa.String(32)), nullable=False),
        sa.Column("institution_id", sa.Uuid()),
        sa.Column("on_behalf_of", sa.Uuid()),
        sa.Column("mandate_id", sa.Uuid()),
        sa.Column("client_id", sa.String(200), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("resource_type", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.String(100), nullable=False),
        sa.Column("subject_person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(32)),
        sa.Column("file", sa.String(64)),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("request_id", sa.String(128)),
        sa.Column("withheld_until", sa.Date()),
    )


def upgrade() -> None:
    _log()
    op.create_table(
        "access_disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_disputes"),
        comment="Accesses that a person finds unjustified, answered by the institution's DPO",
    )
    op.create_index(
        "uq_access_disputes_person_id_line_id", "access_disputes", ["person_id", "line_id"], unique=True
    )
    op.create_index("ix_access_disputes_institution_id_id", "access_disputes", ["institution_id", "id"])
    _requests()
    op.create_table(
        "data_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("ready_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_exports"),
        comment="Copies of a person's data, encrypted, deleted when they expire",
    )
    op.create_index("ix_data_exports_person_id_id", "data_exports", ["person_id", "id"])
    op.create_index(
        "ix_data_exports_due", "data_exports", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index(
        "ix_data_exports_expires",
        "data_exports",
        ["expires_at"],
        postgresql_where=sa.text("sealed IS NOT NULL"),
    )


def _log() -> None:
    op.create_table(
        "access_arrivals",
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_facts(),
        sa.PrimaryKeyConstraint("place", name="pk_access_arrivals"),
        sa.UniqueConstraint("id", name="uq_access_arrivals_id"),
        comment="Access lines that were told and wait for their place in the chain",
    )
    op.create_table(
        "access_lines",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        *_facts(),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_access_lines"),
        sa.UniqueConstraint("id", name="uq_access_lines_id"),
        comment="The access log: append-only, each line with the hash of the one before",
    )
    op.create_index("ix_access_lines_subject_person_id_seq", "access_lines", ["subject_person_id", "seq"])
    op.create_index("ix_access_lines_recorded_on_seq", "access_lines", ["recorded_on", "seq"])
    op.create_table(
        "access_roots",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("merkle_root", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_access_roots"),
        comment="What is published of each day of the access log; append-only, kept for ever",
    )
    op.create_table(
        "former_ids",
        sa.Column("formerly", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("formerly", name="pk_former_ids"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name="fk_former_ids_people",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        comment="Ids under which people were recorded before: lines of the log still name them",
    )
    op.create_index("ix_former_ids_person_id", "former_ids", ["person_id"])
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON access_lines, access_roots FROM identity_app")
    op.execute(FORGET)


def _requests() -> None:
    op.create_table(
        "data_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("field", sa.String(32)),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True)),
        sa.Column("extension_reason", sa.Text()),
        sa.Column("forwarded_to", sa.String(200)),
        sa.Column("forwarded_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.Text()),
        sa.Column("legal_basis", sa.String(200)),
        sa.Column("kept_until", sa.Date()),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_data_requests"),
        comment="Requests for rectification, erasure, restriction and objection (GDPR art. 16-18, 21)",
    )
    op.create_index("ix_data_requests_person_id_id", "data_requests", ["person_id", "id"])
    op.create_index("ix_data_requests_institution_id_id", "data_requests", ["institution_id", "id"])
    op.create_table(
        "data_marks",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(48), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "mark", name="pk_data_marks"),
        comment="Fields a person contests, and whether processing is restricted",
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION forget_access_days(date)")
    for table in (
        *("data_exports", "data_marks", "data_requests", "access_disputes"),
        *("former_ids", "access_roots", "access_lines", "access_arrivals"),
    ):
        op.drop_table(table)
