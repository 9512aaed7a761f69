"""Officials of every role that is written to, besides those of the catalog."""

from alembic import op

revision = "20261122_1140"
down_revision = "20261122_0930"
branch_labels = None
depends_on = None

_OF_THE_CATALOG = "Own copy of who edits and publishes the catalog where, fed by events"


def upgrade() -> None:
    op.rename_table("catalog_officials", "officials")
    op.execute("ALTER INDEX pk_catalog_officials RENAME TO pk_officials")
    op.execute("ALTER INDEX ix_catalog_officials_role RENAME TO ix_officials_role")
    op.create_table_comment(
        "officials",
        "Own copy of who has which role where, of those who are written to, fed by events",
        existing_comment=_OF_THE_CATALOG,
    )


def downgrade() -> None:
    op.create_table_comment("officials", _OF_THE_CATALOG)
    op.execute("ALTER INDEX ix_officials_role RENAME TO ix_catalog_officials_role")
    op.execute("ALTER INDEX pk_officials RENAME TO pk_catalog_officials")
    op.rename_table("officials", "catalog_officials")
