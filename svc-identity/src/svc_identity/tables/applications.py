"""Client applications in the hands of their owners: reviews, and how they are used."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Index, String, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

CLIENT_REVIEWS = Table(
    "client_reviews",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("metadata", JSONB, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("requested_by", Uuid, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    Index(
        "uq_client_reviews_client_id", "client_id", unique=True, postgresql_where=text("state = 'REQUESTED'")
    ),
    Index("ix_client_reviews_client_id_id", "client_id", "id"),
    Index("ix_client_reviews_requested", "id", postgresql_where=text("state = 'REQUESTED'")),
    comment="Requests that a client may serve everybody, and how they were decided",
)

CLIENT_USAGE = Table(
    "client_usage",
    metadata,
    Column("client_id", String(64), primary_key=True),
    Column("hour", DateTime(timezone=True), primary_key=True),
    Column("status_class", String(3), primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Index("ix_client_usage_hour", "hour"),
    comment="Requests of clients by hour and class of answer, as the gateways counted them",
)

USAGE_REPORTS = Table(
    "usage_reports",
    metadata,
    Column("replica", Uuid, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, index=True),
    comment="The newest tally that each gateway has handed over: one that comes again changes nothing",
)
