"""Means of sign-in."""

revision = "20261122_0250"
down_revision = "20261122_0240"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
