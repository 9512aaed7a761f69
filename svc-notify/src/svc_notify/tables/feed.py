"""Events that partners may see: as they arrive, and in their order; and what lets applications see them."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata


def _event() -> list[Column[Any]]:
    return [
        Column("id", Uuid, nullable=False, unique=True),
        Column("type", String(128), nullable=False),
        Column("subject", String(128), comment="The aggregate's id; none where that stands for a person"),
        Column("time", DateTime(timezone=True), nullable=False),
        Column("institution_id", Uuid, comment="Whose file it is"),
        Column("person_id", Uuid, comment="Whom it is about"),
        Column(
            "scope", String(64), comment="What an application of the person's needs; none: not for people"
        ),
        Column("is_public", Boolean, nullable=False),
        Column("sandbox_client_id", String(64), comment="The application whose test it is"),
        Column("body", LargeBinary, nullable=False, comment="The CloudEvent that is handed on, JSON"),
    ]


ARRIVALS: Final = Table(
    "feed_arrivals",
    metadata,
    Column("arrived", BigInteger, Identity(always=True), primary_key=True),
    *_event(),
    comment="Events that have no position yet",
)

EVENTS: Final = Table(
    "feed_events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    *_event(),
    Column("placed_at", DateTime(timezone=True), nullable=False, comment="From when on it can be read"),
    Index(None, "institution_id", "position"),
    Index(None, "person_id", "position"),
    comment="Events that partners may see; who sees a position has seen or can see all before it",
)
Index("ix_feed_events_public", EVENTS.c.position, postgresql_where=EVENTS.c.is_public)

ENDS: Final = Table(
    "feed_ends",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False, comment="The highest position that was given"),
    Column("forgotten", BigInteger, nullable=False, comment="The highest position that is no longer kept"),
    CheckConstraint("id = 1", name="one"),
    comment="Where the feed ends; whoever gives positions holds the row",
)

CONSENTS: Final = Table(
    "consents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client_id", String(64), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("scopes", JSONB, nullable=False, comment="Scope to the moment from which on it was agreed to"),
    Column("version", Integer, nullable=False, comment="0 of one whose withdrawal was heard first"),
    Column("withdrawn_at", DateTime(timezone=True)),
    Index(None, "person_id", "client_id"),
    comment="Own copy of which applications people let follow what happens with them, fed by events",
)
