"""Device codes, logout messages and token exchange."""

revision = "20261122_0240"
down_revision = "20261122_0230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
