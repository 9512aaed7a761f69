"""People whose identity was established, with or without an account, and the numbers states know them by."""

from sqlalchemy import Column, Date, DateTime, ForeignKey, Index, Integer, LargeBinary, String, Table, Uuid

from .metadata import metadata

PEOPLE = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("family_name", String(100), nullable=False),
    Column("given_name", String(100), nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("died_on", Date),
    Column("source", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("established_at", DateTime(timezone=True), nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    comment="What registers say of people; id is that of the account, where there is one",
)

# A number that was replaced stays: it still leads to its person.
IDENTIFIERS = Table(
    "identifiers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "person_id",
        Uuid,
        ForeignKey("people.id", ondelete="CASCADE", onupdate="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("scheme", String(16), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("replaced_at", DateTime(timezone=True)),
    Index("uq_identifiers_scheme_digest", "scheme", "digest", unique=True),
    comment="Numbers of people, encrypted, with a keyed hash for look-up",
)
