"""The log of hand-overs between the compartments of an institution (condica)."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    String,
    Table,
    Uuid,
    text,
)

from .metadata import metadata

_WAITING = text("state = 'WAITING'")

TRANSFERS = Table(
    "transfers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("institution_id", Uuid, nullable=False),
    Column("petition_id", Uuid, ForeignKey("petitions.id"), nullable=False),
    Column(
        "from_compartment_id",
        Uuid,
        ForeignKey("compartments.id", name="fk_transfers_from_compartments"),
        comment="None for what comes from the registry",
    ),
    Column(
        "to_compartment_id",
        Uuid,
        ForeignKey("compartments.id", name="fk_transfers_to_compartments"),
        nullable=False,
    ),
    Column("handed_by", Uuid, nullable=False),
    Column("handed_at", DateTime(timezone=True), nullable=False),
    Column("state", String(16), nullable=False, comment="WAITING, ACCEPTED or REFUSED"),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("refusal", String(500), comment="Why it was refused"),
    CheckConstraint(
        "(state = 'WAITING') = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
        name="decided",
    ),
    CheckConstraint("(state = 'REFUSED') = (refusal IS NOT NULL)", name="refusal"),
    CheckConstraint("from_compartment_id <> to_compartment_id", name="elsewhere"),
    Index(None, "petition_id", "id"),
    Index("ix_transfers_waiting", "to_compartment_id", "id", postgresql_where=_WAITING),
    Index("uq_transfers_waiting", "petition_id", unique=True, postgresql_where=_WAITING),
    comment="The log of hand-overs (condica): each is accepted or refused by who receives",
)
