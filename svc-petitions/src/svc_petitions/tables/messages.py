"""What institutions and petitioners write to each other."""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .attachments import file_columns
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
    Column("reminded_at", DateTime(timezone=True), comment="When the other side was reminded of it"),
    CheckConstraint("side IN ('INSTITUTION', 'PETITIONER')", name="side"),
    Index(None, "petition_id", "id"),
    Index(
        "ix_messages_unread",
        "sent_at",
        postgresql_where=text("read_at IS NULL AND reminded_at IS NULL"),
    ),
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
    Column("accepted_types", ARRAY(String(100)), comment="By content; none: every type that is taken"),
    Column("reminded_at", DateTime(timezone=True), comment="When the petitioner was reminded of it"),
    Index(None, "message_id"),
    Index(
        "ix_requested_documents_due",
        "due_on",
        postgresql_where=text("sent_with IS NULL AND reminded_at IS NULL"),
    ),
    comment="Documents that an institution asked for, each until a last day",
)

MESSAGE_ATTACHMENTS: Final = Table(
    "message_attachments",
    metadata,
    *file_columns(),
    Column("message_id", Uuid, ForeignKey("messages.id"), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("document_id", Uuid, ForeignKey("requested_documents.id"), comment="The document that it is"),
    UniqueConstraint("message_id", "ordinal"),
    comment="Files of messages, locked with them; nothing is taken away here",
)
