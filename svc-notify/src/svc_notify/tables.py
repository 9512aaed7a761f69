"""The tables of the schema `notify`."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub_events import inbox, outbox
from hub_service import idempotency

metadata = MetaData()
outbox.attach(metadata)
inbox.attach(metadata)
idempotency.attach(metadata)

DELIVERIES = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7; the Message-ID is made of it"),
    Column("cause_id", Uuid, nullable=False, comment="The event that caused it"),
    Column("person_id", Uuid),
    Column("confirmation_id", Uuid, comment="Recipient who has no account yet"),
    Column("about_id", Uuid, comment="What svc-passport-booking is asked about when it is sent"),
    Column("template", String(64), nullable=False),
    Column("template_version", SmallInteger, nullable=False),
    Column("variables", JSONB, nullable=False, comment="Numbers, dates, ids: nothing personal"),
    Column("channel", String(16), nullable=False),
    Column("lane", SmallInteger, nullable=False, comment="0 codes, 1 notices"),
    Column("state", String(16), nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("due_at", DateTime(timezone=True), comment="Next attempt, or end of the lease; null once ended"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("language", String(2), comment="That it was written in last"),
    Column("reply_code", SmallInteger, comment="The server's last"),
    Column("failure", String(32)),
    Column("traceparent", String(55)),
    Column("version", Integer, nullable=False),
    Column("once", String(128), comment="What is told once only: its second message is not stored"),
    UniqueConstraint("once", name="uq_deliveries_once"),
    CheckConstraint(
        "num_nonnulls(confirmation_id, coalesce(person_id, about_id)) = 1",
        name="ck_deliveries_recipient",
    ),
    CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="ck_deliveries_due_or_ended"),
    comment="One row for each message to one recipient by one channel",
)
Index(
    "ix_deliveries_due",
    DELIVERIES.c.lane,
    DELIVERIES.c.due_at,
    postgresql_where=DELIVERIES.c.due_at.is_not(None),
)
Index(
    "ix_deliveries_person",
    DELIVERIES.c.person_id,
    DELIVERIES.c.id,
    postgresql_where=DELIVERIES.c.person_id.is_not(None),
)

INSTITUTIONS = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("names", JSONB, nullable=False, comment="Language to name"),
    Column("version", Integer, nullable=False),
    comment="Own copy of the catalog's names, fed by events",
)

SANDBOX_PEOPLE = Table(
    "sandbox_people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("created_at", DateTime(timezone=True), comment="When they were invented, once that was told"),
    Column("is_removed", Boolean, nullable=False, comment="It was told that they are no more"),
    comment="Who is invented: only messages to such people are ever deleted",
)

OFFICIALS = Table(
    "officials",
    metadata,
    Column("appointment_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("institution_id", Uuid, nullable=False),
    Column("role", String(32), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("is_granted", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_officials_role", "role", "institution_id"),
    comment="Own copy of who has which role where, of those who are written to, fed by events",
)
