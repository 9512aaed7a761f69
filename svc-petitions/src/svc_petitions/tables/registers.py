"""The registers that everything is numbered in, and their lines."""

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
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from .metadata import metadata

REGISTERS = Table(
    "registers",
    metadata,
    Column("institution_id", Uuid, ForeignKey("institutions.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last_number", Integer, nullable=False),
    Column("last_sha256", LargeBinary, nullable=False, comment="The link of the last line"),
    PrimaryKeyConstraint("institution_id", "year"),
    CheckConstraint("last_number > 0", name="number"),
    comment="The last number given in each institution's register of a year",
)

REGISTER_ENTRIES = Table(
    "register_entries",
    metadata,
    Column("institution_id", Uuid, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("direction", String(8), nullable=False, comment="IN, OUT or INTERNAL"),
    Column("petition_id", Uuid, nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("entered_by", Uuid, comment="The official; none of what came in by itself"),
    Column("subject_sha256", LargeBinary, nullable=False, comment="SHA-256 of salt and subject"),
    Column("correspondent_sha256", LargeBinary, nullable=False, comment="SHA-256 of salt and correspondent"),
    Column("strikes_year", Integer, comment="The register of the line that this one strikes"),
    Column("strikes", Integer, comment="The number of the line that this one strikes"),
    Column("reason", String(32), comment="Why it strikes it"),
    Column("entry_sha256", LargeBinary, nullable=False, comment="SHA-256 of the link before and this line"),
    Column("salt", LargeBinary, comment="Stands outside of the chain; goes when personal data are erased"),
    PrimaryKeyConstraint("institution_id", "year", "number"),
    ForeignKeyConstraint(["institution_id", "year"], ["registers.institution_id", "registers.year"]),
    # A line is struck once, and its number is never given again.
    UniqueConstraint("institution_id", "strikes_year", "strikes"),
    CheckConstraint("num_nulls(strikes_year, strikes, reason) IN (0, 3)", name="strike"),
    Index(None, "petition_id"),
    comment="The lines of the registers; a line is added, and never changed or taken out",
)
