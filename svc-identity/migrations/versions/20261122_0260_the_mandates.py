"""Organisations and mandates."""

revision = "20261122_0260"
down_revision = "20261122_0250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
