"""Contests of lines, and what the clock has told of points."""

revision = "20261123_0030"
down_revision = "20261123_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
