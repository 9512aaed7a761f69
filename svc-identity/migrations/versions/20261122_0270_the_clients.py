"""Client applications in the hands of their owners, and their usage."""

revision = "20261122_0270"
down_revision = "20261122_0260"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
