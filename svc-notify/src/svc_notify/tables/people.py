"""Own copies of who is who: institutions' names, officials, people who are invented."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

INSTITUTIONS: Final = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("names", JSONB, nullable=False, comment="Language to name"),
    Column("version", Integer, nullable=False),
    comment="Own copy of the catalog's names, fed by events",
)

SANDBOX_PEOPLE: Final = Table(
    "sandbox_people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("created_at", DateTime(timezone=True), comment="When they were invented, once that was told"),
    Column("is_removed", Boolean, nullable=False, comment="It was told that they are no more"),
    Column("client_id", String(64), comment="The application that they were invented for"),
    comment="Who is invented: only messages to such people are ever deleted",
)

OFFICIALS: Final = Table(
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
