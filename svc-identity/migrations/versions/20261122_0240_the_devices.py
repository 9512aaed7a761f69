"""Requests of devices, messages of logout, and hints that name a person as the client knows them."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0240"
down_revision = "20261122_0230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("authorizations", "hinted_person")
    op.add_column("authorizations", sa.Column("hinted_subject", sa.Text()))


def downgrade() -> None:
    op.drop_column("authorizations", "hinted_subject")
    op.add_column("authorizations", sa.Column("hinted_person", sa.Uuid()))
