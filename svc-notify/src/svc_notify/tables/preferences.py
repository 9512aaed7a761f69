"""What people want to be told how, and addresses that take nothing."""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

PREFERENCES: Final = Table(
    "preferences",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("channels", JSONB, nullable=False, comment="Group to the channels chosen for it"),
    Column("opt_ins", JSONB, nullable=False, comment="What was asked for, when, by which words, until when"),
    Column("unsubscribed", JSONB, nullable=False, comment="Groups, some of one institution only, since when"),
    Column("sms_diacritics", Boolean, nullable=False),
    Column("quiet_from", SmallInteger, comment="Minute of the day; everybody's where it is null"),
    Column("quiet_until", SmallInteger),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("num_nonnulls(quiet_from, quiet_until) <> 1", name="quiet"),
    comment="One row for each person who has chosen anything",
)
Index(
    "ix_preferences_unsubscribed",
    PREFERENCES.c.unsubscribed,
    postgresql_using="gin",
    postgresql_ops={"unsubscribed": "jsonb_path_ops"},
)

SUPPRESSIONS: Final = Table(
    "suppressions",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="Keyed hash of channel and address"),
    Column("channel", String(16), nullable=False),
    Column("person_id", Uuid, comment="Whose address it is, where it is an account's"),
    Column("reason", String(32), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("lifted_at", DateTime(timezone=True), comment="When its owner last had it tried again"),
    comment="Addresses that sent messages back; none of them stands here",
)
Index(
    "ix_suppressions_person",
    SUPPRESSIONS.c.person_id,
    postgresql_where=SUPPRESSIONS.c.person_id.is_not(None),
)
Index("ix_suppressions_expires", SUPPRESSIONS.c.expires_at)
