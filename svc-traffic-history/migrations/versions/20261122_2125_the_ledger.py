"""Reports, entries and suspensions; what is recorded is never changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261122_2125"
down_revision = "20261122_2110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proces_verbale",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(8), nullable=False),
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column(
            "institution_id",
            sa.Uuid(),
            nullable=True,
            comment="Who found the offences; none for what the register told",
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county", sa.String(2), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column(
            "recorded_by",
            sa.Uuid(),
            nullable=True,
            comment="The officer; none for what the register told",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proces_verbale"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_proces_verbale_drivers"),
        sa.UniqueConstraint("series", "number", name="uq_proces_verbale_series_number"),
        comment="Contravention reports: nothing is ever changed here",
    )
    op.create_table(
        "entries",
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column(
            "fact_on", sa.Date(), nullable=False, comment="The legal date of the fact, Europe/Bucharest"
        ),
        sa.Column("proces_verbal_id", sa.Uuid()),
        sa.Column("offence", sa.String(64)),
        sa.Column(
            "article",
            sa.String(120),
            nullable=True,
            comment="What was applied, as the rule of the day cited it",
        ),
        sa.Column("committed_on", sa.Date()),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("fine", sa.Numeric(12, 2)),
        sa.Column("half", sa.Numeric(12, 2), nullable=True, comment="What settles the fine within the term"),
        sa.Column("amount", sa.Numeric(12, 2), nullable=True, comment="What was paid"),
        sa.Column("outcome", sa.String(20)),
        sa.Column(
            "reverses",
            sa.Uuid(),
            nullable=True,
            comment="The entry of the same driver that a counter-entry takes back",
        ),
        sa.Column(
            "reason", sa.String(32), nullable=True, comment="The code of the reason of a counter-entry"
        ),
        sa.Column(
            "recorded_by",
            sa.Uuid(),
            nullable=True,
            comment="The officer; none for the register and for the clock",
        ),
        sa.Column("institution_id", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("driver_id", "id", name="pk_entries"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_entries_drivers"),
        sa.ForeignKeyConstraint(
            ["proces_verbal_id"], ["proces_verbale.id"], name="fk_entries_proces_verbale"
        ),
        sa.ForeignKeyConstraint(
            ["driver_id", "reverses"], ["entries.driver_id", "entries.id"], name="fk_entries_entries"
        ),
        comment="The ledger: nothing is ever changed here, what was wrong has a counter-entry",
    )
    op.create_index(
        "uq_entries_reversed_once",
        "entries",
        ["driver_id", "reverses"],
        unique=True,
        postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column("proces_verbal_id", sa.Uuid(), nullable=False),
        sa.Column("grounds", postgresql.ARRAY(sa.String(16)), nullable=False),
        sa.Column("increased", sa.Boolean(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column(
            "fact_on", sa.Date(), nullable=False, comment="The day of the last finding, or of the offence"
        ),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.Uuid()),
        sa.Column("notice_by", sa.Date(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("communicated_on", sa.Date()),
        sa.Column("hand_in_by", sa.Date()),
        sa.Column("handed_in_on", sa.Date()),
        sa.Column("begins_on", sa.Date()),
        sa.Column("ends_on", sa.Date()),
        sa.Column("reduced_by", sa.SmallInteger(), nullable=False),
        sa.Column("days_left", sa.SmallInteger(), nullable=True, comment="While a court stays it"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suspensions"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_suspensions_drivers"),
        sa.ForeignKeyConstraint(
            ["proces_verbal_id"], ["proces_verbale.id"], name="fk_suspensions_proces_verbale"
        ),
    )
    op.create_index("ix_suspensions_driver_id_id", "suspensions", ["driver_id", "id"], unique=False)
    op.create_index("ix_suspensions_by_state", "suspensions", ["state", "notice_by", "id"], unique=False)
    op.create_index(
        "ix_suspensions_in_effect",
        "suspensions",
        ["ends_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('RUNNING', 'REDUCED')"),
    )
    op.create_table(
        "suspension_steps",
        sa.Column("suspension_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False, comment="The state it came to"),
        sa.Column("fact_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_id",
            sa.Uuid(),
            nullable=True,
            comment="The officer; none for the register and for the clock",
        ),
        sa.PrimaryKeyConstraint("suspension_id", "version", name="pk_suspension_steps"),
        sa.ForeignKeyConstraint(
            ["suspension_id"], ["suspensions.id"], name="fk_suspension_steps_suspensions"
        ),
        comment="The trail of suspensions: nothing is ever changed here",
    )
    op.execute(
        "REVOKE UPDATE, DELETE, TRUNCATE ON entries, proces_verbale, suspension_steps"
        ' FROM "traffic-history_app"'
    )
    op.execute('REVOKE DELETE ON suspensions FROM "traffic-history_app"')


def downgrade() -> None:
    for table in ("suspension_steps", "suspensions", "entries", "proces_verbale"):
        op.drop_table(table)
