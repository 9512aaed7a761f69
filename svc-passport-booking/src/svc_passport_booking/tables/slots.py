"""Slots: an interval at a pool of counters, how many places it has and how many are taken."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)

from .metadata import metadata

SLOTS: Final = Table(
    "slots",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("pool_id", Uuid, ForeignKey("pools.id"), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("planned", SmallInteger, nullable=False, comment="Counters that the schedule opens"),
    Column("capacity", SmallInteger, nullable=False, comment="planned, or what was taken before it shrank"),
    Column("taken", SmallInteger, nullable=False, server_default=text("0")),
    Column("closed", Boolean, nullable=False, server_default=text("false")),
    Column("opens_at", DateTime(timezone=True), comment="From when on it can be booked; none: from now on"),
    Column("is_free", Boolean, Computed("NOT closed AND taken < planned", persisted=True), nullable=False),
    # No place is given twice: whatever the code does.
    CheckConstraint("taken BETWEEN 0 AND capacity", name="taken"),
    CheckConstraint("planned BETWEEN 0 AND capacity", name="planned"),
    CheckConstraint("minutes > 0", name="minutes"),
    Index("uq_slots_start", "pool_id", "starts_at", unique=True),
    # What availability is read from: the bookings keep it, and only when a slot fills up or frees again.
    Index("ix_slots_free", "pool_id", "starts_at", postgresql_where=text("is_free")),
    # Whoever had booked there is moved.
    Index("ix_slots_closed", "starts_at", postgresql_where=text("closed")),
    # An update of `taken` touches no index, and stays on its page.
    postgresql_with={"fillfactor": 50, "autovacuum_vacuum_scale_factor": 0.05},
)

RELEASES: Final = Table(
    "releases",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("slot_id", BigInteger, ForeignKey("slots.id"), nullable=False, index=True),
    Column("places", SmallInteger, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False, index=True),
    Column("origin", String(16), nullable=False),
    CheckConstraint("places > 0", name="places"),
    comment="Places given back, which stay taken until nobody can watch for the second",
)
