"""County inspectorates, as the catalog tells of them."""

from typing import Final

from sqlalchemy import BigInteger, Column, Date, Index, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

INSTITUTIONS: Final = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("county", String(2)),
    Column("names", JSONB, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", BigInteger, nullable=False),
    Index(None, "kind", "county"),
    comment="The few facts of svc-catalog's institutions that reports need, fed by its events",
)
