"""Rule tables: every number that comes from a law, by the days it holds on, and who changed it why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_0500"
down_revision = "20261121_2330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_tables",
        sa.Column("code", sa.String(64, collation="C"), nullable=False),
        sa.Column("field", sa.String(32), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("counting", sa.String(32)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "edited",
            sa.Boolean(),
            nullable=False,
            comment="Officials have changed it: the files no longer do",
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_rule_tables"),
    )
    op.create_index("ix_rule_tables_field_code", "rule_tables", ["field", "code"])
    op.create_table(
        "rules",
        sa.Column("code", sa.String(64, collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), comment="The last day"),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.String(32), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("counting", sa.String(32)),
        sa.Column("options", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["rule_tables.code"], name="fk_rules_code"),
        sa.PrimaryKeyConstraint("code", "valid_from", name="pk_rules"),
    )
    op.create_table(
        "rule_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64, collation="C"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column(
            "row", JSONB(), comment="The row that is new, as hub_core.rules.Rule; none for what was loaded"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False, comment="Version that it was proposed on"),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), comment="Version that it made"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decision", sa.Text()),
        sa.ForeignKeyConstraint(["code"], ["rule_tables.code"], name="fk_rule_changes_code"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_changes"),
        comment="The change log: who, when, why; what waits for a second person stands here too",
    )
    op.create_index("ix_rule_changes_code_id", "rule_changes", ["code", "id"])
    op.create_index("ix_rule_changes_state_id", "rule_changes", ["state", "id"])
    op.execute("REVOKE DELETE ON rule_changes FROM catalog_app")


def downgrade() -> None:
    op.drop_table("rule_changes")
    op.drop_table("rules")
    op.drop_table("rule_tables")
