"""The log of what changed: the newest change of each thing, in the order of commits."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    String,
    Table,
    Uuid,
    func,
    true,
)

from .metadata import metadata

CHANGE_LOG: Final = Table(
    "change_log",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=true()),
    Column("origin", Uuid, nullable=False, server_default=func.gen_random_uuid()),
    Column("last", BigInteger, nullable=False, comment="Position of the newest change"),
    Column(
        "forgotten",
        BigInteger,
        nullable=False,
        server_default="0",
        comment="Position up to which deletions are forgotten",
    ),
    CheckConstraint("single", name="one_row"),
)
"""One row. Who notes a change locks it until the commit, so positions are in the order of commits."""

CHANGES: Final = Table(
    "changes",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("gone", Boolean, nullable=False),
)
