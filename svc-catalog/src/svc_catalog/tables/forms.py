"""Forms: every version, the published and the one that is being written."""

from typing import Final

from sqlalchemy import Column, DateTime, Integer, PrimaryKeyConstraint, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

FORMS: Final = Table(
    "forms",
    metadata,
    Column("code", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole form, as domain.forms.Form"),
    Column("edited_by", Uuid, comment="Empty: reference data"),
    Column("published_by", Uuid, comment="Empty: reference data, or not published"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("code", "version"),
)
