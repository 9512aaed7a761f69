"""Extracts for institutions (Law 290/2004 art. 20(7)): the person's consent, and what was given on it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

INSTITUTIONS: Final = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(32), nullable=False),
    Column("names", JSONB, nullable=False),
    Column("county", String(2)),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", BigInteger, nullable=False),
    comment="The few facts of svc-catalog's institutions that are needed here, fed by its events",
)

CONSENTS: Final = Table(
    "consents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("holder_key", LargeBinary, nullable=False),
    Column("institution_id", Uuid, ForeignKey("institutions.id"), nullable=False),
    Column("motive", String(64), nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("valid_until", Date, nullable=False, comment="The last day"),
    Column("revoked_at", DateTime(timezone=True)),
    Index(None, "person_id", "id"),
    # One at a time for an institution and a motive: a new one takes the place of the one before.
    Index(
        "uq_consents_in_force",
        "institution_id",
        "holder_key",
        "motive",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
    ),
    comment="Who lets which institution ask for what, until when",
)

BATCHES: Final = Table(
    "batches",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("institution_id", Uuid, nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("motive", String(64), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Index(None, "institution_id", "id"),
    Index("ix_batches_open", "id", postgresql_where=text("finished_at IS NULL")),
)

EXTRACTS: Final = Table(
    "extracts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("batches.id"), nullable=False),
    Column("reference", String(64), nullable=False, comment="The institution's own, of the item"),
    Column("holder_key", LargeBinary, nullable=False),
    Column("holder", LargeBinary, nullable=False, comment="Encrypted: who is asked about"),
    Column("consent_id", Uuid, ForeignKey("consents.id")),
    Column("state", String(16), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("state <> 'ISSUED' OR consent_id IS NOT NULL", name="consent"),
    Index(None, "batch_id", "id"),
    Index(None, "consent_id"),
    Index("ix_extracts_waiting", "id", postgresql_where=text("state = 'WAITING'")),
)
