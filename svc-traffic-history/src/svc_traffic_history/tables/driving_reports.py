"""Reports of aggressive driving, each step of one, and what owners of vehicles were asked."""

from typing import Final

from sqlalchemy import (
    Column,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

OVER: Final = (
    "state IN ('NOT_ELIGIBLE', 'NO_SANCTION', 'FORWARDED_CRIMINAL', 'CLOSED') AND video_until IS NULL"
)
"""Reports that came to an end, of which it is not said yet how long they are kept."""

DRIVING_REPORTS: Final = Table(
    "driving_reports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("year", SmallInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("reporter_id", Uuid, nullable=False),
    Column("reporter", LargeBinary, comment="Encrypted: who reports; none once it was deleted by rule"),
    Column("event", LargeBinary, comment="Encrypted: place, plate, words; none once it was deleted by rule"),
    Column("plate_key", LargeBinary, comment="Keyed hash of the plate; none once it was deleted by rule"),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Column("county", String(2), nullable=False),
    Column("manoeuvres", ARRAY(String(2)), nullable=False),
    Column("institution_id", Uuid, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("upload_by", DateTime(timezone=True), nullable=False),
    Column("barred_after", Date, nullable=False),
    Column("declaration", String(32), nullable=False, comment="The version of what the reporter declared"),
    Column("assurance", String(16), nullable=False, comment="How sure it was who they are"),
    Column("state", String(20), nullable=False),
    Column("reason", String(20)),
    Column("submitted_at", DateTime(timezone=True)),
    Column("officer_id", Uuid),
    Column("vehicle", String(16), comment="What the register of vehicles says of the plate"),
    Column("joined_to", Uuid, ForeignKey("driving_reports.id")),
    Column("proces_verbal_id", Uuid, ForeignKey("proces_verbale.id")),
    Column("decided_at", DateTime(timezone=True)),
    Column("video_until", Date, comment="The last day on which the recording is kept"),
    Column("deleted_at", DateTime(timezone=True), comment="When what is personal was deleted by rule"),
    Column("version", Integer, nullable=False),
    UniqueConstraint("year", "number"),
    Index(None, "reporter_id", "id"),
    Index(None, "institution_id", "state", "submitted_at", "id"),
    Index(None, "plate_key", "happened_at"),
    Index("ix_driving_reports_joined", "joined_to", postgresql_where=text("joined_to IS NOT NULL")),
    Index(
        "ix_driving_reports_awaiting",
        "upload_by",
        postgresql_where=text("state = 'AWAITING_VIDEO'"),
    ),
    Index(
        "ix_driving_reports_open",
        "barred_after",
        postgresql_where=text("state IN ('SUBMITTED', 'ELIGIBILITY_CHECK', 'UNDER_REVIEW', 'OWNER_INQUIRY')"),
    ),
    Index(
        "ix_driving_reports_video_until",
        "video_until",
        postgresql_where=text("video_until IS NOT NULL AND deleted_at IS NULL"),
    ),
    Index("ix_driving_reports_over", "id", postgresql_where=text(OVER)),
    Index("ix_driving_reports_sanctioned", "id", postgresql_where=text("state = 'SANCTIONED'")),
    Index(None, "submitted_at"),
    comment="Reports of aggressive driving (OUG 195/2002 art. 109^1)",
)

DRIVING_REPORT_STEPS: Final = Table(
    "driving_report_steps",
    metadata,
    Column("driving_report_id", Uuid, ForeignKey("driving_reports.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False, comment="The state it came to"),
    Column("reason", String(20)),
    Column("note", LargeBinary, comment="Encrypted: what the officer wrote down, for officers"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Uuid, comment="The officer or the reporter; none for the clock"),
    PrimaryKeyConstraint("driving_report_id", "version"),
    comment="The trail of reports: nothing is ever changed here",
)

DRIVING_REPORT_NUMBERS: Final = Table(
    "driving_report_numbers",
    metadata,
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    comment="The last number that was given in a year",
)

OWNER_INQUIRIES: Final = Table(
    "owner_inquiries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("driving_report_id", Uuid, ForeignKey("driving_reports.id"), nullable=False),
    Column("asked", LargeBinary, comment="Encrypted: who was asked; none once it was deleted by rule"),
    Column("asked_on", Date, nullable=False),
    Column("answer_by", Date, nullable=False),
    Column("asked_by", Uuid, nullable=False, comment="The officer"),
    Column("answered_on", Date),
    Column("outcome", String(20)),
    Column("answer", LargeBinary, comment="Encrypted: who drove, or who has the vehicle"),
    Column("recorded_by", Uuid),
    Column("version", Integer, nullable=False),
    Index(None, "driving_report_id", "id"),
    comment="The duty of owners to say who drove (OUG 195/2002 art. 39)",
)
