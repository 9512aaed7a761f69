"""Licences that were taken away, and given back."""

from typing import Final

from sqlalchemy import Column, Date, DateTime, ForeignKey, PrimaryKeyConstraint, String, Table, Uuid

from .metadata import metadata

LICENCE_STEPS: Final = Table(
    "licence_steps",
    metadata,
    Column("driver_id", Uuid, ForeignKey("drivers.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("step", String(12), nullable=False),
    Column("fact_on", Date, nullable=False, comment="Its day, Europe/Bucharest"),
    Column("recorded_by", Uuid, comment="The officer; none for what the register told"),
    Column("institution_id", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("driver_id", "id"),
    comment="Licences taken away and given back: nothing is ever changed here",
)
