"""Places and the offices in them."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from .metadata import institution_key, metadata

PLACES: Final = Table(
    "places",
    metadata,
    Column("siruta", String(6), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("level", Integer, nullable=False, comment="The rank of its kind: what comes first in a list"),
    Column("county", String(2), nullable=False),
    Column("parent", String(6)),
    Column("urban", Boolean, nullable=False),
    Column("seat", Boolean, nullable=False),
    Column("sort_key", Text(collation="C"), nullable=False),
    Column("words", TSVECTOR, nullable=False, comment="Folded words of the name"),
)
Index(None, PLACES.c.level, PLACES.c.sort_key, PLACES.c.siruta)
Index(None, PLACES.c.county, PLACES.c.level, PLACES.c.sort_key, PLACES.c.siruta)
Index(None, PLACES.c.parent, PLACES.c.level, PLACES.c.sort_key, PLACES.c.siruta)
Index(None, PLACES.c.words, postgresql_using="gin")

PLACE_EDITIONS: Final = Table(
    "place_editions",
    metadata,
    Column("sha256", LargeBinary, primary_key=True, comment="Of the file that the places come from"),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
)

OFFICES: Final = Table(
    "offices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    institution_key("institution_id", nullable=False),
    Column("names", JSONB, nullable=False),
    Column("siruta", String(6), ForeignKey("places.siruta"), nullable=False),
    Column("county", String(2), nullable=False),
    Column("topics", ARRAY(String(64)), nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("address", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("hours", JSONB, nullable=False),
    Column("hours_verified", Boolean, nullable=False),
    Column("access", JSONB),
    Column("contacts", JSONB, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("sort_key", Text(collation="C"), nullable=False),
)
Index(None, OFFICES.c.sort_key, OFFICES.c.id)
Index(None, OFFICES.c.county, OFFICES.c.sort_key, OFFICES.c.id)
Index(None, OFFICES.c.institution_id, OFFICES.c.sort_key, OFFICES.c.id)
Index(None, OFFICES.c.topics, postgresql_using="gin")
