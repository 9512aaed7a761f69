"""The tables of the schema `petitions`."""

from typing import Any

from sqlalchemy import (
    BigInteger,
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
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub_events import inbox, outbox
from hub_service import idempotency, rules

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
outbox.attach(metadata)
inbox.attach(metadata)
idempotency.attach(metadata)
rules.attach(metadata)

INSTITUTIONS = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(32), nullable=False),
    Column("names", JSONB, nullable=False),
    Column("accepts_petitions", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", BigInteger, nullable=False),
    comment="The few facts of svc-catalog's institutions that petitions need, fed by its events",
)

REGISTERS = Table(
    "registers",
    metadata,
    Column("institution_id", Uuid, ForeignKey("institutions.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last_number", Integer, nullable=False),
    PrimaryKeyConstraint("institution_id", "year"),
    CheckConstraint("last_number > 0", name="number"),
    comment="The last number given in each institution's register of a year",
)


def _petition() -> tuple[Column[Any], ...]:
    return (
        Column("id", Uuid, primary_key=True),
        Column("person_id", Uuid, nullable=False, comment="In whose name: a person or an organisation"),
        Column("acting_person_id", Uuid, nullable=False, comment="Who filed it"),
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
    *_petition(),
    ForeignKeyConstraint(["institution_id", "year"], ["registers.institution_id", "registers.year"]),
    UniqueConstraint("institution_id", "year", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("(person_id = acting_person_id) = (mandate_id IS NULL)", name="mandate"),
    # A person's list, newest first: a UUIDv7 sorts by the time of its making.
    Index(None, "person_id", "id"),
    Index(None, "person_id", "institution_id", "id"),
    Index(None, "person_id", "kind", "id"),
)

# What is filed to test applications lies apart: from these tables, and from no other, it is deleted.
SANDBOX_REGISTERS = Table(
    "sandbox_registers",
    metadata,
    Column("client_id", String(64), nullable=False),
    Column("institution_id", Uuid, ForeignKey("institutions.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("last_number", Integer, nullable=False),
    PrimaryKeyConstraint("client_id", "institution_id", "year"),
    CheckConstraint("last_number > 0", name="number"),
    comment="The last number given in an application's own register, which is no institution's",
)

SANDBOX_PETITIONS = Table(
    "sandbox_petitions",
    metadata,
    Column("client_id", String(64), nullable=False),
    *_petition(),
    ForeignKeyConstraint(
        ["client_id", "institution_id", "year"],
        [
            "sandbox_registers.client_id",
            "sandbox_registers.institution_id",
            "sandbox_registers.year",
        ],
    ),
    UniqueConstraint("client_id", "institution_id", "year", "number"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("(person_id = acting_person_id) = (mandate_id IS NULL)", name="mandate"),
    Index(None, "person_id", "id"),
    Index(None, "acting_person_id"),
    comment="Petitions filed to test applications; no institution has them",
)

SANDBOX_PEOPLE = Table(
    "sandbox_people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("is_known", Boolean, nullable=False, comment="svc-identity has told that they are invented"),
    Column("is_removed", Boolean, nullable=False, comment="svc-identity has told that they are no more"),
    comment="Who is invented: only what such people have filed is ever deleted",
)
