"""What institutions and petitioners write to each other."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    Uuid,
)

from .metadata import metadata

MESSAGES: Final = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("petition_id", Uuid, ForeignKey("petitions.id"), nullable=False),
    Column("institution_id", Uuid, nullable=False, comment="Who had the file"),
    Column("side", String(16), nullable=False, comment="INSTITUTION or PETITIONER"),
    Column("sender_id", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True), comment="When the other side opened it: no term runs from it"),
    CheckConstraint("side IN ('INSTITUTION', 'PETITIONER')", name="side"),
    Index(None, "petition_id", "id"),
    comment="Locked once it is sent: only that it was read is noted",
)

REQUESTED_DOCUMENTS: Final = Table(
    "requested_documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "message_id",
        Uuid,
        ForeignKey("messages.id", name="fk_requested_documents_message_id_messages"),
        nullable=False,
    ),
    Column("name", String(300), nullable=False),
    Column("due_on", Date, nullable=False),
    Column(
        "sent_with",
        Uuid,
        ForeignKey("messages.id", name="fk_requested_documents_sent_with_messages"),
        comment="The message that brought it",
    ),
    Index(None, "message_id"),
    comment="Documents that an institution asked for, each until a last day",
)
