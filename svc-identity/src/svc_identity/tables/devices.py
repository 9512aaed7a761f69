"""Requests of devices without a browser."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, String, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

DEVICE_REQUESTS = Table(
    "device_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("code_hash", LargeBinary, nullable=False, unique=True),
    Column("user_code_digest", LargeBinary, nullable=False, unique=True),
    Column("interval", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("polled_at", DateTime(timezone=True)),
    Column("decided_at", DateTime(timezone=True)),
    Column("grant_id", Uuid, ForeignKey("grants.id", ondelete="CASCADE"), index=True),
    Column("spent_at", DateTime(timezone=True)),
    comment="Devices that wait for a person to let them in (RFC 8628)",
)
