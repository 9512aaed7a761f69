"""The directory of attributions, as the catalog tells of it."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import metadata

# Beside `institutions`, whose rows every filing reads: this is wide, and read to route a file only.
DIRECTORY: Final = Table(
    "directory",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", String(32), nullable=False),
    Column("names", JSONB, nullable=False),
    Column("parent_id", Uuid),
    Column("counties", ARRAY(String(2)), nullable=False, comment="None: of the whole country"),
    Column("accepts_petitions", Boolean, nullable=False),
    Column("aliases", ARRAY(Text), nullable=False),
    Column("attributions", JSONB, nullable=False),
    Column("addressee", Text, comment="How a letter to one outside the hub is addressed"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", BigInteger, nullable=False),
    comment="What svc-catalog's institutions deal with, fed by its events",
)
