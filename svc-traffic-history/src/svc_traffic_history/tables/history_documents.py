"""History documents, the links to them, and who opened those."""

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
    Sequence,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from .metadata import metadata

HISTORY_NUMBERS: Final = Sequence("history_numbers", metadata=metadata)

HISTORY_DOCUMENTS: Final = Table(
    "history_documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("driver_id", Uuid, ForeignKey("drivers.id"), nullable=False),
    Column("motive", String(64), nullable=False),
    Column("first_day", Date, comment="Of the period that it is about; none for open at that end"),
    Column("last_day", Date),
    Column("code", LargeBinary, nullable=False, comment="Encrypted: what it is verified by"),
    Column("code_key", LargeBinary, nullable=False, comment="Keyed hash of the same"),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("file_key", String(100), nullable=False, comment="Its name in the store of documents"),
    Column("file_sha256", LargeBinary, nullable=False),
    Column("file_bytes", Integer, nullable=False),
    Column("seal_level", String(8), nullable=False),
    UniqueConstraint("number"),
    UniqueConstraint("code_key"),
    Index(None, "person_id", "id"),
    Index(None, "file_sha256"),
    comment="What was issued, without what it says: that lies in the sealed file",
)

RECORD_LINKS: Final = Table(
    "record_links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("document_id", Uuid, ForeignKey("history_documents.id"), nullable=False),
    Column("person_id", Uuid, nullable=False, comment="Whose document it is"),
    Column("secret_key", LargeBinary, nullable=False, comment="Keyed hash of what opens it"),
    Column("note", LargeBinary, comment="Encrypted: whom it is for, in the holder's words"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("most_openings", Integer, comment="None for as often as one likes"),
    Column("openings", Integer, nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
    UniqueConstraint("secret_key"),
    CheckConstraint("openings <= most_openings", name="openings"),
    Index(None, "document_id", "id"),
    Index(None, "person_id", "id"),
    comment="Links by which others may see a document (employers, insurers)",
)

RECORD_LINK_OPENINGS: Final = Table(
    "record_link_openings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("link_id", Uuid, ForeignKey("record_links.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("opener", LargeBinary, nullable=False, comment="Encrypted: organisation and purpose"),
    Index(None, "link_id", "id"),
    comment="Each opening of a link, for the holder: nothing is ever changed here",
)
