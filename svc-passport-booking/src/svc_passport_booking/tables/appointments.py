"""Appointments: who comes when for what, and each step of it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
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

APPOINTMENTS: Final = Table(
    "appointments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code_key", LargeBinary, nullable=False, unique=True, comment="Keyed hash of the code"),
    Column("code", LargeBinary, nullable=False, comment="Encrypted"),
    Column("office_id", Uuid, nullable=False),
    Column("pool_id", Uuid, nullable=False),
    Column("type", String(32), nullable=False),
    Column("state", String(24), nullable=False),
    Column("channel", String(16), nullable=False, comment="ONLINE, COUNTER (walked in), OFFER or OFFICE"),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("size", SmallInteger, nullable=False, comment="Persons"),
    Column("person_id", Uuid, comment="Whose account it is; none for who booked without one"),
    Column("contact", LargeBinary, comment="Encrypted: where to write to who has no account"),
    Column("situation", LargeBinary, comment="Encrypted: what the list of documents depends on"),
    Column("language", String(2), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("held_until", DateTime(timezone=True), comment="While it is only held"),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_reason", String(32)),
    Column("replaces_id", Uuid, comment="The appointment that an office took away, or that was moved"),
    Column("has_priority", Boolean, nullable=False, server_default=text("false")),
    Column("arrived_at", DateTime(timezone=True), comment="When its people checked in"),
    Column("called_at", DateTime(timezone=True)),
    Column("desk", String(32), comment="The counter that called it"),
    Column("version", Integer, nullable=False),
    Column("forgotten_at", DateTime(timezone=True), comment="When who came without an account was forgotten"),
    CheckConstraint("size > 0 AND starts_at < ends_at", name="size"),
    CheckConstraint("(state = 'HELD') <= (held_until IS NOT NULL)", name="hold"),
    Index("ix_appointments_of_person", "person_id", "id", postgresql_where=text("person_id IS NOT NULL")),
    Index("ix_appointments_of_day", "office_id", "starts_at", "id"),
    Index("ix_appointments_held", "held_until", postgresql_where=text("state = 'HELD'")),
    Index("ix_appointments_waiting", "office_id", postgresql_where=text("state = 'CHECKED_IN'")),
    Index("ix_appointments_to_come", "starts_at", postgresql_where=text("state = 'CONFIRMED'")),
    Index(
        "ix_appointments_to_forget",
        "ended_at",
        postgresql_where=text("person_id IS NULL AND forgotten_at IS NULL AND state <> 'SERVED'"),
    ),
    postgresql_with={"fillfactor": 80},
)

PLACES: Final = Table(
    "places",
    metadata,
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False),
    Column("slot_id", BigInteger, ForeignKey("slots.id"), nullable=False, index=True),
    Column("places", SmallInteger, nullable=False),
    PrimaryKeyConstraint("appointment_id", "slot_id"),
    CheckConstraint("places > 0", name="places"),
    comment="What an appointment takes up; gone when it is given back",
)

PERSONS: Final = Table(
    "persons",
    metadata,
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("family", String(32), nullable=False, comment="Types that exclude one another"),
    Column("person_key", LargeBinary, nullable=False, comment="Keyed hash of the CNP"),
    Column("tail_key", LargeBinary, nullable=False, comment="Keyed hash of its last four digits"),
    Column("sealed", LargeBinary, nullable=False, comment="Encrypted: names and CNP"),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("state", String(24), nullable=False, server_default=text("'EXPECTED'")),
    Column("reason", String(32)),
    PrimaryKeyConstraint("appointment_id", "number"),
    # One active appointment per CNP and family of types.
    Index(
        "uq_persons_active",
        "person_key",
        "family",
        unique=True,
        postgresql_where=text("is_active"),
    ),
    Index("ix_persons_key", "person_key", "appointment_id"),
)

STEPS: Final = Table(
    "steps",
    metadata,
    Column("appointment_id", Uuid, ForeignKey("appointments.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(24), nullable=False, comment="The state it came to"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_kind", String(16), nullable=False, comment="PERSON, GUEST, OFFICIAL or SYSTEM"),
    Column("actor_id", Uuid),
    Column("reason", String(32)),
    PrimaryKeyConstraint("appointment_id", "version"),
    comment="The audit trail of appointments: nothing is ever changed here",
)
