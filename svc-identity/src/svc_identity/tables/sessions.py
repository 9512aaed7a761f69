"""Sign-ins."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

SESSIONS = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("assurance", String(16), nullable=False),
    Column("methods", ARRAY(String(16)), nullable=False),
    Column("device", String(64), nullable=False),
    Column("signed_in_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_reason", String(32)),
    comment="Sign-ins: one person at one browser",
)
