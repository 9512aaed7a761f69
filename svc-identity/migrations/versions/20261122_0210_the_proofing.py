"""Proofing of people: activation codes, registration requests."""

revision = "20261122_0210"
down_revision = "20261122_0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
