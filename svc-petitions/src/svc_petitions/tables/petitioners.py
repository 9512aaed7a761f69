"""In whose name a petition is: one line for each who signed it."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Uuid,
    text,
)

from .metadata import metadata

PETITIONERS: Final = Table(
    "petitioners",
    metadata,
    Column("petition_id", Uuid, ForeignKey("petitions.id"), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("person_id", Uuid, comment="Who has an account"),
    Column("sealed", LargeBinary, comment="Encrypted: names, organisation, address, e-mail, telephone"),
    Column("same_key", LargeBinary, comment="Keyed hash by which the same one is known again"),
    Column("signed_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("petition_id", "ordinal"),
    CheckConstraint("ordinal > 0", name="ordinal"),
    CheckConstraint("person_id IS NOT NULL OR sealed IS NOT NULL", name="known"),
    Index(
        "uq_petitioners_person",
        "person_id",
        "petition_id",
        unique=True,
        postgresql_where=text("person_id IS NOT NULL"),
    ),
    Index(
        "ix_petitioners_same",
        "same_key",
        "petition_id",
        postgresql_where=text("same_key IS NOT NULL"),
    ),
    # Those that somebody signed too, newest first.
    Index("ix_petitioners_signed_too", "person_id", "petition_id", postgresql_where=text("ordinal > 1")),
    comment="Who signed a petition; an anonymous one has none",
)
