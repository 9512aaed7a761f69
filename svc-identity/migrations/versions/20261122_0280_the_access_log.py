"""The access log of people, and their rights on their data."""

revision = "20261122_0280"
down_revision = "20261122_0270"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
