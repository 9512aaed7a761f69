"""What the clock has told of points, when registers are asked again, licences taken away, and contests."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0030"
down_revision = "20261123_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expiry_looks",
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column(
            "look_on",
            sa.Date(),
            nullable=True,
            comment="Not after the next day on which points expire; none when none can",
        ),
        sa.PrimaryKeyConstraint("driver_id", name="pk_expiry_looks"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_expiry_looks_drivers"),
    )
    op.create_index("ix_expiry_looks_look_on", "expiry_looks", ["look_on"])
    op.create_table(
        "expiries",
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column(
            "day", sa.Date(), nullable=False, comment="The first day on which some points no longer count"
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("driver_id", "day", name="pk_expiries"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_expiries_drivers"),
        comment="What was told of expired points: nothing is ever changed here",
    )
    # A look that comes too early finds the right day itself.
    op.execute(
        "INSERT INTO expiry_looks (driver_id, look_on)"
        " SELECT driver_id, CURRENT_DATE FROM entries WHERE points > 0 GROUP BY driver_id"
    )
    op.create_table(
        "licence_steps",
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("fact_on", sa.Date(), nullable=False, comment="Its day, Europe/Bucharest"),
        sa.Column(
            "recorded_by", sa.Uuid(), nullable=True, comment="The officer; none for what the register told"
        ),
        sa.Column("institution_id", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("driver_id", "id", name="pk_licence_steps"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_licence_steps_drivers"),
        comment="Licences taken away and given back: nothing is ever changed here",
    )
    op.add_column(
        "drivers",
        sa.Column(
            "ask_after",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The clock does not ask the register before; none when it has not asked yet",
        ),
    )
    op.create_index(
        "ix_drivers_to_ask", "drivers", ["asked_at"], postgresql_where=sa.text("person_id IS NOT NULL")
    )
    op.create_table(
        "contests",
        sa.Column("id", sa.Uuid(), nullable=False, comment="The petition has the same"),
        sa.Column("driver_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("proces_verbal_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="Keyed hash of what was asked for"),
        sa.Column(
            "words", sa.LargeBinary(), nullable=True, comment="Encrypted; none once the petition has them"
        ),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column(
            "try_after", sa.DateTime(timezone=True), nullable=True, comment="None once it is registered"
        ),
        sa.Column("number", sa.String(32), nullable=True, comment="Number and date of the petition"),
        sa.Column("registered_at", sa.DateTime(timezone=True)),
        sa.Column("answer_due_on", sa.Date()),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True, comment="When the petition ended"),
        sa.PrimaryKeyConstraint("id", name="pk_contests"),
        sa.ForeignKeyConstraint(["driver_id"], ["drivers.id"], name="fk_contests_drivers"),
        sa.ForeignKeyConstraint(
            ["proces_verbal_id"], ["proces_verbale.id"], name="fk_contests_proces_verbale"
        ),
    )
    op.create_index("ix_contests_driver_id", "contests", ["driver_id"])
    op.create_index("ix_contests_person_id", "contests", ["person_id"])
    op.create_index(
        "uq_contests_one_of_a_line",
        "contests",
        ["proces_verbal_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_contests_waiting",
        "contests",
        ["try_after"],
        postgresql_where=sa.text("try_after IS NOT NULL"),
    )
    op.execute('REVOKE DELETE, TRUNCATE ON contests FROM "traffic-history_app"')
    op.execute('REVOKE UPDATE, DELETE, TRUNCATE ON expiries, licence_steps FROM "traffic-history_app"')


def downgrade() -> None:
    op.drop_index("ix_drivers_to_ask", "drivers")
    op.drop_column("drivers", "ask_after")
    for table in ("contests", "licence_steps", "expiries", "expiry_looks"):
        op.drop_table(table)
