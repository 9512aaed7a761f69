"""Accounts, and what keeps guessing slow."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)

from .metadata import metadata

ACCOUNTS = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(512), nullable=False),
    Column("given_name", String(100), nullable=False),
    Column("family_name", String(100), nullable=False),
    Column("language", String(2), nullable=False),
    Column("password_hash", String(256)),
    Column("state", String(32), nullable=False),
    Column("assurance", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    # sign-ups that nobody confirmed yet may stand side by side for one address
    Index("uq_accounts_email_key", "email_key", unique=True, postgresql_where=text("state <> 'STARTED'")),
    Index("ix_accounts_started", "created_at", postgresql_where=text("state = 'STARTED'")),
    comment="People; id is the person's id everywhere in the hub",
)

CONFIRMATIONS = Table(
    "confirmations",
    metadata,
    Column("id", Uuid, primary_key=True),
    # none for an address without an account whose password is asked to be reset: nobody can tell
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("purpose", String(32), nullable=False),
    Column("state", String(32), nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    comment="E-mail addresses to be confirmed; the codes are derived, never stored",
)

COUNTERS = Table(
    "counters",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False, index=True),
    comment="Tries by login name, device or address; each known by a keyed hash only",
)
