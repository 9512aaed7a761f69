"""How messages go."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Uuid,
)

from .messages import MESSAGES
from .metadata import metadata

DELIVERIES: Final = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7; the Message-ID is made of it"),
    Column("message_id", Uuid, ForeignKey(MESSAGES.c.id), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("lane", SmallInteger, nullable=False, comment="0 codes, 1 notices, 2 reminders, 3 bulk"),
    Column("state", String(16), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("due_at", DateTime(timezone=True), comment="Next attempt, or end of the lease; null once ended"),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("language", String(2), comment="That it was written in last"),
    Column("reply_code", SmallInteger, comment="The server's last"),
    Column("failure", String(32)),
    Column("provider", String(32), comment="Who took it over"),
    Column("provider_ref", String(128), comment="What they call it"),
    Column("delivered_at", DateTime(timezone=True)),
    Column("held_by", Integer, comment="The process that sends it, by its advisory lock"),
    Column("version", Integer, nullable=False),
    CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="due_or_ended"),
    Index("ix_deliveries_message", "message_id"),
    comment="One row for each message by one channel",
)
Index(
    "ix_deliveries_due",
    DELIVERIES.c.channel,
    DELIVERIES.c.lane,
    DELIVERIES.c.due_at,
    postgresql_where=DELIVERIES.c.due_at.is_not(None),
)
Index(
    "uq_deliveries_provider_ref",
    DELIVERIES.c.provider,
    DELIVERIES.c.provider_ref,
    unique=True,
    postgresql_where=DELIVERIES.c.provider_ref.is_not(None),
)
