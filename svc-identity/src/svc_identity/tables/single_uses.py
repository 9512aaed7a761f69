"""What serves once."""

from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    Table,
)

from .metadata import metadata

SINGLE_USES = Table(
    "single_uses",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False, index=True),
    comment="Assertions and proofs that were shown, while they could be shown again",
)
