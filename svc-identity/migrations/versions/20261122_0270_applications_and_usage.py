"""Client applications in the hands of their owners, their reviews and usage; consents as receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261122_0270"
down_revision = "20261122_0260"
branch_labels = None
depends_on = None


def upgrade() -> None:
    added = (
        (sa.Column("state", sa.String(16)), "'ACTIVE'"),
        (sa.Column("environment", sa.String(16)), "'PRODUCTION'"),
        (sa.Column("plan", sa.String(16)), "'STANDARD'"),
        (sa.Column("version", sa.Integer()), "1"),
    )
    for column, value in added:
        column.nullable = False
        column.server_default = sa.DefaultClause(sa.text(value))
        op.add_column("clients", column)
        op.alter_column("clients", column.name, server_default=None)
    op.add_column("clients", sa.Column("owner_id", sa.Uuid()))
    op.add_column("clients", sa.Column("former_secret_hash", sa.LargeBinary()))
    op.add_column("clients", sa.Column("former_secret_until", sa.DateTime(timezone=True)))
    op.create_index("ix_clients_owner_id", "clients", ["owner_id"])
    op.add_column("consents", sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE consents SET changed_at = given_at")
    op.alter_column("consents", "changed_at", nullable=False)
    op.add_column("consents", sa.Column("used_at", sa.DateTime(timezone=True)))
    op.add_column("consents", sa.Column("assurance", sa.String(16)))
    op.add_column("consents", sa.Column("institution_id", sa.Uuid()))
    _reviews()
    _usage()


def _reviews() -> None:
    op.create_table(
        "client_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("metadata", JSONB(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_client_reviews"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_client_reviews_clients", ondelete="CASCADE"
        ),
        comment="Requests that a client may serve everybody, and how they were decided",
    )
    waiting = sa.text("state = 'REQUESTED'")
    op.create_index(
        "uq_client_reviews_client_id",
        "client_reviews",
        ["client_id"],
        unique=True,
        postgresql_where=waiting,
    )
    op.create_index("ix_client_reviews_client_id_id", "client_reviews", ["client_id", "id"])
    op.create_index("ix_client_reviews_requested", "client_reviews", ["id"], postgresql_where=waiting)


def _usage() -> None:
    op.create_table(
        "client_usage",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_class", sa.String(3), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "hour", "status_class", name="pk_client_usage"),
        comment="Requests of clients by hour and class of answer, as the gateways counted them",
    )
    op.create_index("ix_client_usage_hour", "client_usage", ["hour"])
    op.create_table(
        "usage_reports",
        sa.Column("replica", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("replica", name="pk_usage_reports"),
        comment="The newest tally that each gateway has handed over: one that comes again changes nothing",
    )
    op.create_index("ix_usage_reports_at", "usage_reports", ["at"])


def downgrade() -> None:
    for table in ("usage_reports", "client_usage", "client_reviews"):
        op.drop_table(table)
    for name in ("institution_id", "assurance", "used_at", "changed_at"):
        op.drop_column("consents", name)
    for name in ("former_secret_until", "former_secret_hash", "owner_id"):
        op.drop_column("clients", name)
    for name in ("version", "plan", "environment", "state"):
        op.drop_column("clients", name)
