"""Figures: what the petitions of a month amount to at an institution."""

from typing import Final

from sqlalchemy import BigInteger, Column, Date, Integer, PrimaryKeyConstraint, String, Table, Uuid, text

from .metadata import metadata

FIGURES: Final = Table(
    "figures",
    metadata,
    Column("month", Date, nullable=False, comment="The first day of the month of registration"),
    Column("institution_id", Uuid, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column(
        "topic",
        String(64),
        nullable=False,
        server_default=text("'UNSORTED'"),
        comment="Of the structure that the registry has chosen",
    ),
    Column("outcome", String(32), nullable=False),
    Column("timeliness", String(16), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("extended", Integer, nullable=False, comment="How many of them had a longer term"),
    Column("days", BigInteger, nullable=False, comment="From registration to the end, together"),
    PrimaryKeyConstraint("month", "institution_id", "kind", "channel", "topic", "outcome", "timeliness"),
    comment="Of no person; a month is counted once, when its last term has passed",
)
