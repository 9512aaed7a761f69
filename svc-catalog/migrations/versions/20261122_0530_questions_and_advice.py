"""Questions with answers, how often they helped, and preventive advice."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "20261122_0530"
down_revision = "20261122_0520"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "faqs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("services", ARRAY(sa.String(64)), nullable=False),
        sa.Column("content", JSONB(), nullable=False, comment="The whole question, as domain.guidance.Faq"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "labels",
            sa.Text(),
            nullable=False,
            comment="Names after line feeds, usual words after tabs",
        ),
        sa.Column("name_words", TSVECTOR(), nullable=False, comment="A of names, B keywords, C summary"),
        sa.Column("words", TSVECTOR(), nullable=False, comment="The lexemes of all texts"),
        sa.Column("edition", sa.SmallInteger(), nullable=False, comment="Of the rules that derived this"),
        sa.PrimaryKeyConstraint("id", name="pk_faqs"),
        sa.UniqueConstraint("code", name="uq_faqs_code"),
    )
    for columns in (["sort_key", "id"], ["category", "sort_key", "id"]):
        op.create_index(f"ix_faqs_{'_'.join(columns)}", "faqs", columns)
    for column in ("services", "words"):
        op.create_index(f"ix_faqs_{column}", "faqs", [column], postgresql_using="gin")
    op.create_table(
        "faq_votes",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("helpful", sa.Integer(), nullable=False, comment="How often; who voted is nowhere"),
        sa.PrimaryKeyConstraint("code", name="pk_faq_votes"),
    )
    op.create_table(
        "advice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column(
            "months",
            ARRAY(sa.SmallInteger()),
            nullable=False,
            comment="Of its season; empty: the whole year",
        ),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("content", JSONB(), nullable=False, comment="The whole advice, as domain.guidance.Advice"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_advice"),
        sa.UniqueConstraint("code", name="uq_advice_code"),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["institutions.id"],
            name="fk_advice_source_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def downgrade() -> None:
    op.drop_table("advice")
    op.drop_table("faq_votes")
    op.drop_table("faqs")
