"""Audiences: when somebody is received, who asked to be, and what was said."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import metadata

SITTINGS: Final = Table(
    "sittings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("institution_id", Uuid, ForeignKey("institutions.id"), nullable=False),
    Column("function", String(200), nullable=False, comment="Who receives, by function"),
    Column("host_id", Uuid, comment="The official who receives, where known"),
    Column("mode", String(16), nullable=False, comment="IN_PERSON or VIDEO"),
    Column("place", String(300), nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("minutes", SmallInteger, nullable=False, comment="For each who is received"),
    Column("places", SmallInteger, nullable=False),
    Column("topics", ARRAY(String(32)), nullable=False),
    Column("made_by", Uuid, nullable=False),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("cancel_reason", Text),
    CheckConstraint("mode IN ('IN_PERSON', 'VIDEO')", name="mode"),
    CheckConstraint("minutes > 0 AND places > 0", name="size"),
    CheckConstraint("(cancelled_at IS NULL) = (cancel_reason IS NULL)", name="cancelled"),
    Index("ix_sittings_institution", "institution_id", "starts_at", "id"),
    comment="Hours in which a dignitary or officer receives people",
)

AUDIENCE_PLACES: Final = Table(
    "audience_places",
    metadata,
    Column("sitting_id", Uuid, ForeignKey("sittings.id"), nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("sitting_id", "place"),
    comment="The places of a sitting, one after the other",
)

AUDIENCES: Final = Table(
    "audiences",
    metadata,
    Column("petition_id", Uuid, ForeignKey("petitions.id"), primary_key=True),
    Column("institution_id", Uuid, nullable=False, comment="Who has its file"),
    Column("topic", String(32)),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("person_id", Uuid, comment="Who signed first, if they have an account"),
    Column("same_key", LargeBinary, comment="By what who has no account is known again"),
    Column("sitting_id", Uuid),
    Column("place", SmallInteger),
    Column("preparation", Text, comment="For officials alone"),
    Column(
        "follow_up_id",
        Uuid,
        ForeignKey("petitions.id", name="fk_audiences_follow_up"),
        comment="The petition that came of it",
    ),
    Column("reminded_of", DateTime(timezone=True), comment="The hour of which its person was reminded"),
    ForeignKeyConstraint(
        ["sitting_id", "place"],
        ["audience_places.sitting_id", "audience_places.place"],
    ),
    # Nobody shares a place, and nobody has two of one sitting.
    UniqueConstraint("sitting_id", "place", name="uq_audiences_place"),
    UniqueConstraint("sitting_id", "person_id", name="uq_audiences_person"),
    UniqueConstraint("sitting_id", "same_key", name="uq_audiences_same"),
    UniqueConstraint("follow_up_id", name="uq_audiences_follow_up"),
    CheckConstraint("(sitting_id IS NULL) = (place IS NULL)", name="place"),
    CheckConstraint(
        "(sitting_id IS NOT NULL) = (state IN ('SCHEDULED', 'CONFIRMED', 'HELD', 'MISSED'))", name="scheduled"
    ),
    Index("ix_audiences_institution", "institution_id", "state", "petition_id"),
    Index("ix_audiences_person", "person_id", postgresql_where=text("person_id IS NOT NULL")),
    comment="Petitions that ask to be received",
)

AUDIENCE_STEPS: Final = Table(
    "audience_steps",
    metadata,
    Column("petition_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False, comment="That of the audience after it"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("came_from", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Uuid),
    Column("reason", String(64)),
    Column("note", Text, comment="A reason in words"),
    PrimaryKeyConstraint("petition_id", "version"),
    CheckConstraint("(actor_id IS NULL) = (actor_kind = 'SYSTEM')", name="actor"),
    comment="Every step of every audience; only added to",
)

AUDIENCE_MINUTES: Final = Table(
    "audience_minutes",
    metadata,
    Column("petition_id", Uuid, ForeignKey("audiences.petition_id"), primary_key=True),
    Column("present", ARRAY(Text), nullable=False, comment="Who was there, by function"),
    Column("said", Text, nullable=False),
    Column("promises", JSONB, nullable=False, comment="What was promised, each until a day"),
    Column("written_by", Uuid, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    comment="What was said in an audience; never changed",
)
