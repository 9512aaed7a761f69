"""Subscriptions of people's browsers to web push."""

revision = "20261123_0950"
down_revision = "20261123_0940"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
