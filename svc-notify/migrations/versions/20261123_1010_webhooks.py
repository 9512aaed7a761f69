"""Endpoints of partners, and what was handed to them."""

revision = "20261123_1010"
down_revision = "20261123_1000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
