"""Telephone numbers of accounts, and the codes that confirm them."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0910"
down_revision = "20261122_0910"
branch_labels = None
depends_on = None


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["accounts.id"], name=f"fk_{table}_accounts", ondelete="CASCADE"
    )


def _at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "phones",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _at("confirmed_at"),
        sa.PrimaryKeyConstraint("account_id", name="pk_phones"),
        _account("phones"),
        comment="Confirmed telephone numbers, encrypted, with a keyed hash for look-up",
    )
    op.create_index("ix_phones_digest", "phones", ["digest"])
    op.create_table(
        "phone_confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        _at("sent_at"),
        _at("expires_at"),
        _at("confirmed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_phone_confirmations"),
        sa.UniqueConstraint("account_id", name="uq_phone_confirmations_account_id"),
        _account("phone_confirmations"),
        comment="Telephone numbers to be confirmed, encrypted; the codes are derived, never stored",
    )
    op.create_index("ix_phone_confirmations_expires_at", "phone_confirmations", ["expires_at"])


def downgrade() -> None:
    op.drop_table("phone_confirmations")
    op.drop_table("phones")
