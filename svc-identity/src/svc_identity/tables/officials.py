"""Institutions as the catalog tells them, and who acts for them as an official."""

from sqlalchemy import Column, Date, DateTime, Index, Integer, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

INSTITUTIONS = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False),
    Column("names", JSONB, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", Integer, nullable=False),
    comment="Our copy of the catalog's institutions",
)

# Nothing is deleted: who could act when must be answered for years.
APPOINTMENTS = Table(
    "appointments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("institution_id", Uuid, nullable=False),
    Column("role", String(32), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("act_number", String(64), nullable=False),
    Column("act_date", Date, nullable=False),
    Column("granted_by", Uuid, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("approved_by", Uuid),
    Column("approved_at", DateTime(timezone=True)),
    Column("ended_by", Uuid),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_reason", Text),
    Index("ix_appointments_person_id_institution_id", "person_id", "institution_id"),
    Index("ix_appointments_institution_id_id", "institution_id", "id"),
    comment="Roles of officials: by which act, from when to when",
)
