"""The events that partners may see, in their order."""

revision = "20261123_1000"
down_revision = "20261123_0950"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
