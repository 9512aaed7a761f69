"""What partner applications need of the provider."""

revision = "20261122_0230"
down_revision = "20261122_0220"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
