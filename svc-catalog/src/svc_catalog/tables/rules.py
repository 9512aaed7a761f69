"""Rule tables: every number that comes from a law, by the days it holds on."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, Numeric, PrimaryKeyConstraint, String, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

RULES: Final = Table(
    "rules",
    metadata,
    Column("code", String(64), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, comment="The last day"),
    Column("value", Numeric, nullable=False),
    Column("unit", String(32), nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("counting", String(32)),
    Column("options", JSONB, nullable=False),
    PrimaryKeyConstraint("code", "valid_from"),
)
