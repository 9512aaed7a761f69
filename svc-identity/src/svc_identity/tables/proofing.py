"""How people's identities are established: activation codes, registration requests, what came of them."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from .metadata import metadata

ACTIVATION_CODES = Table(
    "activation_codes",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("tries", SmallInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    comment="Codes that people tell a clerk: one an account, known by a keyed digest",
)

VERIFICATIONS = Table(
    "verifications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("institution_id", Uuid, nullable=False),
    Column("official_id", Uuid, nullable=False),
    Column("way", String(16), nullable=False),
    Column("document", String(32), nullable=False),
    Column("verified_at", DateTime(timezone=True), nullable=False),
    comment="Documents seen, by whom, when; no copy and no number of them is kept",
)

REGISTRATIONS = Table(
    "registrations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("institution_id", Uuid, nullable=False),
    Column("state", String(32), nullable=False),
    Column("check", String(16), nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    Column("reviewer_id", Uuid),
    Column("reason", String(32)),
    Column("message", Text, nullable=False),
    Column("document", String(32)),
    Column("decided_at", DateTime(timezone=True)),
    Column("stated", LargeBinary),
    Index("ix_registrations_institution_id_id", "institution_id", "id"),
    Index("ix_registrations_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    Index(
        "uq_registrations_open",
        "account_id",
        "institution_id",
        unique=True,
        postgresql_where=text("decided_at IS NULL"),
    ),
    comment="Requests to be known by an institution; stated is what the person says of themselves, sealed",
)

EVIDENCE = Table(
    "evidence",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "registration_id",
        Uuid,
        ForeignKey("registrations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("media_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    comment="Copies of documents, encrypted, until the decision",
)

RECOGNITIONS = Table(
    "recognitions",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("institution_id", Uuid, primary_key=True),
    Column("level", String(16), nullable=False),
    Column("registration_id", Uuid, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    comment="Who is known by which institution, at which level",
)
