"""Days off that the government grants, as svc-passport-booking tells of them."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Date, Table, Text, Uuid

from .metadata import metadata

BRIDGE_DAYS: Final = Table(
    "bridge_days",
    metadata,
    Column("institution_id", Uuid, primary_key=True, comment="All zeros: every institution"),
    Column("day", Date, primary_key=True),
    Column("legal_basis", Text, nullable=False),
    Column("is_granted", Boolean, nullable=False, comment="False once it was taken back"),
    Column("version", BigInteger, nullable=False),
    comment="The copy of the days off that the government grants, fed by svc-passport-booking's events",
)
