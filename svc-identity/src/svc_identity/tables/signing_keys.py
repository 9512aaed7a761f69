"""Keys of the provider."""

from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    String,
    Table,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

SIGNING_KEYS = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("use", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("public", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("signs_from", DateTime(timezone=True), nullable=False),
    Column("signs_until", DateTime(timezone=True), nullable=False),
    Column("published_until", DateTime(timezone=True), nullable=False),
    comment="Key pairs of the provider; the private half is encrypted (AES-GCM)",
)
