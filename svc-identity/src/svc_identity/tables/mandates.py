"""Organisations, and who acts for whom."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

ORGANISATIONS = Table(
    "organisations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("cui", String(10), nullable=False, unique=True),
    Column("trade_number", String(32)),
    Column("name", String(300), nullable=False),
    Column("source", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    comment="What registers say of organisations; known by their CUI",
)

MANDATES = Table(
    "mandates",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("type", String(32), nullable=False),
    Column("principal_kind", String(16), nullable=False),
    Column(
        "principal_person_id",
        Uuid,
        ForeignKey("people.id", name="fk_mandates_principal_people", ondelete="CASCADE", onupdate="CASCADE"),
    ),
    Column("principal_organisation_id", Uuid, ForeignKey("organisations.id")),
    Column("principal_institution_id", Uuid),
    Column(
        "representative_id",
        Uuid,
        ForeignKey(
            "people.id", name="fk_mandates_representative_people", ondelete="CASCADE", onupdate="CASCADE"
        ),
    ),
    Column("given_by", Uuid),
    Column("services", ARRAY(String(64)), nullable=False),
    Column("purpose", String(200), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("evidence_ref", String(200), nullable=False),
    Column("institution_id", Uuid),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("verified_by", Uuid),
    Column("verified_at", DateTime(timezone=True)),
    Column("checked_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_by", Uuid),
    Column("end_cause", String(32)),
    Column("reason", String(500), nullable=False),
    Column("code_hash", LargeBinary, unique=True),
    Column("code_expires_at", DateTime(timezone=True)),
    Column("principal_number", LargeBinary),
    CheckConstraint(
        "num_nonnulls(principal_person_id, principal_organisation_id, principal_institution_id) <= 1",
        name="one_principal",
    ),
    CheckConstraint(
        "state <> 'ACTIVE' OR (representative_id IS NOT NULL AND num_nonnulls("
        "principal_person_id, principal_organisation_id, principal_institution_id) = 1)",
        name="active_has_both",
    ),
    Index("ix_mandates_principal_person_id", "principal_person_id", "id"),
    Index("ix_mandates_principal_organisation_id", "principal_organisation_id", "id"),
    Index("ix_mandates_principal_institution_id", "principal_institution_id", "id"),
    Index("ix_mandates_representative_id", "representative_id", "id"),
    Index(
        "ix_mandates_waiting", "institution_id", "id", postgresql_where=text("state = 'PENDING_VERIFICATION'")
    ),
    Index(
        "ix_mandates_ends",
        "valid_to",
        postgresql_where=text("state IN ('DRAFT', 'PENDING_VERIFICATION', 'ACTIVE')"),
    ),
    # a register says it once
    Index(
        "uq_mandates_parent",
        *("principal_person_id", "representative_id"),
        unique=True,
        postgresql_where=text("state = 'ACTIVE' AND type = 'PARENT'"),
    ),
    Index(
        "uq_mandates_legal_rep",
        *("principal_organisation_id", "representative_id"),
        unique=True,
        postgresql_where=text("state = 'ACTIVE' AND type = 'LEGAL_REP'"),
    ),
    comment="Who acts for whom, within which bounds; principal_number is sealed, and gone once verified",
)
