"""Files that belong to petitions, and those that nobody has attached yet."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from .metadata import metadata


def file_columns() -> tuple[Column[Any], ...]:
    """What is kept of every file."""
    return (
        Column("id", Uuid, primary_key=True),
        Column("sealed_name", LargeBinary, nullable=False, comment="Encrypted: what it was called"),
        Column("media_type", String(100), nullable=False, comment="By its content, whatever it was called"),
        Column("size", BigInteger, nullable=False),
        Column("sha256", LargeBinary, nullable=False),
        Column("file_key", String(100), nullable=False, comment="Under which it lies in the store"),
        Column("scanned_by", String(200), nullable=False, comment="The scanner that found nothing in it"),
        Column("uploaded_at", DateTime(timezone=True), nullable=False),
    )


UPLOADS: Final = Table(
    "uploads",
    metadata,
    *file_columns(),
    Column("person_id", Uuid, comment="Who uploaded it"),
    Column("code_id", Uuid, comment="The e-mail code of who uploaded it without an account"),
    CheckConstraint("num_nonnulls(person_id, code_id) = 1", name="uploader"),
    Index(None, "code_id", postgresql_where=text("code_id IS NOT NULL")),
    Index(None, "uploaded_at"),
    comment="Files that no petition has yet: after a while they are taken away",
)

ATTACHMENTS: Final = Table(
    "attachments",
    metadata,
    *file_columns(),
    Column("petition_id", Uuid, ForeignKey("petitions.id"), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    UniqueConstraint("petition_id", "ordinal"),
    comment="Files of petitions; nothing is taken away here",
)
