"""Entries in work with their versions and change log; what is published says when it was confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261122_0510"
down_revision = "20261122_0500"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "services",
        sa.Column(
            "confirmed_at", sa.DateTime(timezone=True), comment="When its provider last said that it is right"
        ),
    )
    op.add_column(
        "services", sa.Column("stale", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False, comment="Number of the newest version"),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("published", sa.Integer(), comment="Number of the version that people see"),
        sa.Column("working", sa.Integer(), comment="Number of the version that is worked on"),
        sa.Column("progress", sa.String(16), comment="Where that version stands"),
        sa.Column("pilot", sa.Boolean(), nullable=False),
        sa.Column("suspension", JSONB(none_as_null=True)),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("confirmed_by", sa.Uuid()),
        sa.Column("due_on", sa.Date(), comment="The day from which it counts as stale"),
        sa.Column("stale_since", sa.Date()),
        sa.Column("remind_on", sa.Date()),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("code", name="uq_entries_code"),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["institutions.id"],
            name="fk_entries_provider_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    for column in ("provider_id", "status", "progress"):
        op.create_index(f"ix_entries_{column}_code", "entries", [column, "code"])
    op.create_index("ix_entries_remind_on", "entries", ["remind_on"])
    op.create_table(
        "entry_versions",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column(
            "content", JSONB(), nullable=False, comment="The whole version, as domain.services.Service"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), comment="Empty: reference data"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writers", ARRAY(sa.Uuid()), nullable=False, comment="Who may not publish it"),
        sa.Column("base", sa.Integer(), comment="The version that it was made from"),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("reviewed_by", sa.Uuid()),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        sa.Column("returned_for", sa.Text(), nullable=False),
        sa.Column("published_by", sa.Uuid()),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("entry_id", "number", name="pk_entry_versions"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_entry_versions_entry_id"),
    )
    op.create_table(
        "entry_steps",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="The entry's after the step"),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), comment="The version that it concerns"),
        sa.Column("actor_id", sa.Uuid(), comment="Empty: reference data, or the clock"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "revision", name="pk_entry_steps"),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_entry_steps_entry_id"),
        comment="The change log: a line for each step, never changed",
    )


def downgrade() -> None:
    op.drop_table("entry_steps")
    op.drop_table("entry_versions")
    op.drop_table("entries")
    op.drop_column("services", "stale")
    op.drop_column("services", "confirmed_at")
