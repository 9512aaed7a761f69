"""Accounts, sign-ins, applications, token families and signing keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261122_0110"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _applications()
    _tokens()
    _what_every_service_has()


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(512), nullable=False),
        sa.Column("given_name", sa.String(100), nullable=False),
        sa.Column("family_name", sa.String(100), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("assurance", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        comment="People; id is the person's id everywhere in the hub",
    )
    op.create_index(
        "ix_accounts_started", "accounts", ["created_at"], postgresql_where=sa.text("state = 'STARTED'")
    )
    op.create_index(
        "uq_accounts_email_key",
        "accounts",
        ["email_key"],
        unique=True,
        postgresql_where=sa.text("state <> 'STARTED'"),
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_confirmations_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
        comment="E-mail addresses to be confirmed; the codes are derived, never stored",
    )
    op.create_index("ix_confirmations_account_id", "confirmations", ["account_id"])
    op.create_index("ix_confirmations_expires_at", "confirmations", ["expires_at"])
    op.create_table(
        "counters",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_counters"),
        comment="Tries by login name, device or address; each known by a keyed hash only",
    )
    op.create_index("ix_counters_last_at", "counters", ["last_at"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("assurance", sa.String(16), nullable=False),
        sa.Column("methods", ARRAY(sa.String(16)), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.String(32)),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_sessions_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
        comment="Sign-ins: one person at one browser",
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _applications() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("names", JSONB(), nullable=False),
        sa.Column("authentication", sa.String(32), nullable=False),
        sa.Column("application_type", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary()),
        sa.Column("redirect_uris", ARRAY(sa.Text()), nullable=False),
        sa.Column("post_logout_redirect_uris", ARRAY(sa.Text()), nullable=False),
        sa.Column("scopes", ARRAY(sa.String(64)), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
        comment="Applications that people sign in to",
    )
    op.create_table(
        "authorizations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("scopes", ARRAY(sa.String(64)), nullable=False),
        sa.Column("state", sa.Text()),
        sa.Column("nonce", sa.Text()),
        sa.Column("code_challenge", sa.String(43), nullable=False),
        sa.Column("prompts", ARRAY(sa.String(16)), nullable=False),
        sa.Column("max_age", sa.Integer()),
        sa.Column("login_hint", sa.Text()),
        sa.Column("language", sa.String(2)),
        sa.Column("hinted_person", sa.Uuid()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_authorizations_clients", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_authorizations"),
        comment="Authorization requests that wait for their person",
    )
    op.create_index("ix_authorizations_expires_at", "authorizations", ["expires_at"])
    op.create_table(
        "consents",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("scopes", ARRAY(sa.String(64)), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_consents_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name="fk_consents_clients", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "client_id", name="pk_consents"),
        comment="What a person has agreed that an application may do",
    )


def _tokens() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("scopes", ARRAY(sa.String(64)), nullable=False),
        sa.Column("nonce", sa.Text()),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_challenge", sa.String(43), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assurance", sa.String(16), nullable=False),
        sa.Column("methods", ARRAY(sa.String(16)), nullable=False),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_used_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end_reason", sa.String(32)),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_grants_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_grants_clients", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_grants_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.UniqueConstraint("code_hash", name="uq_grants_code_hash"),
        comment="Token families: what one application was given for one sign-in",
    )
    op.create_index("ix_grants_account_id", "grants", ["account_id"])
    op.create_index("ix_grants_code_expires_at", "grants", ["code_expires_at"])
    op.create_index("ix_grants_session_id", "grants", ["session_id"])
    op.create_table(
        "tokens",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("scopes", ARRAY(sa.String(64)), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_tokens_grants", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name="pk_tokens"),
        comment="Opaque tokens, by their SHA-256",
    )
    op.create_index("ix_tokens_expires_at", "tokens", ["expires_at"])
    op.create_index("ix_tokens_grant_id", "tokens", ["grant_id"])
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("use", sa.String(32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signs_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_keys"),
        comment="Key pairs of the provider; the private half is encrypted (AES-GCM)",
    )


def _what_every_service_has() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.String(200), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger()),
        sa.Column("headers", sa.JSON()),
        sa.Column("body", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_claimed_at", "idempotency_keys", ["claimed_at"])
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7: CloudEvents id and Nats-Msg-Id"),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("key", sa.String(200), nullable=False, comment="Aggregate id: order holds within it"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("traceparent", sa.String(55)),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("stream_seq", sa.BigInteger(), nullable=True, comment="Where the stream acknowledged it"),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        comment="Events to be published; the truth from which a stream that lost some is filled again",
    )
    op.create_index(
        "outbox_held", "outbox", ["stream_seq"], postgresql_where=sa.text("stream_seq IS NOT NULL")
    )
    op.create_index("outbox_waiting", "outbox", ["seq"], postgresql_where=sa.text("published_at IS NULL"))
