"""What applications in the sandbox are seen to do."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0340"
down_revision = "20261122_0310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_conduct",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("behaviour", sa.String(32), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_client_conduct_clients", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", "behaviour", name="pk_client_conduct"),
        comment="What requests of applications in the sandbox have shown, since their people were made",
    )


def downgrade() -> None:
    op.drop_table("client_conduct")
