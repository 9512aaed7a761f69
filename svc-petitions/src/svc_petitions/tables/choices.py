"""What the registry has chosen of the structures that were suggested."""

from typing import Final

from sqlalchemy import Boolean, Column, DateTime, Integer, PrimaryKeyConstraint, String, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import metadata

CHOICES: Final = Table(
    "choices",
    metadata,
    Column("petition_id", Uuid, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("institution_id", Uuid, nullable=False, comment="Who had the file"),
    Column("structure_id", Uuid, nullable=False),
    Column("code", String(32), nullable=False),
    Column("names", JSONB, nullable=False, comment="As it was called then"),
    Column("is_outside", Boolean, nullable=False),
    Column("addressee", String(300), comment="The name of one outside the hub, where it is known"),
    Column("topic", String(64), comment="Of the attribution that fits best; none where none does"),
    Column("texts", JSONB, nullable=False, comment="What that attribution is called, by language"),
    Column("rules", ARRAY(String(32)), nullable=False, comment="Why this one, as domain.routing"),
    Column("others", JSONB, nullable=False, comment="What else was suggested, and why"),
    Column("chosen_by", Uuid, nullable=False),
    Column("chosen_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("petition_id", "ordinal"),
    comment="The last one of an institution holds; only added to, and nothing of what a petition says",
)
