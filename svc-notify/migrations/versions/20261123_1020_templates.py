"""Templates of institutions, in versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261123_1020"
down_revision = "20261123_1010"
branch_labels = None
depends_on = None

# What was once active is what people were sent: not even the application can change its words.
KEEP = """
CREATE FUNCTION keep_sent_templates() RETURNS trigger
LANGUAGE plpgsql SET search_path = notify, pg_temp
AS $$
BEGIN
    IF OLD.state IN ('ACTIVE', 'RETIRED') AND NEW.content IS DISTINCT FROM OLD.content THEN
        RAISE EXCEPTION 'a version that was once active keeps its content' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$
"""
TRIGGER = """
CREATE TRIGGER keep_sent_templates BEFORE UPDATE ON templates
FOR EACH ROW EXECUTE FUNCTION keep_sent_templates()
"""


def upgrade() -> None:
    op.create_table(
        "templates",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "revision", sa.Integer(), nullable=False, comment="The step of the template that changed it last"
        ),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("content", JSONB(), nullable=False, comment="Words and what they take: nothing personal"),
        sa.Column("base", sa.SmallInteger(), comment="The version that it was made from"),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writers", ARRAY(sa.Uuid()), nullable=False, comment="Who may not approve it"),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("returned_for", sa.String(2000), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state <> 'ACTIVE' OR decided_by <> ALL (writers)", name="ck_templates_four_eyes"),
        sa.PrimaryKeyConstraint("institution_id", "key", "version", name="pk_templates"),
        comment="One row for each version of a template; one that was once active keeps its content",
    )
    op.create_index(
        "uq_templates_active",
        "templates",
        ["institution_id", "key"],
        unique=True,
        postgresql_where=sa.text("state = 'ACTIVE'"),
    )
    op.create_index(
        "uq_templates_working",
        "templates",
        ["institution_id", "key"],
        unique=True,
        postgresql_where=sa.text("state IN ('DRAFT', 'IN_REVIEW')"),
    )
    op.execute(KEEP)
    op.execute(TRIGGER)
    op.execute("REVOKE DELETE ON templates FROM notify_app")


def downgrade() -> None:
    op.drop_table("templates")
    op.execute("DROP FUNCTION keep_sent_templates")
