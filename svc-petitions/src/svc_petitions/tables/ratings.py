"""What petitioners think of how they were answered."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, SmallInteger, Table, Uuid

from .metadata import metadata

RATINGS: Final = Table(
    "ratings",
    metadata,
    Column("petition_id", Uuid, ForeignKey("petitions.id"), primary_key=True),
    Column("institution_id", Uuid, nullable=False, comment="Whose answer it is"),
    Column("score", SmallInteger, nullable=False),
    Column("rated_on", Date, nullable=False),
    CheckConstraint("score BETWEEN 1 AND 5", name="score"),
    Index(None, "rated_on"),
    comment="Given once, and told in sums alone: no official reads one",
)
