"""History documents and the links by which others may see them."""

revision = "20261123_0020"
down_revision = "20261123_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
