"""History documents and the links by which others may see them."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0020"
down_revision = "20261123_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("history_numbers")))
    op.create_table(
        "history_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column("motive", sa.String(64), nullable=False),
        sa.Column(
            "first_day",
            sa.Date(),
            nullable=True,
            comment="Of the period that it is about; none for open at that end",
        ),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=False, comment="Encrypted: what it is verified by"),
        sa.Column("code_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of the same"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_key", sa.String(100), nullable=False, comment="Its name in the store of documents"),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_bytes", sa.Integer(), nullable=False),
        sa.Column("seal_level", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_history_documents_drivers"),
        sa.PrimaryKeyConstraint("id", name="pk_history_documents"),
        sa.UniqueConstraint("number", name="uq_history_documents_number"),
        sa.UniqueConstraint("code_key", name="uq_history_documents_code_key"),
        comment="What was issued, without what it says: that lies in the sealed file",
    )
    op.create_index(
        "ix_history_documents_person_id_id", "history_documents", ["person_id", "id"], unique=False
    )
    op.create_index("ix_history_documents_file_sha256", "history_documents", ["file_sha256"], unique=False)
    op.create_table(
        "record_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="Whose document it is"),
        sa.Column("secret_key", sa.LargeBinary(), nullable=False, comment="Keyed hash of what opens it"),
        sa.Column(
            "note",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: whom it is for, in the holder's words",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_openings", sa.Integer(), nullable=True, comment="None for as often as one likes"),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("openings <= most_openings", name="ck_record_links_openings"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["history_documents.id"], name="fk_record_links_history_documents"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_record_links"),
        sa.UniqueConstraint("secret_key", name="uq_record_links_secret_key"),
        comment="Links by which others may see a document (employers, insurers)",
    )
    op.create_index("ix_record_links_document_id_id", "record_links", ["document_id", "id"], unique=False)
    op.create_index("ix_record_links_person_id_id", "record_links", ["person_id", "id"], unique=False)
    op.create_table(
        "record_link_openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opener", sa.LargeBinary(), nullable=False, comment="Encrypted: organisation and purpose"),
        sa.ForeignKeyConstraint(
            ["link_id"], ["record_links.id"], name="fk_record_link_openings_record_links"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_record_link_openings"),
        comment="Each opening of a link, for the holder: nothing is ever changed here",
    )
    op.create_index(
        "ix_record_link_openings_link_id_id", "record_link_openings", ["link_id", "id"], unique=False
    )
    op.create_table(
        "tries",
        sa.Column(
            "key",
            sa.LargeBinary(),
            nullable=False,
            comment="Keyed hash of what is counted and of whom",
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_tries"),
        comment="How often something was tried; no person and no address can be read from it",
    )
    op.create_index("ix_tries_since", "tries", ["since"], unique=False)
    op.execute(
        "REVOKE UPDATE, DELETE, TRUNCATE ON history_documents, record_link_openings"
        ' FROM "traffic-history_app"'
    )
    op.execute('GRANT UPDATE (person_id) ON history_documents TO "traffic-history_app"')
    op.execute('REVOKE DELETE ON record_links FROM "traffic-history_app"')


def downgrade() -> None:
    for table in ("tries", "record_link_openings", "record_links", "history_documents"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("history_numbers")))
