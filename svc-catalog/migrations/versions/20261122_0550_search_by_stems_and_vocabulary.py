"""Search by stems and with errors of typing; what lists show of a service, beside the whole entry.

What the columns derive from is there: the seed of this version derives rows of edition 0 anew.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "20261122_0550"
down_revision = "20261122_0540"
branch_labels = None
depends_on = None

SEARCHED = ("institutions", "services")


def upgrade() -> None:
    for table in SEARCHED:
        op.drop_column(table, "labels")
        op.add_column(
            table,
            sa.Column(
                "labels",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="Names after line feeds, usual words after tabs",
            ),
        )
        op.add_column(
            table,
            sa.Column(
                "name_words",
                TSVECTOR(),
                nullable=False,
                server_default="",
                comment="A of names, B keywords, C summary",
            ),
        )
        op.add_column(
            table,
            sa.Column(
                "edition",
                sa.SmallInteger(),
                nullable=False,
                server_default="0",
                comment="Of the rules that derived this",
            ),
        )
        op.alter_column(
            table,
            "words",
            comment="The lexemes of all texts",
            existing_comment="Folded words; weight A for those of names",
        )
        for column in ("labels", "name_words", "edition"):
            op.alter_column(table, column, server_default=None)
        # what ranks is read for every row that fits: in the row, and not to be decompressed
        op.execute(f"ALTER TABLE {table} SET (toast_tuple_target = 8160)")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN labels SET STORAGE EXTERNAL")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN name_words SET STORAGE EXTERNAL")
    op.create_index("ix_services_name_words", "services", ["name_words"], postgresql_using="gin")
    op.add_column(
        "services",
        sa.Column("card", JSONB(), nullable=False, server_default="{}", comment="What lists show of it"),
    )
    op.alter_column("services", "card", server_default=None)
    op.create_table(
        "vocabulary",
        sa.Column(
            "key", sa.Text(collation="C"), nullable=False, comment="The word, or the word without one letter"
        ),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("key", "word", name="pk_vocabulary"),
    )


def downgrade() -> None:
    op.drop_table("vocabulary")
    op.drop_column("services", "card")
    for table in SEARCHED:
        op.execute(f"ALTER TABLE {table} RESET (toast_tuple_target)")
        for column in ("labels", "name_words", "edition"):
            op.drop_column(table, column)
        op.add_column(
            table,
            sa.Column(
                "labels",
                ARRAY(sa.Text()),
                nullable=False,
                server_default="{}",
                comment="Codes and whole names, folded",
            ),
        )
        op.alter_column(table, "labels", server_default=None)
        op.alter_column(
            table,
            "words",
            comment="Folded words; weight A for those of names",
            existing_comment="The lexemes of all texts",
        )
