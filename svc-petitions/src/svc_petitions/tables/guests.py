"""What keeps filing without an account fair: counted tries, and codes by e-mail."""

from typing import Final

from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, SmallInteger, String, Table, Uuid, text

from .metadata import metadata

TRIES: Final = Table(
    "tries",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="Keyed hash of what is counted and of whom"),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("count", Integer, nullable=False),
    Index(None, "since"),
    comment="How often something was tried; no person and no address can be read from it",
)

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
