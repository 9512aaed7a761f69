"""Which reminders of which appointments are done."""

from typing import Final

from sqlalchemy import Column, DateTime, ForeignKey, PrimaryKeyConstraint, String, Table, Uuid

from .metadata import metadata

REMINDERS: Final = Table(
    "reminders",
    metadata,
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False),
    Column("reminder", String(8), nullable=False, comment="FIRST or SECOND"),
    Column("starts_at", DateTime(timezone=True), nullable=False, comment="Another hour is reminded of again"),
    Column("done_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("appointment_id", "reminder", "starts_at"),
    comment="Reminders that were told, or were not due any more when it was booked",
)
