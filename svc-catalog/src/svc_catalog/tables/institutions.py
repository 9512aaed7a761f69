"""Institutions."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import institution_key, metadata, search_columns

INSTITUTIONS: Final = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(32), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    institution_key("parent_id"),
    institution_key("successor_id"),
    Column("counties", ARRAY(String(2)), nullable=False),
    Column("topics", ARRAY(String(64)), nullable=False),
    Column("accepts_petitions", Boolean, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("names", JSONB, nullable=False),
    Column("attributions", JSONB, nullable=False),
    Column("aliases", JSONB, nullable=False),
    Column("contacts", JSONB, nullable=False),
    Column("addressee", Text, comment="How a letter to one outside the ministry is addressed"),
    Column(
        "told",
        Integer,
        nullable=False,
        server_default="1",
        comment="By which edition its version was told, as domain.institutions",
    ),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    *search_columns(),
)
Index(None, INSTITUTIONS.c.sort_key, INSTITUTIONS.c.id)
Index(None, INSTITUTIONS.c.words, postgresql_using="gin")
Index(None, INSTITUTIONS.c.counties, postgresql_using="gin")
Index(None, INSTITUTIONS.c.topics, postgresql_using="gin")
Index(None, INSTITUTIONS.c.parent_id)

INSTITUTION_VERSIONS: Final = Table(
    "institution_versions",
    metadata,
    institution_key("institution_id", nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole institution, as domain.institutions"),
    Column("reason", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Uuid, comment="The official; none for reference data of a release"),
    PrimaryKeyConstraint("institution_id", "version"),
)
"""The history of the directory."""
