"""What keeps filing without an account fair: counted tries, and codes by e-mail."""

from typing import Final

from sqlalchemy import Column, DateTime, Index, LargeBinary, SmallInteger, String, Table, Uuid, text

from .metadata import metadata

EMAIL_CODES: Final = Table(
    "email_codes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("sealed", LargeBinary, nullable=False, comment="Encrypted: address and code"),
    Column("language", String(2), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("wrong", SmallInteger, nullable=False, server_default=text("0")),
    Column("spent_at", DateTime(timezone=True)),
    Index(None, "expires_at"),
    comment="Codes by which somebody without an account shows that an address is theirs",
)
