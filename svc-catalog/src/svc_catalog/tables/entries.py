"""Entries in work: their versions, and what happened to them."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import institution_key, metadata

ENTRIES: Final = Table(
    "entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    institution_key("provider_id", nullable=False),
    Column("revision", Integer, nullable=False),
    Column("last", Integer, nullable=False, comment="Number of the newest version"),
    Column("status", String(16), nullable=False),
    Column("published", Integer, comment="Number of the version that people see"),
    Column("working", Integer, comment="Number of the version that is worked on"),
    Column("progress", String(16), comment="Where that version stands"),
    Column("pilot", Boolean, nullable=False),
    Column("suspension", JSONB(none_as_null=True)),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("confirmed_by", Uuid),
    Column("due_on", Date, comment="The day from which it counts as stale"),
    Column("stale_since", Date),
    Column("remind_on", Date),
    Column("reminders", Integer, nullable=False),
)
Index(None, ENTRIES.c.provider_id, ENTRIES.c.code)
Index(None, ENTRIES.c.status, ENTRIES.c.code)
Index(None, ENTRIES.c.progress, ENTRIES.c.code)
Index(None, ENTRIES.c.remind_on)

ENTRY_VERSIONS: Final = Table(
    "entry_versions",
    metadata,
    Column("entry_id", Uuid, ForeignKey("entries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole version, as domain.services.Service"),
    Column("reason", Text, nullable=False),
    Column("made_by", Uuid, comment="Empty: reference data"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("writers", ARRAY(Uuid), nullable=False, comment="Who may not publish it"),
    Column("base", Integer, comment="The version that it was made from"),
    Column("submitted_by", Uuid),
    Column("submitted_at", DateTime(timezone=True)),
    Column("reviewed_by", Uuid),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("returned_for", Text, nullable=False),
    Column("published_by", Uuid),
    Column("published_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("entry_id", "number"),
)

ENTRY_STEPS: Final = Table(
    "entry_steps",
    metadata,
    Column("entry_id", Uuid, ForeignKey("entries.id"), nullable=False),
    Column("revision", Integer, nullable=False, comment="The entry's after the step"),
    Column("step", String(16), nullable=False),
    Column("number", Integer, comment="The version that it concerns"),
    Column("actor_id", Uuid, comment="Empty: reference data, or the clock"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("entry_id", "revision"),
    comment="The change log: a line for each step, never changed",
)
