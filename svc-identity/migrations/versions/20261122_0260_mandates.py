"""Organisations, and who acts for whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261122_0260"
down_revision = "20261122_0250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cui", sa.String(10), nullable=False),
        sa.Column("trade_number", sa.String(32)),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("cui", name="uq_organisations_cui"),
        comment="What registers say of organisations; known by their CUI",
    )
    op.create_table(
        "mandates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("principal_kind", sa.String(16), nullable=False),
        sa.Column("principal_person_id", sa.Uuid()),
        sa.Column("principal_organisation_id", sa.Uuid()),
        sa.Column("principal_institution_id", sa.Uuid()),
        sa.Column("representative_id", sa.Uuid()),
        sa.Column("given_by", sa.Uuid()),
        sa.Column("services", ARRAY(sa.String(64)), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("evidence_ref", sa.String(200), nullable=False),
        sa.Column("institution_id", sa.Uuid()),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_by", sa.Uuid()),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Uuid()),
        sa.Column("end_cause", sa.String(32)),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("code_hash", sa.LargeBinary()),
        sa.Column("code_expires_at", sa.DateTime(timezone=True)),
        sa.Column("principal_number", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_mandates"),
        sa.UniqueConstraint("code_hash", name="uq_mandates_code_hash"),
        *(
            sa.ForeignKeyConstraint(
                [column], ["people.id"], name=name, ondelete="CASCADE", onupdate="CASCADE"
            )
            for column, name in (
                ("principal_person_id", "fk_mandates_principal_people"),
                ("representative_id", "fk_mandates_representative_people"),
            )
        ),
        sa.ForeignKeyConstraint(
            ["principal_organisation_id"], ["organisations.id"], name="fk_mandates_organisations"
        ),
        sa.CheckConstraint(
            "num_nonnulls(principal_person_id, principal_organisation_id, principal_institution_id) <= 1",
            name="ck_mandates_one_principal",
        ),
        sa.CheckConstraint(
            "state <> 'ACTIVE' OR (representative_id IS NOT NULL AND num_nonnulls("
            "principal_person_id, principal_organisation_id, principal_institution_id) = 1)",
            name="ck_mandates_active_has_both",
        ),
        comment="Who acts for whom, within which bounds; principal_number is sealed, and gone once verified",
    )
    _indexes()


def _indexes() -> None:
    for column in (
        *("principal_person_id", "principal_organisation_id", "principal_institution_id"),
        "representative_id",
    ):
        op.create_index(f"ix_mandates_{column}", "mandates", [column, "id"])
    op.create_index(
        "ix_mandates_waiting",
        "mandates",
        ["institution_id", "id"],
        postgresql_where=sa.text("state = 'PENDING_VERIFICATION'"),
    )
    op.create_index(
        "ix_mandates_ends",
        "mandates",
        ["valid_to"],
        postgresql_where=sa.text("state IN ('DRAFT', 'PENDING_VERIFICATION', 'ACTIVE')"),
    )
    for name, principal, of in (
        ("uq_mandates_parent", "principal_person_id", "PARENT"),
        ("uq_mandates_legal_rep", "principal_organisation_id", "LEGAL_REP"),
    ):
        op.create_index(
            name,
            "mandates",
            [principal, "representative_id"],
            unique=True,
            postgresql_where=sa.text(f"state = 'ACTIVE' AND type = '{of}'"),
        )


def downgrade() -> None:
    op.drop_table("mandates")
    op.drop_table("organisations")
