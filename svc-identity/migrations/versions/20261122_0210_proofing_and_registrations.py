"""Proofing of people: activation codes, registration requests with their evidence, what came of them."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0210"
down_revision = "20261122_0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activation_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_activation_codes"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_activation_codes_accounts", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("digest", name="uq_activation_codes_digest"),
        comment="Codes that people tell a clerk: one an account, known by a keyed digest",
    )
    op.create_index("ix_activation_codes_expires_at", "activation_codes", ["expires_at"])
    op.create_table(
        "verifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("document", sa.String(32), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_verifications_accounts", ondelete="CASCADE"
        ),
        comment="Documents seen, by whom, when; no copy and no number of them is kept",
    )
    op.create_index("ix_verifications_account_id", "verifications", ["account_id"])
    _registrations()


def _registrations() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("check", sa.String(16), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid()),
        sa.Column("reason", sa.String(32)),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("document", sa.String(32)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("stated", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_registrations_accounts", ondelete="CASCADE"
        ),
        comment="Requests to be known by an institution; stated is what the person says of themselves, "
        "sealed",
    )
    op.create_index("ix_registrations_account_id", "registrations", ["account_id"])
    op.create_index("ix_registrations_institution_id_id", "registrations", ["institution_id", "id"])
    op.create_index(
        "ix_registrations_expires_at",
        "registrations",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(
        "uq_registrations_open",
        "registrations",
        ["account_id", "institution_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name="fk_evidence_registrations", ondelete="CASCADE"
        ),
        comment="Copies of documents, encrypted, until the decision",
    )
    op.create_index("ix_evidence_registration_id", "evidence", ["registration_id"])
    op.create_table(
        "recognitions",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "institution_id", name="pk_recognitions"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_recognitions_accounts", ondelete="CASCADE"
        ),
        comment="Who is known by which institution, at which level",
    )


def downgrade() -> None:
    for table in ("recognitions", "evidence", "registrations", "verifications", "activation_codes"):
        op.drop_table(table)
