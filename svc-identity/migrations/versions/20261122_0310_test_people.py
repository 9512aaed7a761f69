"""People invented for applications in the sandbox."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0310"
down_revision = "20261122_0280"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sandbox_people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_sandbox_people_clients", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_sandbox_people"),
        comment="People invented for one application each; who is not here is never reset",
    )
    op.create_index("uq_sandbox_people_client_id_kind", "sandbox_people", ["client_id", "kind"], unique=True)


def downgrade() -> None:
    op.drop_table("sandbox_people")
