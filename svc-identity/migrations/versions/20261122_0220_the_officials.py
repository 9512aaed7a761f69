"""Officials and their roles."""

revision = "20261122_0220"
down_revision = "20261122_0210"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
