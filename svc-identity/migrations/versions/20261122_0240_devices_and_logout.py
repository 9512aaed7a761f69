"""Devices, messages of logout, hints by the client's own subject, and families made of others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261122_0240"
down_revision = "20261122_0230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("authorizations", "hinted_person")
    op.add_column("authorizations", sa.Column("hinted_subject", sa.Text()))
    op.create_table(
        "device_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("scopes", ARRAY(sa.String(64)), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("grant_id", sa.Uuid()),
        sa.Column("spent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_device_requests"),
        sa.UniqueConstraint("code_hash", name="uq_device_requests_code_hash"),
        sa.UniqueConstraint("user_code_digest", name="uq_device_requests_user_code_digest"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_device_requests_clients", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name="fk_device_requests_grants", ondelete="CASCADE"
        ),
        comment="Devices that wait for a person to let them in (RFC 8628)",
    )
    op.create_index("ix_device_requests_expires_at", "device_requests", ["expires_at"])
    op.create_index("ix_device_requests_grant_id", "device_requests", ["grant_id"])
    op.add_column("authorizations", sa.Column("device_id", sa.Uuid()))
    op.create_foreign_key(
        "fk_authorizations_device_requests",
        "authorizations",
        "device_requests",
        ["device_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index("ix_authorizations_device_id", "authorizations", ["device_id"])
    op.create_table(
        "logout_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_logout_messages"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_logout_messages_clients", ondelete="CASCADE"
        ),
        comment="Back-channel logout: what clients have not been told yet",
    )
    op.create_index("ix_logout_messages_due_at", "logout_messages", ["due_at"])
    op.add_column("grants", sa.Column("parent_id", sa.Uuid()))
    op.create_foreign_key("fk_grants_grants", "grants", "grants", ["parent_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_grants_parent_id", "grants", ["parent_id"])


def downgrade() -> None:
    op.drop_index("ix_grants_parent_id", "grants")
    op.drop_constraint("fk_grants_grants", "grants")
    op.drop_column("grants", "parent_id")
    op.drop_table("logout_messages")
    op.drop_index("ix_authorizations_device_id", "authorizations")
    op.drop_constraint("fk_authorizations_device_requests", "authorizations")
    op.drop_column("authorizations", "device_id")
    op.drop_table("device_requests")
    op.drop_column("authorizations", "hinted_subject")
    op.add_column("authorizations", sa.Column("hinted_person", sa.Uuid()))
