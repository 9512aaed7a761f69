"""Petitions."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from .metadata import metadata


def columns() -> tuple[Column[Any], ...]:
    """What every petition has, in earnest or to test an application."""
    return (
        Column("id", Uuid, primary_key=True),
        Column("person_id", Uuid, nullable=False, comment="In whose name: a person or an organisation"),
        Column("acting_person_id", Uuid, nullable=False, comment="Who filed it"),
        Column("mandate_id", Uuid),
        Column("institution_id", Uuid, nullable=False),
        Column("year", Integer, nullable=False),
        Column("number", Integer, nullable=False),
        Column("registered_at", DateTime(timezone=True), nullable=False),
        Column("registered_on", Date, nullable=False),
        Column("answer_due_on", Date, nullable=False),
        Column("answer_rule_id", String(64), nullable=False),
        Column("answer_legal_basis", String(200), nullable=False),
        Column("kind", String(32), nullable=False),
        Column("subject", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("language", String(2), nullable=False),
        Column("content_sha256", LargeBinary, nullable=False),
        Column("state", String(32), nullable=False),
        Column("version", Integer, nullable=False),
    )


# The foreign key goes to the register, whose row the filing transaction has locked anyway: one to
# the institution would make every petition of the hub share-lock the same few rows.
PETITIONS = Table(
    "petitions",
    metadata,
    *columns(),
    ForeignKeyConstraint(["institution_id", "year"], ["registers.institution_id", "registers.year"]),
    UniqueConstraint("institution_id", "year", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("(person_id = acting_person_id) = (mandate_id IS NULL)", name="mandate"),
    # A person's list, newest first: a UUIDv7 sorts by the time of its making.
    Index(None, "person_id", "id"),
    Index(None, "person_id", "institution_id", "id"),
    Index(None, "person_id", "kind", "id"),
)
