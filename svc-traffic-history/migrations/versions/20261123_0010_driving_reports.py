"""Reports of aggressive driving, their recordings, and county inspectorates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_0010"
down_revision = "20261122_2125"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "institutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("county", sa.String(length=2), nullable=True),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        comment="The few facts of svc-catalog's institutions that reports need, fed by its events",
    )
    op.create_index(op.f("ix_institutions_kind_county"), "institutions", ["kind", "county"], unique=False)
    op.create_table(
        "driving_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reporter",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: who reports; none once it was deleted by rule",
        ),
        sa.Column(
            "event",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: place, plate, words; none once it was deleted by rule",
        ),
        sa.Column(
            "plate_key",
            sa.LargeBinary(),
            nullable=True,
            comment="Keyed hash of the plate; none once it was deleted by rule",
        ),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county", sa.String(length=2), nullable=False),
        sa.Column("manoeuvres", postgresql.ARRAY(sa.String(length=2)), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upload_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("barred_after", sa.Date(), nullable=False),
        sa.Column(
            "declaration",
            sa.String(length=32),
            nullable=False,
            comment="The version of what the reporter declared",
        ),
        sa.Column("assurance", sa.String(length=16), nullable=False, comment="How sure it was who they are"),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "vehicle",
            sa.String(length=16),
            nullable=True,
            comment="What the register of vehicles says of the plate",
        ),
        sa.Column("joined_to", sa.Uuid(), nullable=True),
        sa.Column("proces_verbal_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "video_until", sa.Date(), nullable=True, comment="The last day on which the recording is kept"
        ),
        sa.Column(
            "deleted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When what is personal was deleted by rule",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["joined_to"], ["driving_reports.id"], name=op.f("fk_driving_reports_driving_reports")
        ),
        sa.ForeignKeyConstraint(
            ["proces_verbal_id"], ["proces_verbale.id"], name=op.f("fk_driving_reports_proces_verbale")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_driving_reports")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_driving_reports_year_number")),
        comment="Reports of aggressive driving (OUG 195/2002 art. 109^1)",
    )
    op.create_index(
        "ix_driving_reports_awaiting",
        "driving_reports",
        ["upload_by"],
        unique=False,
        postgresql_where=sa.text("state = 'AWAITING_VIDEO'"),
    )
    op.create_index(
        op.f("ix_driving_reports_institution_id_state_submitted_at_id"),
        "driving_reports",
        ["institution_id", "state", "submitted_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_driving_reports_joined",
        "driving_reports",
        ["joined_to"],
        unique=False,
        postgresql_where=sa.text("joined_to IS NOT NULL"),
    )
    op.create_index(
        "ix_driving_reports_open",
        "driving_reports",
        ["barred_after"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('SUBMITTED', 'ELIGIBILITY_CHECK', 'UNDER_REVIEW', 'OWNER_INQUIRY')"
        ),
    )
    op.create_index(
        op.f("ix_driving_reports_plate_key_happened_at"),
        "driving_reports",
        ["plate_key", "happened_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_driving_reports_reporter_id_id"), "driving_reports", ["reporter_id", "id"], unique=False
    )
    op.create_index(
        "ix_driving_reports_video_until",
        "driving_reports",
        ["video_until"],
        unique=False,
        postgresql_where=sa.text("video_until IS NOT NULL AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_driving_reports_over",
        "driving_reports",
        ["id"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('NOT_ELIGIBLE', 'NO_SANCTION', 'FORWARDED_CRIMINAL', 'CLOSED') AND video_until IS NULL"
        ),
    )
    op.create_index(
        "ix_driving_reports_sanctioned",
        "driving_reports",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'SANCTIONED'"),
    )
    op.create_index(
        op.f("ix_driving_reports_submitted_at"), "driving_reports", ["submitted_at"], unique=False
    )
    op.create_table(
        "driving_report_steps",
        sa.Column("driving_report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False, comment="The state it came to"),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column(
            "note",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: what the officer wrote down, for officers",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_id", sa.Uuid(), nullable=True, comment="The officer or the reporter; none for the clock"
        ),
        sa.ForeignKeyConstraint(
            ["driving_report_id"],
            ["driving_reports.id"],
            name=op.f("fk_driving_report_steps_driving_reports"),
        ),
        sa.PrimaryKeyConstraint("driving_report_id", "version", name=op.f("pk_driving_report_steps")),
        comment="The trail of reports: nothing is ever changed here",
    )
    op.create_table(
        "driving_report_numbers",
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_driving_report_numbers")),
        comment="The last number that was given in a year",
    )
    op.create_table(
        "owner_inquiries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("driving_report_id", sa.Uuid(), nullable=False),
        sa.Column(
            "asked",
            sa.LargeBinary(),
            nullable=True,
            comment="Encrypted: who was asked; none once it was deleted by rule",
        ),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False, comment="The officer"),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column(
            "answer", sa.LargeBinary(), nullable=True, comment="Encrypted: who drove, or who has the vehicle"
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["driving_report_id"], ["driving_reports.id"], name=op.f("fk_owner_inquiries_driving_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_inquiries")),
        comment="The duty of owners to say who drove (OUG 195/2002 art. 39)",
    )
    op.create_index(
        op.f("ix_owner_inquiries_driving_report_id_id"),
        "owner_inquiries",
        ["driving_report_id", "id"],
        unique=False,
    )
    op.create_table(
        "videos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("driving_report_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False, comment="Bytes, as announced"),
        sa.Column(
            "received", sa.BigInteger(), nullable=False, comment="Bytes that have arrived, from the beginning"
        ),
        sa.Column(
            "metadata", sa.LargeBinary(), nullable=True, comment="Encrypted: Upload-Metadata as it came"
        ),
        sa.Column(
            "announced_sha256",
            sa.LargeBinary(),
            nullable=True,
            comment="What the reporter's device computed, if it did",
        ),
        sa.Column("sha256", sa.LargeBinary(), nullable=True, comment="Of the whole, as it arrived"),
        sa.Column("container", sa.String(length=32), nullable=True),
        sa.Column("codec", sa.String(length=32), nullable=True),
        sa.Column("width", sa.SmallInteger(), nullable=True),
        sa.Column("height", sa.SmallInteger(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True, comment="When its last byte did"),
        sa.Column(
            "checked_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Until then somebody has it in hand",
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="When it came to its state"),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column(
            "refused",
            sa.String(length=32),
            nullable=True,
            comment="The problem's type, of one that was refused",
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["driving_report_id"], ["driving_reports.id"], name=op.f("fk_videos_driving_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_videos")),
        comment="Recordings of driving reports; their bytes lie in the store of documents",
    )
    op.create_index(
        op.f("ix_videos_driving_report_id_id"), "videos", ["driving_report_id", "id"], unique=False
    )
    op.create_index(
        "uq_videos_one_at_a_time",
        "videos",
        ["driving_report_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('RECEIVING', 'CHECKED')"),
    )
    op.create_index(
        "ix_videos_receiving",
        "videos",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'RECEIVING'"),
    )
    op.create_table(
        "video_parts",
        sa.Column("video_id", sa.Uuid(), nullable=False),
        sa.Column(
            "starts_at",
            sa.BigInteger(),
            nullable=False,
            comment="The byte of the recording that it begins with",
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False, comment="Where it lies in the store"),
        sa.ForeignKeyConstraint(["video_id"], ["videos.id"], name=op.f("fk_video_parts_videos")),
        sa.PrimaryKeyConstraint("video_id", "starts_at", name=op.f("pk_video_parts")),
        sa.UniqueConstraint("name", name=op.f("uq_video_parts_name")),
    )
    op.create_table(
        "custody",
        sa.Column("driving_report_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("video_id", sa.Uuid(), nullable=True),
        sa.Column(
            "sha256",
            sa.LargeBinary(),
            nullable=True,
            comment="Of the recording, where the act is about its bytes",
        ),
        sa.Column(
            "actor_id", sa.Uuid(), nullable=True, comment="The reporter or the officer; none for the clock"
        ),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=True),
        sa.Column(
            "salt",
            sa.LargeBinary(),
            nullable=False,
            comment="Random: what is told of people is a hash with it",
        ),
        sa.Column(
            "link", sa.LargeBinary(), nullable=False, comment="SHA-256 over the line before and this one"
        ),
        sa.ForeignKeyConstraint(
            ["driving_report_id"], ["driving_reports.id"], name=op.f("fk_custody_driving_reports")
        ),
        sa.PrimaryKeyConstraint("driving_report_id", "line", name=op.f("pk_custody")),
        comment="Who had a recording in hand, chained: nothing is ever changed here",
    )

    op.execute('REVOKE UPDATE, DELETE, TRUNCATE ON driving_report_steps, custody FROM "traffic-history_app"')
    op.execute('GRANT UPDATE (note) ON driving_report_steps TO "traffic-history_app"')
    op.execute(
        "REVOKE DELETE ON driving_reports, driving_report_numbers, owner_inquiries, videos"
        ' FROM "traffic-history_app"'
    )


def downgrade() -> None:
    for table in (
        *("custody", "video_parts", "videos", "owner_inquiries"),
        *("driving_report_numbers", "driving_report_steps", "driving_reports", "institutions"),
    ):
        op.drop_table(table)
