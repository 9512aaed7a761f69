"""The ledger: contravention reports and entries. The application adds rows here, and changes none.

Entries of a driver are read together: their primary key begins with the driver.
"""

from typing import Final

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from .metadata import metadata

PROCES_VERBALE: Final = Table(
    "proces_verbale",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("driver_id", Uuid, ForeignKey("drivers.id"), nullable=False),
    Column("series", String(8), nullable=False),
    Column("number", String(16), nullable=False),
    Column("institution_id", Uuid, comment="Who found the offences; none for what the register told"),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("county", String(2), nullable=False),
    Column("place", String(200), nullable=False),
    Column("recorded_by", Uuid, comment="The officer; none for what the register told"),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("series", "number"),
    comment="Contravention reports: nothing is ever changed here",
)

ENTRIES: Final = Table(
    "entries",
    metadata,
    Column("driver_id", Uuid, ForeignKey("drivers.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("fact_on", Date, nullable=False, comment="The legal date of the fact, Europe/Bucharest"),
    Column("proces_verbal_id", Uuid, ForeignKey("proces_verbale.id")),
    Column("offence", String(64)),
    Column("article", String(120), comment="What was applied, as the rule of the day cited it"),
    Column("committed_on", Date),
    Column("points", SmallInteger, nullable=False),
    Column("fine", Numeric(12, 2)),
    Column("half", Numeric(12, 2), comment="What settles the fine within the term"),
    Column("amount", Numeric(12, 2), comment="What was paid"),
    Column("outcome", String(20)),
    Column("reverses", Uuid, comment="The entry of the same driver that a counter-entry takes back"),
    Column("reason", String(32), comment="The code of the reason of a counter-entry"),
    Column("recorded_by", Uuid, comment="The officer; none for the register and for the clock"),
    Column("institution_id", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("driver_id", "id"),
    ForeignKeyConstraint(["driver_id", "reverses"], ["entries.driver_id", "entries.id"]),
    Index(
        "uq_entries_reversed_once",
        "driver_id",
        "reverses",
        unique=True,
        postgresql_where=text("reverses IS NOT NULL"),
    ),
    comment="The ledger: nothing is ever changed here, what was wrong has a counter-entry",
)
