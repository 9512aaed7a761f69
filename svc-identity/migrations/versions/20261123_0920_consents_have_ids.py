"""A consent has an id and a version, so that what is told of it can be put in order."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0920"
down_revision = "20261123_0910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "consents",
        sa.Column(
            "id",
            sa.Uuid(),
            nullable=False,
            server_default=sa.text("gen_random_uuid()"),
            comment="Another one each time that it is given anew",
        ),
    )
    op.add_column(
        "consents",
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            server_default="1",
            comment="Counts what the person has agreed to, from 1",
        ),
    )
    op.alter_column("consents", "id", server_default=None)
    op.alter_column("consents", "version", server_default=None)


def downgrade() -> None:
    op.drop_column("consents", "version")
    op.drop_column("consents", "id")
