"""Recordings, the parts that they arrived in, and the chain of custody."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)

from .metadata import metadata

VIDEOS: Final = Table(
    "videos",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("driving_report_id", Uuid, ForeignKey("driving_reports.id"), nullable=False),
    Column("length", BigInteger, nullable=False, comment="Bytes, as announced"),
    Column("received", BigInteger, nullable=False, comment="Bytes that have arrived, from the beginning"),
    Column("metadata", LargeBinary, comment="Encrypted: Upload-Metadata as it came"),
    Column("announced_sha256", LargeBinary, comment="What the reporter's device computed, if it did"),
    Column("sha256", LargeBinary, comment="Of the whole, as it arrived"),
    Column("container", String(32)),
    Column("codec", String(32)),
    Column("width", SmallInteger),
    Column("height", SmallInteger),
    Column("duration_ms", Integer),
    Column("begun_at", DateTime(timezone=True), nullable=False),
    Column("arrived_at", DateTime(timezone=True), comment="When its last byte did"),
    Column("checked_until", DateTime(timezone=True), comment="Until then somebody has it in hand"),
    Column("ended_at", DateTime(timezone=True), comment="When it came to its state"),
    Column("state", String(20), nullable=False),
    Column("refused", String(32), comment="The problem's type, of one that was refused"),
    Column("deleted_at", DateTime(timezone=True)),
    Index(None, "driving_report_id", "id"),
    Index(
        "uq_videos_one_at_a_time",
        "driving_report_id",
        unique=True,
        postgresql_where=text("state IN ('RECEIVING', 'CHECKED')"),
    ),
    Index("ix_videos_receiving", "id", postgresql_where=text("state = 'RECEIVING'")),
    comment="Recordings of driving reports; their bytes lie in the store of documents",
)

VIDEO_PARTS: Final = Table(
    "video_parts",
    metadata,
    Column("video_id", Uuid, ForeignKey("videos.id"), nullable=False),
    Column("starts_at", BigInteger, nullable=False, comment="The byte of the recording that it begins with"),
    Column("size", Integer, nullable=False),
    Column("name", String(80), nullable=False, comment="Where it lies in the store"),
    PrimaryKeyConstraint("video_id", "starts_at"),
    UniqueConstraint("name"),
)

CUSTODY: Final = Table(
    "custody",
    metadata,
    Column("driving_report_id", Uuid, ForeignKey("driving_reports.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("act", String(20), nullable=False),
    Column("video_id", Uuid),
    Column("sha256", LargeBinary, comment="Of the recording, where the act is about its bytes"),
    Column("actor_id", Uuid, comment="The reporter or the officer; none for the clock"),
    Column("institution_id", Uuid),
    Column("purpose", String(32)),
    Column("salt", LargeBinary, nullable=False, comment="Random: what is told of people is a hash with it"),
    Column("link", LargeBinary, nullable=False, comment="SHA-256 over the line before and this one"),
    PrimaryKeyConstraint("driving_report_id", "line"),
    comment="Who had a recording in hand, chained: nothing is ever changed here",
)
