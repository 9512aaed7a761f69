"""Counselling by telephone and face to face: that it took place, never what was said or with whom."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Uuid,
)

from .metadata import metadata

COUNSELLING_CONTACTS: Final = Table(
    "counselling_contacts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("institution_id", Uuid, ForeignKey("institutions.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("on_day", Date, nullable=False, comment="The legal date of it"),
    Column("channel", String(16), nullable=False, comment="PHONE or FACE_TO_FACE"),
    Column("topic", String(32), nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("petition_id", Uuid, ForeignKey("petitions.id"), comment="What it was about, if it is registered"),
    Column("recorded_by", Uuid, nullable=False),
    CheckConstraint("channel IN ('PHONE', 'FACE_TO_FACE')", name="channel"),
    CheckConstraint("minutes > 0", name="minutes"),
    Index("ix_counselling_contacts_institution", "institution_id", "on_day", "topic", "channel"),
    Index("ix_counselling_contacts_day", "on_day"),
    comment="Contacts without names, numbers or words; only added to",
)
