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
    op.execute('REVOKE UPDATE, DELETE, TRUNCATE ON expiries, licence_steps FROM "traffic-history_app"')


def downgrade() -> None:
    op.drop_index("ix_drivers_to_ask", "drivers")
    op.drop_column("drivers", "ask_after")
    for table in ("licence_steps", "expiries", "expiry_looks"):
        op.drop_table(table)
