"""Applications: what was handed in at a counter, and how far it has come."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)

from .metadata import metadata

APPLICATIONS: Final = Table(
    "applications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "number", String(32), nullable=False, unique=True, comment="That of the office, written in one way"
    ),
    Column("office_id", Uuid, nullable=False),
    Column("type", String(32), nullable=False),
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False),
    Column("person_number", SmallInteger, nullable=False, comment="Which person of the appointment"),
    Column("person_id", Uuid, comment="Whose account the appointment was; none for who had none"),
    Column("state", String(16), nullable=False),
    Column("applied_on", Date, nullable=False),
    Column("search_key", LargeBinary, nullable=False, comment="Keyed hash: end of the CNP and applied_on"),
    Column("phone", LargeBinary, comment="Encrypted: where to tell that it can be fetched, while wanted"),
    Column("phone_since", DateTime(timezone=True), comment="When that was asked for"),
    Column("language", String(2), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("(phone IS NULL) = (phone_since IS NULL)", name="phone"),
    Index("uq_applications_person", "appointment_id", "person_number", unique=True),
    Index("ix_applications_search", "search_key"),
    Index("ix_applications_of_office", "office_id", "state", "id"),
    Index("ix_applications_of_person", "person_id", "id", postgresql_where=text("person_id IS NOT NULL")),
)

APPLICATION_STEPS: Final = Table(
    "application_steps",
    metadata,
    Column("application_id", Uuid, ForeignKey("applications.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False, comment="The state it came to"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_kind", String(16), nullable=False, comment="OFFICIAL, or SYSTEM for the production"),
    Column("actor_id", Uuid),
    PrimaryKeyConstraint("application_id", "version"),
    comment="The audit trail of applications: nothing is ever changed here",
)
