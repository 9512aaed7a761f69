"""Offices: where people are received, by which counters, and when."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import metadata

OFFICES: Final = Table(
    "offices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("institution_id", Uuid, nullable=False, comment="Whose officials work there"),
    Column("county", String(2), nullable=False),
    Column("serves", ARRAY(String(2)), nullable=False, comment="Counties, its own among them"),
    Column("names", JSONB, nullable=False),
    Column("address", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", Integer, nullable=False),
    CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="place"),
    Index(None, "institution_id"),
    Index("ix_offices_serves", "serves", postgresql_using="gin"),
)

POOLS: Final = Table(
    "pools",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("office_id", Uuid, ForeignKey("offices.id"), nullable=False, index=True),
    Column("code", String(32), nullable=False),
    Column("names", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Index("uq_pools_code", "office_id", "code", unique=True),
    comment="The counters of an office that serve the same things: a place at any of them is the same",
)

POOL_TYPES: Final = Table(
    "pool_types",
    metadata,
    Column("office_id", Uuid, ForeignKey("offices.id"), nullable=False),
    Column("type", String(32), nullable=False),
    Column("pool_id", Uuid, ForeignKey("pools.id"), nullable=False, index=True),
    PrimaryKeyConstraint("office_id", "type"),
    comment="What is served where: one thing by one pool of an office",
)

SCHEDULES: Final = Table(
    "schedules",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pool_id", Uuid, ForeignKey("pools.id"), nullable=False),
    Column("weekday", SmallInteger, nullable=False, comment="ISO 8601: 1 is Monday"),
    Column("opens", Time, nullable=False, comment="Local time, Europe/Bucharest"),
    Column("closes", Time, nullable=False),
    Column("slot_minutes", SmallInteger, nullable=False),
    Column("counters", SmallInteger, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
    CheckConstraint("opens < closes", name="hours"),
    CheckConstraint("slot_minutes > 0 AND counters > 0", name="size"),
    Index(None, "pool_id", "valid_from"),
)

EXCEPTIONS: Final = Table(
    "exceptions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pool_id", Uuid, ForeignKey("pools.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("opens", Time, comment="None: closed on that day"),
    Column("closes", Time),
    Column("slot_minutes", SmallInteger),
    Column("counters", SmallInteger),
    Column("reason", Text, nullable=False),
    CheckConstraint("num_nulls(opens, closes, slot_minutes, counters) IN (0, 4)", name="hours"),
    Index("uq_exceptions_day", "pool_id", "day", "opens", unique=True, postgresql_nulls_not_distinct=True),
)

BRIDGE_DAYS: Final = Table(
    "bridge_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("legal_basis", Text, nullable=False, comment="The government's decision"),
    Column("declared_by", Uuid, nullable=False),
    Column("declared_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True), comment="When it was taken back"),
    Column("version", Integer, nullable=False, server_default=text("1")),
    comment="Days without work that the government grants, besides the legal holidays",
)

CLOSURES: Final = Table(
    "closures",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("office_id", Uuid, ForeignKey("offices.id"), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("note", Text, comment="For people: what happened"),
    Column("closed_by", Uuid, nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    Column("reopened_at", DateTime(timezone=True)),
    CheckConstraint("starts_at < ends_at", name="period"),
    Index(None, "office_id", "starts_at"),
)

CHANGES: Final = Table(
    "changes",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("office_id", Uuid, ForeignKey("offices.id"), nullable=False),
    Column("pool_id", Uuid),
    Column("kind", String(32), nullable=False),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("person_id", Uuid, comment="The official; none where the hub itself did it"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("is_moving", Boolean, nullable=False, comment="Whether people who had booked were moved by it"),
    Index(None, "office_id", "seq"),
    comment="Who changed what: nothing is ever changed here",
)
