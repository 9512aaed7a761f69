"""The waiting list: who waits for what, and which places they were offered or told of."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
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

WAITING: Final = Table(
    "waiting_entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, comment="The order of joining"),
    Column("kind", String(8), nullable=False, comment="PLACE, or ALERT of who has an appointment"),
    Column("code_key", LargeBinary, nullable=False, unique=True, comment="Keyed hash of the code"),
    Column("code", LargeBinary, nullable=False, comment="Encrypted"),
    Column("type", String(32), nullable=False),
    Column("topic", String(64), nullable=False, comment="What competes for the same places"),
    Column("county", String(2), nullable=False),
    Column("office_id", Uuid, ForeignKey("offices.id"), comment="None: any office that serves the county"),
    Column("size", SmallInteger, nullable=False, comment="Persons"),
    Column("days_from", Date, nullable=False),
    Column("days_to", Date, nullable=False),
    Column("state", String(8), nullable=False),
    Column("end_reason", String(16)),
    Column("person_id", Uuid, comment="Whose account it is; none for who waits without one"),
    Column("contact", LargeBinary, comment="Encrypted: where to write to who has no account"),
    Column("language", String(2), nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("has_priority", Boolean, nullable=False, server_default=text("false")),
    Column(
        "appointment_id", Uuid, comment="What an office took away, or what an earlier place is to replace"
    ),
    Column("opening_id", Uuid, comment="The draw it takes part in"),
    Column("rank", Integer, comment="Its place in that draw"),
    Column("offered_id", Uuid, comment="The appointment that is the present offer"),
    Column("offered_slot_id", BigInteger),
    Column("offered_until", DateTime(timezone=True)),
    Column("unanswered", SmallInteger, nullable=False, server_default=text("0")),
    Column("version", Integer, nullable=False),
    CheckConstraint("size > 0 AND days_from <= days_to", name="size"),
    CheckConstraint("(state = 'OFFERED') = (offered_until IS NOT NULL)", name="offer"),
    CheckConstraint("kind = 'PLACE' OR appointment_id IS NOT NULL", name="kind"),
    Index("ix_waiting_entries_waiting", "county", "topic", "seq", postgresql_where=text("state = 'WAITING'")),
    Index("ix_waiting_entries_offered", "offered_until", postgresql_where=text("state = 'OFFERED'")),
    Index("ix_waiting_entries_of_person", "person_id", "id", postgresql_where=text("person_id IS NOT NULL")),
    Index("ix_waiting_entries_to_forget", "ended_at", postgresql_where=text("contact IS NOT NULL")),
    Index(
        "ix_waiting_entries_of_opening", "opening_id", "rank", postgresql_where=text("opening_id IS NOT NULL")
    ),
)

WAITING_PERSONS: Final = Table(
    "waiting_persons",
    metadata,
    Column("entry_id", Uuid, ForeignKey("waiting_entries.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("family", String(32), nullable=False, comment="Types that exclude one another"),
    Column("opening_id", Uuid, comment="The draw it takes part in"),
    Column("person_key", LargeBinary, nullable=False, comment="Keyed hash of the CNP"),
    Column("tail_key", LargeBinary, nullable=False, comment="Keyed hash of its last four digits"),
    Column("sealed", LargeBinary, nullable=False, comment="Encrypted: names and CNP"),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("entry_id", "number"),
    # One active entry per CNP and family of types, and one in each draw.
    Index(
        "uq_waiting_persons_active",
        "person_key",
        "family",
        "opening_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=text("is_active"),
    ),
)

WAITING_OFFERS: Final = Table(
    "waiting_offers",
    metadata,
    Column("entry_id", Uuid, ForeignKey("waiting_entries.id"), nullable=False),
    Column("slot_id", BigInteger, ForeignKey("slots.id"), nullable=False, index=True),
    Column("kind", String(8), nullable=False, comment="OFFERED, KEPT or TOLD"),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("entry_id", "slot_id"),
    comment="Nobody is offered or told of the same interval twice; nothing is ever changed here",
)
