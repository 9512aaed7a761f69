"""The tables of the schema `catalog`: what they share."""

from typing import Final

from sqlalchemy import Column, ForeignKey, MetaData, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from hub_events import outbox
from hub_service import idempotency

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
outbox.attach(metadata)
idempotency.attach(metadata)


def institution_key(name: str, *, nullable: bool = True) -> Column[object]:
    """A reference that is checked at commit, so that a load may come in any order."""
    key = ForeignKey("institutions.id", deferrable=True, initially="DEFERRED")
    return Column(name, Uuid, key, nullable=nullable)


def search_columns() -> list[Column[object]]:
    """What lists and searches read; all of it is derived (`storage.ranking`)."""
    return [
        Column("sort_key", Text(collation="C"), nullable=False),
        Column("labels", Text, nullable=False, comment="Names after line feeds, usual words after tabs"),
        Column("name_words", TSVECTOR, nullable=False, comment="A of names, B keywords, C summary"),
        Column("words", TSVECTOR, nullable=False, comment="The lexemes of all texts"),
        Column("edition", SmallInteger, nullable=False, comment="Of the rules that derived this"),
    ]
