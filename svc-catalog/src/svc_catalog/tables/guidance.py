"""Questions with answers, what people think of them, and preventive advice."""

from typing import Final

from sqlalchemy import Column, DateTime, Index, Integer, SmallInteger, String, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import institution_key, metadata, search_columns

FAQS: Final = Table(
    "faqs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("category", String(32), nullable=False),
    Column("services", ARRAY(String(64)), nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole question, as domain.guidance.Faq"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    *search_columns(),
)
Index(None, FAQS.c.sort_key, FAQS.c.id)
Index(None, FAQS.c.category, FAQS.c.sort_key, FAQS.c.id)
Index(None, FAQS.c.services, postgresql_using="gin")
Index(None, FAQS.c.words, postgresql_using="gin")

FAQ_VOTES: Final = Table(
    "faq_votes",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("helpful", Integer, nullable=False, comment="How often; who voted is nowhere"),
)

ADVICE: Final = Table(
    "advice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("topic", String(32), nullable=False),
    Column("months", ARRAY(SmallInteger), nullable=False, comment="Of its season; empty: the whole year"),
    institution_key("source_id", nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole advice, as domain.guidance.Advice"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
