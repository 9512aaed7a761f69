"""Rule tables: every number that comes from a law, by the days it holds on, and who changed it why."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

RULE_TABLES: Final = Table(
    "rule_tables",
    metadata,
    Column("code", String(64, collation="C"), primary_key=True),
    Column("field", String(32), nullable=False),
    Column("title", JSONB, nullable=False),
    Column("unit", String(32), nullable=False),
    Column("counting", String(32)),
    Column("version", Integer, nullable=False),
    Column("edited", Boolean, nullable=False, comment="Officials have changed it: the files no longer do"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)
Index(None, RULE_TABLES.c.field, RULE_TABLES.c.code)

RULES: Final = Table(
    "rules",
    metadata,
    Column("code", String(64, collation="C"), ForeignKey("rule_tables.code"), nullable=False),
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

RULE_CHANGES: Final = Table(
    "rule_changes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(64, collation="C"), ForeignKey("rule_tables.code"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("row", JSONB, comment="The row that is new, as hub_core.rules.Rule; none for what was loaded"),
    Column("reason", Text, nullable=False),
    Column("base", Integer, nullable=False, comment="Version that it was proposed on"),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("proposed_by", Uuid),
    Column("version", Integer, comment="Version that it made"),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decision", Text),
    comment="The change log: who, when, why; what waits for a second person stands here too",
)
Index(None, RULE_CHANGES.c.code, RULE_CHANGES.c.id)
Index(None, RULE_CHANGES.c.state, RULE_CHANGES.c.id)
