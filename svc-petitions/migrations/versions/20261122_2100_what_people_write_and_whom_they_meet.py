"""What people write to each other about petitions, and whom they meet."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261122_2100"
down_revision = "20261122_1800"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _messages()
    _uploads()
    _signatures()
    _clocks()


def _messages() -> None:
    op.add_column(
        "messages",
        sa.Column(
            "reminded_at", sa.DateTime(timezone=True), comment="When the other side was reminded of it"
        ),
    )
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["sent_at"],
        postgresql_where=sa.text("read_at IS NULL AND reminded_at IS NULL"),
    )
    op.add_column(
        "requested_documents",
        sa.Column(
            "accepted_types", ARRAY(sa.String(100)), comment="By content; none: every type that is taken"
        ),
    )
    op.add_column(
        "requested_documents",
        sa.Column(
            "reminded_at", sa.DateTime(timezone=True), comment="When the petitioner was reminded of it"
        ),
    )
    op.create_index(
        "ix_requested_documents_due",
        "requested_documents",
        ["due_on"],
        postgresql_where=sa.text("sent_with IS NULL AND reminded_at IS NULL"),
    )
    op.create_table(
        "message_attachments",
        *_file(),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid(), comment="The document that it is"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_message_attachments_messages"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["requested_documents.id"], name="fk_message_attachments_requested_documents"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_message_attachments"),
        sa.UniqueConstraint("message_id", "ordinal", name="uq_message_attachments_message_id_ordinal"),
        comment="Files of messages, locked with them; nothing is taken away here",
    )
    op.execute("REVOKE UPDATE, DELETE ON message_attachments FROM petitions_app")
    op.execute("GRANT UPDATE (reminded_at, sender_id) ON messages TO petitions_app")
    op.execute("GRANT UPDATE (reminded_at) ON requested_documents TO petitions_app")


def _uploads() -> None:
    op.alter_column("uploads", "person_id", nullable=True)
    op.add_column(
        "uploads",
        sa.Column("code_id", sa.Uuid(), comment="The e-mail code of who uploaded it without an account"),
    )
    op.create_check_constraint("ck_uploads_uploader", "uploads", "num_nonnulls(person_id, code_id) = 1")
    op.create_index(
        "ix_uploads_code_id", "uploads", ["code_id"], postgresql_where=sa.text("code_id IS NOT NULL")
    )


def _signatures() -> None:
    op.create_index(
        "ix_petitioners_signed_too",
        "petitioners",
        ["person_id", "petition_id"],
        postgresql_where=sa.text("ordinal > 1"),
    )


def _clocks() -> None:
    op.add_column(
        "petitions",
        sa.Column(
            "runs_from",
            sa.Date(),
            comment="The day its term runs from, where it reached the institution before it was entered",
        ),
    )
    op.add_column(
        "petitions",
        sa.Column(
            "answer_wanted",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Who sends a suggestion may want no answer to it",
        ),
    )
    op.create_table(
        "links",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=False, comment="The petition that it came out of"),
        sa.Column("kind", sa.String(16), nullable=False, comment="SPLIT or COMPLAINT"),
        sa.Column("ground", sa.String(16), comment="Of a complaint: REFUSAL or SILENCE"),
        sa.Column("learned_on", sa.Date(), comment="Of a complaint: when its author learned of that"),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("petition_id <> origin_id", name="ck_links_origin"),
        sa.CheckConstraint(
            "num_nulls(ground, learned_on) = CASE kind WHEN 'COMPLAINT' THEN 0 ELSE 2 END",
            name="ck_links_complaint",
        ),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_links_petitions"),
        sa.ForeignKeyConstraint(["origin_id"], ["petitions.id"], name="fk_links_origins"),
        sa.PrimaryKeyConstraint("petition_id", name="pk_links"),
        comment="Petitions that came out of others, each with a clock of its own; only added to",
    )
    op.create_index("ix_links_origin_id", "links", ["origin_id", "petition_id"])
    op.create_index(
        "uq_links_complaint",
        "links",
        ["origin_id", "ground"],
        unique=True,
        postgresql_where=sa.text("kind = 'COMPLAINT'"),
    )
    op.execute("REVOKE UPDATE, DELETE ON links FROM petitions_app")
    op.create_table(
        "bridge_days",
        sa.Column("institution_id", sa.Uuid(), nullable=False, comment="All zeros: every institution"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False, comment="False once it was taken back"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("institution_id", "day", name="pk_bridge_days"),
        comment="The copy of the days off that the government grants, fed by svc-passport-booking's events",
    )


def _file() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False, comment="Encrypted: what it was called"),
        sa.Column(
            "media_type",
            sa.String(100),
            nullable=False,
            comment="By its content, whatever it was called",
        ),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_key", sa.String(100), nullable=False, comment="Under which it lies in the store"),
        sa.Column(
            "scanned_by", sa.String(200), nullable=False, comment="The scanner that found nothing in it"
        ),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("bridge_days")
    op.drop_table("links")
    op.drop_column("petitions", "answer_wanted")
    op.drop_column("petitions", "runs_from")
    op.drop_index("ix_petitioners_signed_too", table_name="petitioners")
    op.execute("DELETE FROM uploads WHERE person_id IS NULL")
    op.drop_index("ix_uploads_code_id", table_name="uploads")
    op.drop_constraint("ck_uploads_uploader", "uploads")
    op.drop_column("uploads", "code_id")
    op.alter_column("uploads", "person_id", nullable=False)
    op.drop_table("message_attachments")
    op.drop_index("ix_requested_documents_due", table_name="requested_documents")
    op.drop_column("requested_documents", "reminded_at")
    op.drop_column("requested_documents", "accepted_types")
    op.drop_index("ix_messages_unread", table_name="messages")
    op.drop_column("messages", "reminded_at")
