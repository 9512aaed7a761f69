"""What providers of SMS have done, and their receipts."""

revision = "20261123_0940"
down_revision = "20261123_0930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
