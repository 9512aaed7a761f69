"""What is filed to test applications lies apart: from these tables, and from no other, it is deleted."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from .metadata import metadata
from .petitions import columns

SANDBOX_REGISTERS = Table(
    "sandbox_registers",
    metadata,
    Column("client_id", String(64), nullable=False),
    Column("institution_id", Uuid, ForeignKey("institutions.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last_number", Integer, nullable=False),
    PrimaryKeyConstraint("client_id", "institution_id", "year"),
    CheckConstraint("last_number > 0", name="number"),
    comment="The last number given in an application's own register, which is no institution's",
)


SANDBOX_PETITIONS = Table(
    "sandbox_petitions",
    metadata,
    Column("client_id", String(64), nullable=False),
    *columns(accounts_only=True),
    ForeignKeyConstraint(
        ["client_id", "institution_id", "year"],
        [
            "sandbox_registers.client_id",
            "sandbox_registers.institution_id",
            "sandbox_registers.year",
        ],
    ),
    UniqueConstraint("client_id", "institution_id", "year", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("(person_id = acting_person_id) = (mandate_id IS NULL)", name="mandate"),
    Index(None, "person_id", "id"),
    Index(None, "acting_person_id"),
    comment="Petitions filed to test applications; no institution has them",
)


SANDBOX_PEOPLE = Table(
    "sandbox_people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("is_known", Boolean, nullable=False, comment="svc-identity has told that they are invented"),
    Column("is_removed", Boolean, nullable=False, comment="svc-identity has told that they are no more"),
    comment="Who is invented: only what such people have filed is ever deleted",
)
