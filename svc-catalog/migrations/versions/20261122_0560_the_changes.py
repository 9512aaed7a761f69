"""The changes."""

revision = "20261122_0560"
down_revision = "20261122_0550"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
