"""Clients that are to be told of a session's end."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, Table, Uuid

from .metadata import metadata

# no foreign keys to session and account: who is forgotten meanwhile is signed out there all the same
LOGOUT_MESSAGES = Table(
    "logout_messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    comment="Back-channel logout: what clients have not been told yet",
)
