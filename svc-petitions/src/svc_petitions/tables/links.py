"""Petitions that came out of others."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Uuid,
    text,
)

from .metadata import metadata

LINKS: Final = Table(
    "links",
    metadata,
    Column("petition_id", Uuid, primary_key=True),
    Column("origin_id", Uuid, nullable=False, comment="The petition that it came out of"),
    Column("kind", String(16), nullable=False, comment="SPLIT or COMPLAINT"),
    Column("ground", String(16), comment="Of a complaint: REFUSAL or SILENCE"),
    Column("learned_on", Date, comment="Of a complaint: when its author learned of that"),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("petition_id <> origin_id", name="origin"),
    CheckConstraint(
        "num_nulls(ground, learned_on) = CASE kind WHEN 'COMPLAINT' THEN 0 ELSE 2 END", name="complaint"
    ),
    ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_links_petitions"),
    ForeignKeyConstraint(["origin_id"], ["petitions.id"], name="fk_links_origins"),
    Index("ix_links_origin_id", "origin_id", "petition_id"),
    Index(
        "uq_links_complaint",
        *("origin_id", "ground"),
        unique=True,
        postgresql_where=text("kind = 'COMPLAINT'"),
    ),
    comment="Petitions that came out of others, each with a clock of its own; only added to",
)
