"""Figures: what a day amounts to at the counters of a pool, counted once it is over."""

from typing import Final

from sqlalchemy import BigInteger, Column, Date, PrimaryKeyConstraint, String, Table, Uuid

from .metadata import metadata

DAILY_FIGURES: Final = Table(
    "daily_figures",
    metadata,
    Column("day", Date, nullable=False),
    Column("pool_id", Uuid, nullable=False),
    Column("measure", String(48), nullable=False, comment="What is counted, and of what kind"),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "pool_id", "measure"),
    comment="What the days that are over amount to; a day that stands here never changes",
)
