"""What providers of text messages have done, and which takes how much."""

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, SmallInteger, String, Table, Uuid

from .metadata import metadata

PROVIDERS = Table(
    "sms_providers",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("home", SmallInteger, nullable=False, comment="Points of a hundred when all is well"),
    Column("weight", SmallInteger, nullable=False, comment="Points now"),
    Column("changed_at", DateTime(timezone=True), comment="When it last gave points, or got some back"),
    Column("checked_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("home BETWEEN 0 AND 100 AND weight BETWEEN 0 AND 100", name="points"),
    comment="Providers of text messages and their weights, shared by all processes",
)

MEASUREMENTS = Table(
    "sms_measurements",
    metadata,
    Column("provider", String(32), primary_key=True),
    Column("begun_at", DateTime(timezone=True), primary_key=True, comment="Of the seconds counted together"),
    Column("attempts", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("slow", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("in_time", Integer, nullable=False, comment="Of those taken then: received in time, as reported"),
    comment="What providers did, added up over all processes; kept for a day",
)

PROCESSES = Table(
    "sms_processes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    comment="Who hands text messages over, for the share of a provider's rate that each has",
)
