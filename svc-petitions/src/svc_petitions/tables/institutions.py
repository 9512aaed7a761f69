"""Institutions, as the catalog tells of them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

INSTITUTIONS = Table(
    "institutions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(32), nullable=False),
    Column("names", JSONB, nullable=False),
    Column("accepts_petitions", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", BigInteger, nullable=False),
    comment="The few facts of svc-catalog's institutions that petitions need, fed by its events",
)
