"""Messages, and each one's deliveries by channel."""

revision = "20261123_0910"
down_revision = "20261122_1545"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
