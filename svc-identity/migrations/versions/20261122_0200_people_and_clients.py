"""People whose identity was established; what applications may do; what tokens are bound to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261122_0200"
down_revision = "20261122_0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("accounts", "password_hash", nullable=True)
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("family_name", sa.String(100), nullable=False),
        sa.Column("given_name", sa.String(100), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("died_on", sa.Date()),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("established_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        comment="What registers say of people; id is that of the account, where there is one",
    )
    op.create_table(
        "identifiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(16), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_identifiers"),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name="fk_identifiers_people",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        comment="Numbers of people, encrypted, with a keyed hash for look-up",
    )
    op.create_index("ix_identifiers_person_id", "identifiers", ["person_id"])
    op.create_index("uq_identifiers_scheme_digest", "identifiers", ["scheme", "digest"], unique=True)
    _applications()


def _applications() -> None:
    added = (
        (sa.Column("profile", sa.String(16)), "'OPENID'"),
        (sa.Column("grant_types", ARRAY(sa.String(64))), "ARRAY['authorization_code', 'refresh_token']"),
        (sa.Column("jwks", JSONB()), "'[]'"),
        (sa.Column("subject_type", sa.String(16)), "'public'"),
        (sa.Column("sector", sa.String(253)), "''"),
        (sa.Column("dpop_bound", sa.Boolean()), "false"),
    )
    for column, value in added:
        column.nullable = False
        column.server_default = sa.DefaultClause(sa.text(value))
        op.add_column("clients", column)
        op.alter_column("clients", column.name, server_default=None)
    op.add_column("clients", sa.Column("backchannel_logout_uri", sa.Text()))
    op.add_column(
        "authorizations",
        sa.Column("acr_values", ARRAY(sa.String(16)), nullable=False, server_default=sa.text("'{}'")),
    )
    op.alter_column("authorizations", "acr_values", server_default=None)
    op.add_column("authorizations", sa.Column("dpop_jkt", sa.String(43)))
    op.add_column("authorizations", sa.Column("institution_id", sa.Uuid()))
    op.add_column("grants", sa.Column("dpop_jkt", sa.String(43)))
    op.add_column("grants", sa.Column("institution_id", sa.Uuid()))
    op.add_column("grants", sa.Column("mandate_id", sa.Uuid()))
    op.create_index("ix_grants_mandate_id", "grants", ["mandate_id"])
    op.add_column("tokens", sa.Column("jkt", sa.String(43)))


def downgrade() -> None:
    op.drop_column("tokens", "jkt")
    op.drop_index("ix_grants_mandate_id", "grants")
    for name in ("mandate_id", "institution_id", "dpop_jkt"):
        op.drop_column("grants", name)
    for name in ("institution_id", "dpop_jkt", "acr_values"):
        op.drop_column("authorizations", name)
    for name in (
        "backchannel_logout_uri",
        *("dpop_bound", "sector", "subject_type", "jwks", "grant_types", "profile"),
    ):
        op.drop_column("clients", name)
    op.drop_table("identifiers")
    op.drop_table("people")
    op.execute("DELETE FROM accounts WHERE password_hash IS NULL")
    op.alter_column("accounts", "password_hash", nullable=False)
