"""The words that searches know, by what is left of them when a letter is missing."""

from typing import Final

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text

from .metadata import metadata

VOCABULARY: Final = Table(
    "vocabulary",
    metadata,
    Column("key", Text(collation="C"), nullable=False, comment="The word, or the word without one letter"),
    Column("word", Text(collation="C"), nullable=False),
    PrimaryKeyConstraint("key", "word"),
)
