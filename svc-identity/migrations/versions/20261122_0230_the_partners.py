"""Clients that stand for themselves: grants without a session, an account or a code."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0230"
down_revision = "20261122_0220"
branch_labels = None
depends_on = None

_OF_CODES = ("redirect_uri", "code_hash", "code_challenge", "code_expires_at")


def upgrade() -> None:
    for name in ("session_id", "account_id", *_OF_CODES):
        op.alter_column("grants", name, nullable=True)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM grants WHERE session_id IS NULL OR code_hash IS NULL"))
    for name in ("session_id", "account_id", *_OF_CODES):
        op.alter_column("grants", name, nullable=False)
