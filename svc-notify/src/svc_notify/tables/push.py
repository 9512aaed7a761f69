"""The browsers that listen for people."""

from typing import Final

from sqlalchemy import Column, DateTime, LargeBinary, Table, Uuid

from .metadata import metadata

PUSH_SUBSCRIPTIONS: Final = Table(
    "push_subscriptions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="Of the endpoint"),
    Column("sealed", LargeBinary, nullable=False),
    Column("subscribed_at", DateTime(timezone=True), nullable=False),
    comment="Browsers that listen for a person: where and with which keys, encrypted",
)
