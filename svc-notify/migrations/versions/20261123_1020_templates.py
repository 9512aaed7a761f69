"""Templates of institutions, in versions."""

revision = "20261123_1020"
down_revision = "20261123_1010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
