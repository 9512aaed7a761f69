"""Answers as sealed documents: where each lies, and what it is verified by."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    Uuid,
)

from .metadata import metadata

ANSWER_DOCUMENTS = Table(
    "answer_documents",
    metadata,
    Column("petition_id", Uuid, ForeignKey("petitions.id"), primary_key=True),
    Column("code_key", LargeBinary, nullable=False, comment="Keyed hash of the code to verify it by"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("file_key", String(100), nullable=False, comment="Its name in the store of documents"),
    Column("file_sha256", LargeBinary, nullable=False),
    Column("file_bytes", Integer, nullable=False),
    Column("seal_level", String(8), nullable=False),
    UniqueConstraint("code_key"),
    Index("ix_answer_documents_file_sha256", "file_sha256"),
    comment="The sealed document of each answer; made once, after the answer was sent",
)
