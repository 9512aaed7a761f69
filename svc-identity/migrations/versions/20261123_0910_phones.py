"""Telephone numbers of accounts, and the codes that confirm them."""

revision = "20261123_0910"
down_revision = "20261122_0910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
