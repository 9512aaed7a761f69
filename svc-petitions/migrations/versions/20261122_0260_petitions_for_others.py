"""Petitions name both the one in whose name they are and the one who filed them."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_0260"
down_revision = "20261121_2310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("petitions", "person_id", comment="In whose name: a person or an organisation")
    op.add_column("petitions", sa.Column("acting_person_id", sa.Uuid(), comment="Who filed it"))
    op.add_column("petitions", sa.Column("mandate_id", sa.Uuid()))
    op.execute("UPDATE petitions SET acting_person_id = person_id")
    op.alter_column("petitions", "acting_person_id", nullable=False)
    op.create_check_constraint(
        "ck_petitions_mandate", "petitions", "(person_id = acting_person_id) = (mandate_id IS NULL)"
    )


def downgrade() -> None:
    op.drop_constraint("ck_petitions_mandate", "petitions")
    op.drop_column("petitions", "mandate_id")
    op.drop_column("petitions", "acting_person_id")
    op.alter_column("petitions", "person_id", comment=None)
