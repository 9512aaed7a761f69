"""Types of evidence."""

from typing import Final

from sqlalchemy import Column, DateTime, Integer, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

EVIDENCE_TYPES: Final = Table(
    "evidence_types",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole type, as domain.evidence.EvidenceType"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
