"""Requests: who asks for what, where it stands, and each step of it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

REQUEST_NUMBERS: Final = Sequence("request_numbers", metadata=metadata)

REQUESTS: Final = Table(
    "requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("product", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("holder_kind", String(16), nullable=False),
    Column("holder_key", LargeBinary, nullable=False, comment="Keyed hash of CNP, CUI or foreign document"),
    Column("holder_id", Uuid, comment="The person or organisation in the hub; none for who has no account"),
    Column("acting_person_id", Uuid, comment="Who asked online, also for another"),
    Column("mandate_id", Uuid),
    Column("holder", LargeBinary, nullable=False, comment="Encrypted: who it is, as the source said it"),
    Column("motive", String(64), nullable=False),
    Column("motive_text", LargeBinary, comment="Encrypted: another motive, in the person's words"),
    Column("county", String(2), comment="Where it was asked for or the holder lives: for statistics"),
    Column("institution_id", Uuid, comment="The unit of the counter"),
    Column("language", String(2), nullable=False),
    Column("requested_on", Date, nullable=False, comment="The legal date, Europe/Bucharest"),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("alarm_on", Date, nullable=False),
    Column("alarmed_at", DateTime(timezone=True)),
    Column("register_down_since", DateTime(timezone=True)),
    Column("review_reasons", ARRAY(String(32)), nullable=False, server_default=text("'{}'")),
    Column("claimed_by", Uuid, comment="The officer at work on it"),
    Column("claimed_at", DateTime(timezone=True)),
    Column("proposed_by", Uuid, comment="The first of two officers, where two have to agree"),
    Column("proposal", String(16)),
    Column("proposed_match", LargeBinary, comment="Keyed hash of what the first chose in the register"),
    Column("refusal_reason", String(32)),
    Column("refusal_text", LargeBinary, comment="Encrypted: the reason in words"),
    Column("papers", LargeBinary, comment="Encrypted: who came to the counter, and what was shown there"),
    Column("counter_until", Date, comment="The last day for coming to the counter"),
    Column("decided_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    CheckConstraint(
        "(holder_id = acting_person_id) OR channel <> 'ONLINE' OR mandate_id IS NOT NULL", name="mandate"
    ),
    # One a day for each motive; who was refused or gave up may ask again.
    Index(
        "uq_requests_one_a_day",
        "product",
        "holder_key",
        "motive",
        "requested_on",
        unique=True,
        postgresql_where=text("state NOT IN ('CANCELLED', 'REJECTED')"),
    ),
    Index(None, "holder_id", "id"),
    Index(None, "acting_person_id", "id"),
    Index("ix_requests_by_day", "submitted_at", "decided_at", postgresql_using="brin"),
    Index(
        "ix_requests_to_check",
        "id",
        postgresql_where=text("state IN ('SUBMITTED', 'AUTO_CHECK')"),
    ),
    Index(
        "ix_requests_to_review",
        "due_on",
        "id",
        postgresql_where=text("state = 'MANUAL_REVIEW'"),
    ),
    Index(
        "ix_requests_at_the_counter",
        "counter_until",
        "id",
        postgresql_where=text("state = 'NEEDS_COUNTER'"),
    ),
)

STEPS: Final = Table(
    "steps",
    metadata,
    Column("request_id", Uuid, ForeignKey("requests.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("state", String(16), nullable=False, comment="The state it came to"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_kind", String(16), nullable=False, comment="PERSON, OFFICIAL or SYSTEM"),
    Column("actor_id", Uuid),
    Column("reason", Text, comment="A code; words are encrypted with the request"),
    PrimaryKeyConstraint("request_id", "number"),
    comment="The audit trail of requests: nothing is ever changed here",
)
