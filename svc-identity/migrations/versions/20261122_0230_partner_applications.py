"""Clients that stand for themselves or hold keys: grants without a session, requests that were pushed."""

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
    op.add_column("authorizations", sa.Column("pushed_hash", sa.LargeBinary()))
    op.create_unique_constraint("uq_authorizations_pushed_hash", "authorizations", ["pushed_hash"])
    op.create_table(
        "single_uses",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_single_uses"),
        comment="Assertions and proofs that were shown, while they could be shown again",
    )
    op.create_index("ix_single_uses_until", "single_uses", ["until"])


def downgrade() -> None:
    op.drop_table("single_uses")
    op.drop_constraint("uq_authorizations_pushed_hash", "authorizations")
    op.drop_column("authorizations", "pushed_hash")
    op.execute(sa.text("DELETE FROM grants WHERE session_id IS NULL OR code_hash IS NULL"))
    for name in ("session_id", "account_id", *_OF_CODES):
        op.alter_column("grants", name, nullable=False)
