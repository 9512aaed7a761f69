"""What is told to people."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

MESSAGES: Final = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7"),
    Column("cause_id", Uuid, nullable=False, comment="The event or order that caused it"),
    Column("person_id", Uuid),
    Column("confirmation_id", Uuid, comment="Recipient who has no account yet"),
    Column("about_id", Uuid, comment="What another service is asked about when it is sent"),
    Column("template", String(64), nullable=False),
    Column("template_version", SmallInteger, nullable=False),
    Column("variables", JSONB, nullable=False, comment="Numbers, dates, ids: nothing personal"),
    Column("lane", SmallInteger, nullable=False),
    Column("purpose", String(16), nullable=False, comment="What it rests on"),
    Column("sender_id", Uuid, comment="The institution that ordered it; null for the hub's own"),
    Column("client_id", String(64), comment="The client by which it was ordered"),
    Column("order_id", Uuid),
    Column("reference", String(100), comment="The client's own"),
    Column("plan", JSONB, nullable=False, comment="Channels, each with seconds after the one before"),
    Column("step", SmallInteger, nullable=False, comment="How many of the plan have begun"),
    Column(
        "next_at", DateTime(timezone=True), comment="When the next step begins, if it is unread until then"
    ),
    Column("read_at", DateTime(timezone=True)),
    Column("read_by", String(16), comment="The channel that proves it"),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("traceparent", String(55)),
    Column("once", String(128), comment="What is told once only: its second message is not stored"),
    Column("version", Integer, nullable=False),
    UniqueConstraint("once", name="uq_messages_once"),
    CheckConstraint("num_nonnulls(confirmation_id, coalesce(person_id, about_id)) = 1", name="recipient"),
    CheckConstraint("num_nonnulls(sender_id, client_id, order_id) IN (0, 3)", name="sender"),
    comment="One row for each thing told to one recipient, whatever channels bring it",
)
Index(
    "ix_messages_person",
    MESSAGES.c.person_id,
    MESSAGES.c.id,
    postgresql_where=MESSAGES.c.person_id.is_not(None),
)
Index("ix_messages_next", MESSAGES.c.next_at, postgresql_where=MESSAGES.c.next_at.is_not(None))
