"""What is filed to test applications, apart from every institution's register."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "20261122_0320"
down_revision = "20261122_0260"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sandbox_registers",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number > 0", name="ck_sandbox_registers_number"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name="fk_sandbox_registers_institutions"
        ),
        sa.PrimaryKeyConstraint("client_id", "institution_id", "year", name="pk_sandbox_registers"),
        comment="The last number given in an application's own register, which is no institution's",
    )
    op.create_table(
        "sandbox_petitions",
        sa.Column("client_id", sa.String(64), nullable=False),
        *_petition(),
        sa.CheckConstraint("number > 0", name="ck_sandbox_petitions_number"),
        sa.CheckConstraint(
            "(person_id = acting_person_id) = (mandate_id IS NULL)", name="ck_sandbox_petitions_mandate"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "institution_id", "year"],
            [
                "sandbox_registers.client_id",
                "sandbox_registers.institution_id",
                "sandbox_registers.year",
            ],
            name="fk_sandbox_petitions_sandbox_registers",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sandbox_petitions"),
        sa.UniqueConstraint(
            "client_id",
            "institution_id",
            "year",
            "number",
            name="uq_sandbox_petitions_client_id_institution_id_year_number",
        ),
        comment="Petitions filed to test applications; no institution has them",
    )
    op.create_index("ix_sandbox_petitions_person_id_id", "sandbox_petitions", ["person_id", "id"])
    op.create_index("ix_sandbox_petitions_acting_person_id", "sandbox_petitions", ["acting_person_id"])
    op.create_table(
        "sandbox_people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "is_known",
            sa.Boolean(),
            nullable=False,
            comment="svc-identity has told that they are invented",
        ),
        sa.Column(
            "is_removed",
            sa.Boolean(),
            nullable=False,
            comment="svc-identity has told that they are no more",
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_sandbox_people"),
        comment="Who is invented: only what such people have filed is ever deleted",
    )
    op.execute("REVOKE DELETE ON sandbox_registers, sandbox_people FROM petitions_app")


def _petition() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "person_id", sa.Uuid(), nullable=False, comment="In whose name: a person or an organisation"
        ),
        sa.Column("acting_person_id", sa.Uuid(), nullable=False, comment="Who filed it"),
        sa.Column("mandate_id", sa.Uuid()),
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
    )


def downgrade() -> None:
    op.drop_table("sandbox_people")
    op.drop_table("sandbox_petitions")
    op.drop_table("sandbox_registers")
