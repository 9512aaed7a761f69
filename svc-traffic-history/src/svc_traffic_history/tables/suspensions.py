"""Suspensions of the right to drive, and each step of one."""

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
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

SUSPENSIONS: Final = Table(
    "suspensions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("driver_id", Uuid, ForeignKey("drivers.id"), nullable=False),
    Column("proces_verbal_id", Uuid, ForeignKey("proces_verbale.id"), nullable=False),
    Column("grounds", ARRAY(String(16)), nullable=False),
    Column("increased", Boolean, nullable=False),
    Column("days", SmallInteger, nullable=False),
    Column("fact_on", Date, nullable=False, comment="The day of the last finding, or of the offence"),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_by", Uuid),
    Column("notice_by", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("communicated_on", Date),
    Column("hand_in_by", Date),
    Column("handed_in_on", Date),
    Column("begins_on", Date),
    Column("ends_on", Date),
    Column("reduced_by", SmallInteger, nullable=False),
    Column("days_left", SmallInteger, comment="While a court stays it"),
    Column("version", Integer, nullable=False),
    Index(None, "driver_id", "id"),
    Index("ix_suspensions_by_state", "state", "notice_by", "id"),
    Index(
        "ix_suspensions_in_effect",
        "ends_on",
        postgresql_where=text("state IN ('RUNNING', 'REDUCED')"),
    ),
)

SUSPENSION_STEPS: Final = Table(
    "suspension_steps",
    metadata,
    Column("suspension_id", Uuid, ForeignKey("suspensions.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False, comment="The state it came to"),
    Column("fact_on", Date, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Uuid, comment="The officer; none for the register and for the clock"),
    PrimaryKeyConstraint("suspension_id", "version"),
    comment="The trail of suspensions: nothing is ever changed here",
)
