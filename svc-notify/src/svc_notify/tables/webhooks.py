"""Endpoints of partners, and what was handed to them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

WEBHOOK_ENDPOINTS: Final = Table(
    "webhook_endpoints",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7"),
    Column("client_id", String(64), nullable=False),
    Column("institution_id", Uuid, comment="That the client stands for; null for an application"),
    Column("is_sandbox", Boolean, nullable=False),
    Column("sealed_address", LargeBinary, nullable=False, comment="Its query may hold a secret"),
    Column("description", String(200), nullable=False),
    Column("event_types", ARRAY(String(96)), nullable=False, comment="Filters; none means all"),
    Column("subjects", ARRAY(String(64)), nullable=False),
    Column("secret", LargeBinary, comment="Sealed"),
    Column("previous_secret", LargeBinary, comment="Sealed; signs too until it ends"),
    Column("previous_until", DateTime(timezone=True)),
    Column("state", String(16), nullable=False),
    Column("stop", String(16), comment="Why it is paused or disabled"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("state_since", DateTime(timezone=True), nullable=False),
    Column("failures", Integer, nullable=False, comment="In a row"),
    Column("failing_since", DateTime(timezone=True)),
    Column("rests_until", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="previous"),
    CheckConstraint("state <> 'ACTIVE' OR secret IS NOT NULL", name="active"),
    Index("ix_webhook_endpoints_client", "client_id", "id"),
    comment="Where clients are told what happens",
)
Index(
    "ix_webhook_endpoints_active",
    WEBHOOK_ENDPOINTS.c.id,
    postgresql_where=WEBHOOK_ENDPOINTS.c.state == "ACTIVE",
)

WEBHOOK_DELIVERIES: Final = Table(
    "webhook_deliveries",
    metadata,
    Column("endpoint_id", Uuid, ForeignKey(WEBHOOK_ENDPOINTS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("event_id", Uuid, primary_key=True, comment="The webhook-id too"),
    Column("position", BigInteger, nullable=False, comment="Of the event in the feed"),
    Column("state", String(16), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("due_at", DateTime(timezone=True), comment="Next attempt, or end of the lease; null once ended"),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="due_or_ended"),
    Index("ix_webhook_deliveries_position", "endpoint_id", "position"),
    Index("ix_webhook_deliveries_queued", "queued_at"),
    comment="One row for each event for one endpoint",
)
Index(
    "ix_webhook_deliveries_due",
    WEBHOOK_DELIVERIES.c.endpoint_id,
    WEBHOOK_DELIVERIES.c.due_at,
    WEBHOOK_DELIVERIES.c.position,
    postgresql_where=WEBHOOK_DELIVERIES.c.due_at.is_not(None),
)
Index(
    "ix_webhook_deliveries_sending",
    WEBHOOK_DELIVERIES.c.endpoint_id,
    postgresql_where=WEBHOOK_DELIVERIES.c.state == "SENDING",
)

WEBHOOK_ATTEMPTS: Final = Table(
    "webhook_attempts",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7"),
    Column("endpoint_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("attempted_at", DateTime(timezone=True), nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", SmallInteger, comment="Of HTTP, when there was an answer"),
    Column("failure", String(16)),
    ForeignKeyConstraint(
        ["endpoint_id", "event_id"],
        [WEBHOOK_DELIVERIES.c.endpoint_id, WEBHOOK_DELIVERIES.c.event_id],
        ondelete="CASCADE",
        name="fk_webhook_attempts_webhook_deliveries",
    ),
    Index("ix_webhook_attempts_delivery", "endpoint_id", "event_id", "id"),
    comment="Each time that an event was handed to an endpoint; nothing of the answer but its status",
)

CLIENTS: Final = Table(
    "clients",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("is_active", Boolean, nullable=False),
    Column("scopes", ARRAY(String(64)), comment="Null where they were not told"),
    Column("institution_id", Uuid, comment="That it stands for"),
    Column("owner_id", Uuid, comment="Who registered it"),
    Column("version", Integer, nullable=False),
    comment="Own copy of which applications there are, fed by events",
)
