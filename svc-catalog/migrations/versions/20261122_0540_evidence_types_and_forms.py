"""Types of evidence, and forms with all their versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_0540"
down_revision = "20261122_0530"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_types",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "content", JSONB(), nullable=False, comment="The whole type, as domain.evidence.EvidenceType"
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_types"),
        sa.UniqueConstraint("code", name="uq_evidence_types_code"),
    )
    op.create_table(
        "forms",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSONB(), nullable=False, comment="The whole form, as domain.forms.Form"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name="pk_forms"),
    )


def downgrade() -> None:
    op.drop_table("forms")
    op.drop_table("evidence_types")
