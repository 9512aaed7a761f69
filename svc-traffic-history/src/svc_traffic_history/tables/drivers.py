"""Drivers: whose record it is."""

from typing import Final

from sqlalchemy import Column, Date, DateTime, Index, Integer, LargeBinary, String, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

DRIVERS: Final = Table(
    "drivers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("driver_key", LargeBinary, nullable=False, unique=True, comment="Keyed hash of the CNP"),
    Column("person_id", Uuid, unique=True, comment="The person in the hub; none before they ask"),
    Column("holder", LargeBinary, nullable=False, comment="Encrypted: CNP and names"),
    Column("licence", LargeBinary, comment="Encrypted: number of the licence; none without a Romanian one"),
    Column("categories", ARRAY(String(4)), nullable=False),
    Column("held_since", Date, comment="Since when the first licence has been held"),
    Column("licence_valid_to", Date),
    Column("asked_at", DateTime(timezone=True), comment="When the police register was last asked"),
    Column("version", Integer, nullable=False),
    Column(
        "ask_after",
        DateTime(timezone=True),
        comment="The clock does not ask the register before; none when it has not asked yet",
    ),
    Index("ix_drivers_to_ask", "asked_at", postgresql_where=text("person_id IS NOT NULL")),
)
