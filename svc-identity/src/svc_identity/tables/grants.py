"""Token families and tokens."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

GRANTS = Table(
    "grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), index=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), index=True),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("nonce", Text),
    Column("redirect_uri", Text),
    Column("code_hash", LargeBinary, unique=True),
    Column("code_challenge", String(43)),
    Column("code_expires_at", DateTime(timezone=True), index=True),
    Column("assurance", String(16), nullable=False),
    Column("methods", ARRAY(String(16)), nullable=False),
    Column("authenticated_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("dpop_jkt", String(43)),
    Column("institution_id", Uuid),
    Column("mandate_id", Uuid, index=True),
    Column("parent_id", Uuid, ForeignKey("grants.id", ondelete="CASCADE"), index=True),
    Column("code_used_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_reason", String(32)),
    comment="Token families: what one application was given for one sign-in",
)

TOKENS = Table(
    "tokens",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("grant_id", Uuid, ForeignKey("grants.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("used_at", DateTime(timezone=True)),
    Column("jkt", String(43)),
    comment="Opaque tokens, by their SHA-256",
)
