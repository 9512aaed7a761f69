"""Means of sign-in besides the password, and what an account's owner is told of them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata


def _account() -> Column[object]:
    return Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False)


AUTHENTICATORS = Table(
    "authenticators",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    comment="Apps that show one-time codes (RFC 6238); the secret is encrypted",
)

RECOVERY_CODES = Table(
    "recovery_codes",
    metadata,
    _account(),
    Column("digest", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("account_id", "digest"),
    comment="Codes for who has lost the other means; each known by a keyed hash only",
)

PASSKEYS = Table(
    "passkeys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("transports", ARRAY(String(32)), nullable=False),
    Column("name", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    comment="Passkeys (Web Authentication): public keys only",
)

SECOND_STEPS = Table(
    "second_steps",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("tries", SmallInteger, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    comment="Sign-ins whose password was right and whose second factor is awaited",
)

SECURITY_CHANGES = Table(
    "security_changes",
    metadata,
    _account(),
    Column("version", Integer, nullable=False),
    Column("change", String(32), nullable=False),
    Column("device", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    PrimaryKeyConstraint("account_id", "version"),
    comment="What changed about how a person signs in, for the person's own eyes",
)

LINKS = Table(
    "links",
    metadata,
    _account(),
    Column("provider", String(32), nullable=False),
    Column("assurance", String(16), nullable=False),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Column("removed_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("account_id", "provider"),
    comment="Outside identity providers by which a person signs in, and those no longer wanted",
)

ARRIVALS = Table(
    "arrivals",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    comment="What an outside provider said of a person who confirms an address now; encrypted",
)
