"""Telephone numbers of accounts, and the codes that confirm them."""

from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, SmallInteger, Table, Uuid

from .metadata import metadata

PHONES = Table(
    "phones",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    # a family may share one number
    Column("digest", LargeBinary, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("confirmed_at", DateTime(timezone=True), nullable=False),
    comment="Confirmed telephone numbers, encrypted, with a keyed hash for look-up",
)

PHONE_CONFIRMATIONS = Table(
    "phone_confirmations",
    metadata,
    Column("id", Uuid, primary_key=True),
    # whoever gives another number waits for the code of that one only
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("confirmed_at", DateTime(timezone=True)),
    comment="Telephone numbers to be confirmed, encrypted; the codes are derived, never stored",
)
