"""Reports that their drivers contest by a petition."""

from typing import Final

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)

from .metadata import metadata

CONTESTS: Final = Table(
    "contests",
    metadata,
    Column("id", Uuid, primary_key=True, comment="The petition has the same"),
    Column("driver_id", Uuid, ForeignKey("drivers.id"), nullable=False, index=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("proces_verbal_id", Uuid, ForeignKey("proces_verbale.id"), nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="Keyed hash of what was asked for"),
    Column("words", LargeBinary, comment="Encrypted; none once the petition has them"),
    Column("language", String(2), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("try_after", DateTime(timezone=True), comment="None once it is registered"),
    Column("number", String(32), comment="Number and date of the petition"),
    Column("registered_at", DateTime(timezone=True)),
    Column("answer_due_on", Date),
    Column("ended_at", DateTime(timezone=True), comment="When the petition ended"),
    Index(
        "uq_contests_one_of_a_line",
        "proces_verbal_id",
        unique=True,
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_contests_waiting", "try_after", postgresql_where=text("try_after IS NOT NULL")),
)
