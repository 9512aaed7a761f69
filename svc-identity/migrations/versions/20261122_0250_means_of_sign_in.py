"""One-time codes, recovery codes, passkeys, outside providers; a second step; resets of passwords."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261122_0250"
down_revision = "20261122_0240"
branch_labels = None
depends_on = None

_TABLES = (
    "arrivals",
    "links",
    "security_changes",
    "second_steps",
    "passkeys",
    "recovery_codes",
    "authenticators",
)


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["accounts.id"], name=f"fk_{table}_accounts", ondelete="CASCADE"
    )


def _at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.alter_column("confirmations", "account_id", nullable=True)
    _codes()
    _passkeys()
    _steps()
    op.create_table(
        "links",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(32), nullable=False),
        sa.Column("assurance", sa.String(16), nullable=False),
        _at("linked_at"),
        _at("last_used_at", nullable=True),
        _at("removed_at", nullable=True),
        sa.PrimaryKeyConstraint("account_id", "provider", name="pk_links"),
        _account("links"),
        comment="Outside identity providers by which a person signs in, and those no longer wanted",
    )
    op.create_table(
        "arrivals",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_arrivals"),
        _account("arrivals"),
        comment="What an outside provider said of a person who confirms an address now; encrypted",
    )


def _codes() -> None:
    op.create_table(
        "authenticators",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _at("created_at"),
        _at("confirmed_at", nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_authenticators"),
        _account("authenticators"),
        comment="Apps that show one-time codes (RFC 6238); the secret is encrypted",
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _at("created_at"),
        _at("used_at", nullable=True),
        sa.PrimaryKeyConstraint("account_id", "digest", name="pk_recovery_codes"),
        _account("recovery_codes"),
        comment="Codes for who has lost the other means; each known by a keyed hash only",
    )


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("synced", sa.Boolean(), nullable=False),
        sa.Column("transports", ARRAY(sa.String(32)), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        _at("created_at"),
        _at("last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
        _account("passkeys"),
        comment="Passkeys (Web Authentication): public keys only",
    )
    op.create_index("ix_passkeys_account_id", "passkeys", ["account_id"])


def _steps() -> None:
    op.create_table(
        "second_steps",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        _at("expires_at"),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_second_steps"),
        _account("second_steps"),
        comment="Sign-ins whose password was right and whose second factor is awaited",
    )
    op.create_index("ix_second_steps_account_id", "second_steps", ["account_id"])
    op.create_index("ix_second_steps_expires_at", "second_steps", ["expires_at"])
    op.create_table(
        "security_changes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(32), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        _at("at"),
        sa.PrimaryKeyConstraint("account_id", "version", name="pk_security_changes"),
        _account("security_changes"),
        comment="What changed about how a person signs in, for the person's own eyes",
    )
    op.create_index("ix_security_changes_at", "security_changes", ["at"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM confirmations WHERE account_id IS NULL")
    op.alter_column("confirmations", "account_id", nullable=False)
