"""When a driver's points are looked at next, and the days on which an expiry was told."""

from typing import Final

from sqlalchemy import Column, Date, DateTime, ForeignKey, Index, PrimaryKeyConstraint, Table, Uuid

from .metadata import metadata

EXPIRY_LOOKS: Final = Table(
    "expiry_looks",
    metadata,
    Column("driver_id", Uuid, ForeignKey("drivers.id"), primary_key=True),
    Column("look_on", Date, comment="Not after the next day on which points expire; none when none can"),
    Index(None, "look_on"),
)

EXPIRIES: Final = Table(
    "expiries",
    metadata,
    Column("driver_id", Uuid, ForeignKey("drivers.id"), nullable=False),
    Column("day", Date, nullable=False, comment="The first day on which some points no longer count"),
    Column("told_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("driver_id", "day"),
    comment="What was told of expired points: nothing is ever changed here",
)
