"""What institutions have ordered, and what became of it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from .messages import MESSAGES
from .metadata import metadata

ORDERS: Final = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7"),
    Column("institution_id", Uuid, nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("is_sandbox", Boolean, nullable=False),
    Column("batch_id", Uuid),
    Column("template", String(64), nullable=False),
    Column("template_version", SmallInteger, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, comment="The template's values, AES-256-GCM; null once forgotten"),
    Column("fingerprint", LargeBinary, comment="Keyed hash of what was ordered, where it is used once"),
    Column("reference", String(100), comment="The client's own"),
    Column("is_reference_unique", Boolean, nullable=False),
    Column("channels", JSONB, nullable=False, comment="Those it may go by"),
    Column("lane", SmallInteger, nullable=False),
    Column("condition", String(2048), comment="The address that is asked before it is sent"),
    Column("asked", SmallInteger, nullable=False, comment="How often that gave no answer"),
    Column("state", String(16), nullable=False),
    Column("by_channel", JSONB, nullable=False, comment="Channel to the state of its delivery"),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
    Column("send_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), comment="When it is looked at next; null once it has gone"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), comment="When it ended without a message"),
    Column("traceparent", String(55)),
    CheckConstraint("(state = 'WAITING') = (due_at IS NOT NULL)", name="waiting_or_not"),
    CheckConstraint("NOT is_reference_unique OR reference IS NOT NULL", name="reference"),
    comment="One row for each message that an institution has ordered",
)
Index(
    "ix_orders_due",
    ORDERS.c.lane,
    ORDERS.c.due_at,
    postgresql_where=ORDERS.c.due_at.is_not(None) & ORDERS.c.condition.is_(None),
)
Index(
    "ix_orders_asking",
    ORDERS.c.institution_id,
    ORDERS.c.due_at,
    postgresql_where=ORDERS.c.due_at.is_not(None) & ORDERS.c.condition.is_not(None),
)
Index("ix_orders_batch", ORDERS.c.batch_id, postgresql_where=ORDERS.c.batch_id.is_not(None))
Index(
    "ix_orders_reference",
    ORDERS.c.institution_id,
    ORDERS.c.reference,
    ORDERS.c.id,
    postgresql_where=ORDERS.c.reference.is_not(None),
)
Index(
    "uq_orders_reference",
    ORDERS.c.institution_id,
    ORDERS.c.is_sandbox,
    ORDERS.c.reference,
    unique=True,
    postgresql_where=ORDERS.c.is_reference_unique,
)
Index("ix_orders_sealed", ORDERS.c.expires_at, postgresql_where=ORDERS.c.sealed.is_not(None))
Index(
    "uq_messages_order",
    MESSAGES.c.order_id,
    unique=True,
    postgresql_where=MESSAGES.c.order_id.is_not(None),
)

BATCHES: Final = Table(
    "order_batches",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7"),
    Column("institution_id", Uuid, nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("is_sandbox", Boolean, nullable=False),
    Column("template", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("accepted_at", DateTime(timezone=True), nullable=False),
    comment="Orders that came in one request",
)

COUNTS: Final = Table(
    "order_counts",
    metadata,
    Column("institution_id", Uuid, primary_key=True),
    Column("is_sandbox", Boolean, primary_key=True),
    Column("minute", DateTime(timezone=True), nullable=False),
    Column("in_minute", Integer, nullable=False, comment="Requests"),
    Column("day", DateTime(timezone=True), nullable=False),
    Column("in_day", Integer, nullable=False, comment="Messages"),
    comment="How much an institution has ordered in its last minute and day, one row for each",
)

EVENTS: Final = Table(
    "order_events",
    metadata,
    Column("arrived", BigInteger, Identity(always=True), primary_key=True),
    Column("position", BigInteger, comment="Given after the commit; none yet where it is null"),
    Column("institution_id", Uuid, nullable=False),
    Column("is_sandbox", Boolean, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("batch_id", Uuid),
    Column("reference", String(100)),
    Column("state", String(16), nullable=False),
    Column("channel", String(16)),
    Column("at", DateTime(timezone=True), nullable=False),
    comment="What became of orders; who sees a position has seen or can see all before it",
)
Index("ix_order_events_waiting", EVENTS.c.arrived, postgresql_where=EVENTS.c.position.is_(None))
Index(
    "ix_order_events_read",
    EVENTS.c.institution_id,
    EVENTS.c.is_sandbox,
    EVENTS.c.position,
    postgresql_where=EVENTS.c.position.is_not(None),
)
Index("uq_order_events_position", EVENTS.c.position, unique=True)

ENDS: Final = Table(
    "order_event_ends",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False, comment="The highest position that was given"),
    Column("forgotten", BigInteger, nullable=False, comment="The highest position that is no longer kept"),
    CheckConstraint("id = 1", name="one"),
    comment="Where the feed of orders ends; whoever gives positions holds the row",
)
