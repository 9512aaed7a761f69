"""How many messages were handed over, and how soon."""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Date, Identity, PrimaryKeyConstraint, SmallInteger, String, Table

from .metadata import metadata


def _cell() -> list[Column[Any]]:
    return [
        Column("day", Date, nullable=False, comment="Europe/Bucharest"),
        Column("channel", String(16), nullable=False),
        Column("lane", SmallInteger, nullable=False),
        Column("handed_over", BigInteger, nullable=False),
        Column("soon", BigInteger, nullable=False, comment="Of these, within 10 seconds"),
        Column("failed", BigInteger, nullable=False, comment="Not handed over at all"),
    ]


NOTES: Final = Table(
    "figure_notes",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    *_cell(),
    comment="What has just ended, until it is added to the figures: nobody waits for anybody's row",
)

FIGURES: Final = Table(
    "figures",
    metadata,
    *_cell(),
    PrimaryKeyConstraint("day", "channel", "lane"),
    comment="What was handed over, by day, channel and lane",
)
