"""Forms: every version that was ever published."""

from typing import Final

from sqlalchemy import Column, DateTime, Integer, PrimaryKeyConstraint, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

FORMS: Final = Table(
    "forms",
    metadata,
    Column("code", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", JSONB, nullable=False, comment="The whole form, as domain.forms.Form"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("code", "version"),
)
