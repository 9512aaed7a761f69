"""The term of the answer is read from the copy of the catalog's legal numbers."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_0540"
down_revision = "20261122_0320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_tables",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_rule_tables"),
        comment="The copy of svc-catalog's legal numbers, one row a code, fed by its events",
    )
    op.drop_table("rules")
    op.execute("UPDATE petitions SET answer_rule_id = 'petition.answer'")
    op.execute("UPDATE sandbox_petitions SET answer_rule_id = 'petition.answer'")


def downgrade() -> None:
    op.execute("UPDATE petitions SET answer_rule_id = 'PETITION_ANSWER'")
    op.execute("UPDATE sandbox_petitions SET answer_rule_id = 'PETITION_ANSWER'")
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
                "valid_from": date(2002, 2, 1),
                "valid_to": None,
                "legal_basis": "OG 27/2002 art. 8(1)",
                "verified": True,
            }
        ],
    )
    op.drop_table("rule_tables")
