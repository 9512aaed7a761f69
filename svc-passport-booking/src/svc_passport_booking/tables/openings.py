"""Openings: when new days can be booked, announced beforehand to everybody."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Uuid,
)

from .metadata import metadata

OPENINGS: Final = Table(
    "openings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("office_id", Uuid, ForeignKey("offices.id"), nullable=False),
    Column("pool_id", Uuid, ForeignKey("pools.id"), nullable=False),
    Column("kind", String(16), nullable=False, comment="RANDOM_MINUTE or DRAW"),
    Column("state", String(16), nullable=False),
    Column("days_from", Date, nullable=False),
    Column("days_to", Date, nullable=False),
    Column("window_from", DateTime(timezone=True), nullable=False, comment="What was announced"),
    Column("window_to", DateTime(timezone=True), nullable=False),
    Column("opens_at", DateTime(timezone=True), nullable=False, comment="Secret until it has come"),
    Column("seed", LargeBinary, nullable=False, comment="Encrypted: minute and order come of it"),
    Column("commitment", LargeBinary, nullable=False, comment="SHA-256 of the seed: public from the start"),
    Column("announced_at", DateTime(timezone=True), nullable=False),
    Column("announced_by", Uuid, nullable=False),
    Column("opened_at", DateTime(timezone=True)),
    CheckConstraint("days_from <= days_to", name="days"),
    CheckConstraint("window_from < window_to", name="window"),
    CheckConstraint("opens_at BETWEEN window_from AND window_to", name="opens"),
    Index(None, "pool_id", "days_from"),
    Index(None, "office_id", "window_from"),
    Index("ix_openings_to_come", "opens_at"),
)
