"""Templates of institutions, in versions."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, SmallInteger, String, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import metadata

TEMPLATES: Final = Table(
    "templates",
    metadata,
    Column("institution_id", Uuid, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("version", SmallInteger, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False, comment="The step of the template that changed it last"),
    Column("state", String(16), nullable=False),
    Column("content", JSONB, nullable=False, comment="Words and what they take: nothing personal"),
    Column("base", SmallInteger, comment="The version that it was made from"),
    Column("made_by", Uuid, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("writers", ARRAY(Uuid), nullable=False, comment="Who may not approve it"),
    Column("submitted_by", Uuid),
    Column("submitted_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("returned_for", String(2000), nullable=False),
    Column("retired_at", DateTime(timezone=True)),
    CheckConstraint("state <> 'ACTIVE' OR decided_by <> ALL (writers)", name="four_eyes"),
    comment="One row for each version of a template; one that was once active keeps its content",
)
Index(
    "uq_templates_active",
    TEMPLATES.c.institution_id,
    TEMPLATES.c.key,
    unique=True,
    postgresql_where=TEMPLATES.c.state == "ACTIVE",
)
Index(
    "uq_templates_working",
    TEMPLATES.c.institution_id,
    TEMPLATES.c.key,
    unique=True,
    postgresql_where=TEMPLATES.c.state.in_(["DRAFT", "IN_REVIEW"]),
)
