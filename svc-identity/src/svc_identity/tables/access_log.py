"""Who looked at whose data: what services told, the chain it becomes, and the roots of its days."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata


def _facts() -> tuple[Column[Any], ...]:
    return (
        Column("id", Uuid, nullable=False, unique=True),
        Column("service", String(64), nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("actor_id", String(200), nullable=False),
        Column("actor_kind", String(16), nullable=False),
        Column("roles", ARRAY(String(32)), nullable=False),
        Column("institution_id", Uuid),
        Column("on_behalf_of", Uuid),
        Column("mandate_id", Uuid),
        Column("client_id", String(200), nullable=False),
        Column("action", String(16), nullable=False),
        Column("resource_type", String(64), nullable=False),
        Column("resource_id", String(100), nullable=False),
        Column("subject_person_id", Uuid, nullable=False),
        Column("purpose", String(32)),
        Column("file", String(64)),
        Column("legal_basis", String(200), nullable=False),
        Column("channel", String(16), nullable=False),
        Column("result", String(16), nullable=False),
        Column("request_id", String(128)),
        Column("withheld_until", Date),
    )


ARRIVALS = Table(
    "access_arrivals",
    metadata,
    Column("place", BigInteger, Identity(always=True), primary_key=True),
    *_facts(),
    comment="Access lines that were told and wait for their place in the chain",
)

# The application may only read and add: the migration takes the other rights away.
LINES = Table(
    "access_lines",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    *_facts(),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_access_lines_subject_person_id_seq", "subject_person_id", "seq"),
    Index("ix_access_lines_recorded_on_seq", "recorded_on", "seq"),
    comment="The access log: append-only, each line with the hash of the one before",
)

ROOTS = Table(
    "access_roots",
    metadata,
    Column("day", Date, primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("chain_hash", LargeBinary, nullable=False),
    Column("merkle_root", LargeBinary, nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    Column("statement", Text, nullable=False),
    comment="What is published of each day of the access log; append-only, kept for ever",
)

FORMER_IDS = Table(
    "former_ids",
    metadata,
    Column("formerly", Uuid, primary_key=True),
    Column(
        "person_id",
        Uuid,
        ForeignKey("people.id", name="fk_former_ids_people", ondelete="CASCADE", onupdate="CASCADE"),
        nullable=False,
        index=True,
    ),
    comment="Ids under which people were recorded before: lines of the log still name them",
)
