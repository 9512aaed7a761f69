"""What people want told how, addresses that take nothing, and what a message rests on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_0920"
down_revision = "20261123_0910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "messages",
        sa.Column(
            "purpose",
            sa.String(16),
            nullable=False,
            server_default="TRANSACTIONAL",
            comment="What it rests on",
        ),
    )
    op.alter_column("messages", "purpose", server_default=None)
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channels", JSONB(), nullable=False, comment="Group to the channels chosen for it"),
        sa.Column(
            "opt_ins",
            JSONB(),
            nullable=False,
            comment="What was asked for, when, by which words, until when",
        ),
        sa.Column(
            "unsubscribed",
            JSONB(),
            nullable=False,
            comment="Groups, some of one institution only, since when",
        ),
        sa.Column("sms_diacritics", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), comment="Minute of the day; everybody's where it is null"),
        sa.Column("quiet_until", sa.SmallInteger()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("num_nonnulls(quiet_from, quiet_until) <> 1", name="ck_preferences_quiet"),
        sa.PrimaryKeyConstraint("person_id", name="pk_preferences"),
        comment="One row for each person who has chosen anything",
    )
    op.create_index(
        "ix_preferences_unsubscribed",
        "preferences",
        ["unsubscribed"],
        postgresql_using="gin",
        postgresql_ops={"unsubscribed": "jsonb_path_ops"},
    )
    op.create_table(
        "suppressions",
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="Keyed hash of channel and address"),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("person_id", sa.Uuid(), comment="Whose address it is, where it is an account's"),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), comment="When its owner last had it tried again"),
        sa.PrimaryKeyConstraint("digest", name="pk_suppressions"),
        comment="Addresses that sent messages back; none of them stands here",
    )
    op.create_index(
        "ix_suppressions_person",
        "suppressions",
        ["person_id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index("ix_suppressions_expires", "suppressions", ["expires_at"])


def downgrade() -> None:
    op.drop_table("suppressions")
    op.drop_table("preferences")
    op.drop_column("messages", "purpose")
