"""Figures for the public: what a day amounts to, counted once it is over."""

from typing import Final

from sqlalchemy import BigInteger, Column, Date, PrimaryKeyConstraint, String, Table

from .metadata import metadata

DAILY_FIGURES: Final = Table(
    "daily_figures",
    metadata,
    Column("day", Date, nullable=False),
    Column("product", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("county", String(2), nullable=False, comment="Empty where it is not known"),
    Column("measure", String(48), nullable=False, comment="What is counted, and of what kind"),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "product", "channel", "county", "measure"),
    comment="What the days that are over amount to; a day that stands here never changes",
)
