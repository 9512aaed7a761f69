"""Petitions."""

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

ENDED: Final = "'ANSWERED', 'FORWARDED', 'CLASSED', 'WITHDRAWN', 'ARCHIVED'"
OPEN: Final = text(f"state NOT IN ({ENDED}, 'JOINED')")
"""The rows on which somebody has to act, as `domain.states.OPEN` has them."""
TO_ARCHIVE: Final = text("closed_on IS NOT NULL AND state <> 'ARCHIVED'")


def columns(*, accounts_only: bool) -> tuple[Column[Any], ...]:
    """What every petition has, in earnest or to test an application; the latter needs an account."""
    return (
        Column("id", Uuid, primary_key=True),
        Column(
            "person_id",
            Uuid,
            nullable=not accounts_only,
            comment="In whose name: a person or an organisation",
        ),
        Column("acting_person_id", Uuid, nullable=not accounts_only, comment="Who filed it"),
        Column("mandate_id", Uuid),
        Column("institution_id", Uuid, nullable=False),
        Column("year", Integer, nullable=False),
        Column("number", Integer, nullable=False),
        Column("registered_at", DateTime(timezone=True), nullable=False),
        Column("registered_on", Date, nullable=False),
        Column("answer_due_on", Date, nullable=False),
        Column("answer_rule_id", String(64), nullable=False),
        Column("answer_legal_basis", String(200), nullable=False),
        Column("kind", String(32), nullable=False),
        Column("subject", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("language", String(2), nullable=False),
        Column("content_sha256", LargeBinary, nullable=False),
        Column("state", String(32), nullable=False),
        Column("version", Integer, nullable=False),
    )


# The foreign key goes to the register, whose row the filing transaction has locked anyway: one to
# the institution would make every petition of the hub share-lock the same few rows.
PETITIONS = Table(
    "petitions",
    metadata,
    *columns(accounts_only=False),
    Column("channel", String(16), nullable=False, server_default=text("'ONLINE'"), comment="How it came"),
    Column("received_on", Date, comment="When it came in by another way, before it was registered"),
    Column("entered_by", Uuid, comment="The official who entered it"),
    Column(
        "runs_from",
        Date,
        comment="The day its term runs from, where it reached the institution before it was entered",
    ),
    Column(
        "answer_wanted",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="Who sends a suggestion may want no answer to it",
    ),
    # What officials do with it; one just registered has none of this.
    Column("compartment_id", Uuid, ForeignKey("compartments.id")),
    Column("handler_id", Uuid),
    Column("forwarded_from", Uuid, comment="The institution that sent it on, if one did"),
    Column("leader_id", Uuid, comment="The petition that it is joined to"),
    Column("extended_at", DateTime(timezone=True)),
    Column("extended_from", Date, comment="The last day before it was extended"),
    Column("extended_until", Date),
    Column("extension_reason", Text),
    Column("complained_of", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("reports_crime", Boolean, nullable=False, server_default=text("false")),
    Column("solution", String(32)),
    Column("closed_on", Date, comment="When its clock ended"),
    Column(
        "warned",
        SmallInteger,
        nullable=False,
        server_default=text("0"),
        comment="The last warning of its term that was told",
    ),
    ForeignKeyConstraint(["institution_id", "year"], ["registers.institution_id", "registers.year"]),
    UniqueConstraint("institution_id", "year", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("(person_id = acting_person_id) = (mandate_id IS NULL)", name="mandate"),
    CheckConstraint("(leader_id IS NULL) OR state IN ('JOINED', 'ANSWERED', 'ARCHIVED')", name="leader"),
    CheckConstraint("state <> 'JOINED' OR leader_id IS NOT NULL", name="joined"),
    CheckConstraint("leader_id <> id", name="own_leader"),
    CheckConstraint(f"(closed_on IS NOT NULL) = (state IN ({ENDED}))", name="closed"),
    CheckConstraint("(extended_until IS NULL) = (extended_at IS NULL)", name="extended"),
    # A person's list, newest first: a UUIDv7 sorts by the time of its making.
    Index(None, "person_id", "id"),
    Index(None, "person_id", "institution_id", "id"),
    Index(None, "person_id", "kind", "id"),
    # What an institution, one of its compartments or one of its handlers has to do, what is due first first.
    Index("ix_petitions_open", "institution_id", "answer_due_on", "id", "state", postgresql_where=OPEN),
    Index(
        "ix_petitions_open_in_state", "institution_id", "state", "answer_due_on", "id", postgresql_where=OPEN
    ),
    Index(
        "ix_petitions_open_of_handler",
        *("institution_id", "handler_id", "answer_due_on", "id", "state"),
        postgresql_where=OPEN,
    ),
    Index(
        "ix_petitions_open_in_compartment",
        *("institution_id", "compartment_id", "answer_due_on", "id", "state"),
        postgresql_where=OPEN,
    ),
    Index("ix_petitions_leader_id", "leader_id", "id", postgresql_where=text("leader_id IS NOT NULL")),
    Index("ix_petitions_to_warn", "warned", "answer_due_on", "id", postgresql_where=OPEN),
    Index("ix_petitions_to_archive", "closed_on", "id", postgresql_where=TO_ARCHIVE),
)
