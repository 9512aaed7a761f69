"""The events that partners may see, in their order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_1000"
down_revision = "20261123_0950"
branch_labels = None
depends_on = None


def _event(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(128), nullable=False),
        sa.Column(
            "subject", sa.String(128), comment="The aggregate's id; none where that stands for a person"
        ),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Uuid(), comment="Whose file it is"),
        sa.Column("person_id", sa.Uuid(), comment="Whom it is about"),
        sa.Column(
            "scope",
            sa.String(64),
            comment="What an application of the person's needs; none: not for people",
        ),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("sandbox_client_id", sa.String(64), comment="The application whose test it is"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="The CloudEvent that is handed on, JSON"),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
    ]


def _cell() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("day", sa.Date(), nullable=False, comment="Europe/Bucharest"),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("handed_over", sa.BigInteger(), nullable=False),
        sa.Column("soon", sa.BigInteger(), nullable=False, comment="Of these, within 10 seconds"),
        sa.Column("failed", sa.BigInteger(), nullable=False, comment="Not handed over at all"),
    ]


def upgrade() -> None:
    op.create_table(
        "feed_arrivals",
        sa.Column("arrived", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_event("feed_arrivals"),
        sa.PrimaryKeyConstraint("arrived", name="pk_feed_arrivals"),
        comment="Events that have no position yet",
    )
    op.create_table(
        "feed_events",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        *_event("feed_events"),
        sa.Column(
            "placed_at", sa.DateTime(timezone=True), nullable=False, comment="From when on it can be read"
        ),
        sa.PrimaryKeyConstraint("position", name="pk_feed_events"),
        comment="Events that partners may see; who sees a position has seen or can see all before it",
    )
    op.create_index("ix_feed_events_institution_id_position", "feed_events", ["institution_id", "position"])
    op.create_index("ix_feed_events_person_id_position", "feed_events", ["person_id", "position"])
    op.create_index(
        "ix_feed_events_public", "feed_events", ["position"], postgresql_where=sa.text("is_public")
    )
    op.create_table(
        "feed_ends",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False, comment="The highest position that was given"),
        sa.Column(
            "forgotten",
            sa.BigInteger(),
            nullable=False,
            comment="The highest position that is no longer kept",
        ),
        sa.CheckConstraint("id = 1", name="ck_feed_ends_one"),
        sa.PrimaryKeyConstraint("id", name="pk_feed_ends"),
        comment="Where the feed ends; whoever gives positions holds the row",
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "scopes",
            postgresql.JSONB(),
            nullable=False,
            comment="Scope to the moment from which on it was agreed to",
        ),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="0 of one whose withdrawal was heard first"
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        comment="Own copy of which applications people let follow what happens with them, fed by events",
    )
    op.create_index("ix_consents_person_id_client_id", "consents", ["person_id", "client_id"])
    op.add_column(
        "sandbox_people",
        sa.Column("client_id", sa.String(64), comment="The application that they were invented for"),
    )
    op.create_table(
        "rule_tables",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_rule_tables"),
        comment="The copy of svc-catalog's legal numbers, one row a code, fed by its events",
    )
    op.create_table(
        "figure_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_cell(),
        sa.PrimaryKeyConstraint("id", name="pk_figure_notes"),
        comment="What has just ended, until it is added to the figures: nobody waits for anybody's row",
    )
    op.create_table(
        "figures",
        *_cell(),
        sa.PrimaryKeyConstraint("day", "channel", "lane", name="pk_figures"),
        comment="What was handed over, by day, channel and lane",
    )
    op.execute("REVOKE UPDATE ON feed_arrivals, feed_events FROM notify_app")


def downgrade() -> None:
    op.drop_table("figures")
    op.drop_table("figure_notes")
    op.drop_table("rule_tables")
    op.drop_column("sandbox_people", "client_id")
    op.drop_table("consents")
    op.drop_table("feed_ends")
    op.drop_table("feed_events")
    op.drop_table("feed_arrivals")
