"""Published services: the version that people see."""

from typing import Final

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, String, Table, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import institution_key, metadata, search_columns

SERVICES: Final = Table(
    "services",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    institution_key("provider_id", nullable=False),
    Column("audiences", ARRAY(String(32)), nullable=False),
    Column("life_events", ARRAY(String(64)), nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole entry, as domain.services.Service"),
    Column("card", JSONB, nullable=False, comment="What lists show of it"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True), comment="When its provider last said that it is right"),
    Column("stale", Boolean, server_default=text("false"), nullable=False),
    *search_columns(),
)
Index(None, SERVICES.c.sort_key, SERVICES.c.id)
Index(None, SERVICES.c.words, postgresql_using="gin")
Index(None, SERVICES.c.name_words, postgresql_using="gin")
Index(None, SERVICES.c.audiences, postgresql_using="gin")
Index(None, SERVICES.c.life_events, postgresql_using="gin")
Index(None, SERVICES.c.provider_id)
