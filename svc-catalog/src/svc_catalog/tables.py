"""The schema `catalog`. `sort_key`, `labels` and `words` are derived: what lists and searches read."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from hub_events import outbox
from hub_service import idempotency

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
outbox.attach(metadata)
idempotency.attach(metadata)


def _institution_key(name: str, *, nullable: bool = True) -> Column[object]:
    """A reference that is checked at commit, so that a load may come in any order."""
    key = ForeignKey("institutions.id", deferrable=True, initially="DEFERRED")
    return Column(name, Uuid, key, nullable=nullable)


def _search_columns() -> list[Column[object]]:
    return [
        Column("sort_key", Text(collation="C"), nullable=False),
        Column("labels", ARRAY(Text), nullable=False, comment="Codes and whole names, folded"),
        Column("words", TSVECTOR, nullable=False, comment="Folded words; weight A for those of names"),
    ]


INSTITUTIONS: Final = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(32), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    _institution_key("parent_id"),
    _institution_key("successor_id"),
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
    Column("changed_at", DateTime(timezone=True), nullable=False),
    *_search_columns(),
)
Index(None, INSTITUTIONS.c.sort_key, INSTITUTIONS.c.id)
Index(None, INSTITUTIONS.c.words, postgresql_using="gin")
Index(None, INSTITUTIONS.c.counties, postgresql_using="gin")
Index(None, INSTITUTIONS.c.topics, postgresql_using="gin")

SERVICES: Final = Table(
    "services",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    _institution_key("provider_id", nullable=False),
    Column("audiences", ARRAY(String(32)), nullable=False),
    Column("life_events", ARRAY(String(64)), nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole entry, as domain.services.Service"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    *_search_columns(),
)
Index(None, SERVICES.c.sort_key, SERVICES.c.id)
Index(None, SERVICES.c.words, postgresql_using="gin")
Index(None, SERVICES.c.audiences, postgresql_using="gin")
Index(None, SERVICES.c.life_events, postgresql_using="gin")
Index(None, SERVICES.c.provider_id)
