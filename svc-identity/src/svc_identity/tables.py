"""The tables of the schema `identity`."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from hub_events import outbox
from hub_service import idempotency

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
outbox.attach(metadata)
idempotency.attach(metadata)

ACCOUNTS = Table(
    "accounts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(512), nullable=False),
    Column("given_name", String(100), nullable=False),
    Column("family_name", String(100), nullable=False),
    Column("language", String(2), nullable=False),
    Column("password_hash", String(256), nullable=False),
    Column("state", String(32), nullable=False),
    Column("assurance", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    # sign-ups that nobody confirmed yet may stand side by side for one address
    Index("uq_accounts_email_key", "email_key", unique=True, postgresql_where=text("state <> 'STARTED'")),
    Index("ix_accounts_started", "created_at", postgresql_where=text("state = 'STARTED'")),
    comment="People; id is the person's id everywhere in the hub",
)

CONFIRMATIONS = Table(
    "confirmations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String(32), nullable=False),
    Column("state", String(32), nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    comment="E-mail addresses to be confirmed; the codes are derived, never stored",
)

COUNTERS = Table(
    "counters",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False, index=True),
    comment="Tries by login name, device or address; each known by a keyed hash only",
)

SESSIONS = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("assurance", String(16), nullable=False),
    Column("methods", ARRAY(String(16)), nullable=False),
    Column("device", String(64), nullable=False),
    Column("signed_in_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_reason", String(32)),
    comment="Sign-ins: one person at one browser",
)

CLIENTS = Table(
    "clients",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("names", JSONB, nullable=False),
    Column("authentication", String(32), nullable=False),
    Column("application_type", String(16), nullable=False),
    Column("secret_hash", LargeBinary),
    Column("redirect_uris", ARRAY(Text), nullable=False),
    Column("post_logout_redirect_uris", ARRAY(Text), nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    comment="Applications that people sign in to",
)

AUTHORIZATIONS = Table(
    "authorizations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("state", Text),
    Column("nonce", Text),
    Column("code_challenge", String(43), nullable=False),
    Column("prompts", ARRAY(String(16)), nullable=False),
    Column("max_age", Integer),
    Column("login_hint", Text),
    Column("language", String(2)),
    Column("hinted_person", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("consented_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    comment="Authorization requests that wait for their person",
)

CONSENTS = Table(
    "consents",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("account_id", "client_id"),
    comment="What a person has agreed that an application may do",
)

GRANTS = Table(
    "grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("client_id", String(64), ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("nonce", Text),
    Column("redirect_uri", Text, nullable=False),
    Column("code_hash", LargeBinary, nullable=False, unique=True),
    Column("code_challenge", String(43), nullable=False),
    Column("code_expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("assurance", String(16), nullable=False),
    Column("methods", ARRAY(String(16)), nullable=False),
    Column("authenticated_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("code_used_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("end_reason", String(32)),
    comment="Token families: what one application was given for one sign-in",
)

TOKENS = Table(
    "tokens",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("grant_id", Uuid, ForeignKey("grants.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("scopes", ARRAY(String(64)), nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("used_at", DateTime(timezone=True)),
    comment="Opaque tokens, by their SHA-256",
)

SIGNING_KEYS = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("use", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("public", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("signs_from", DateTime(timezone=True), nullable=False),
    Column("signs_until", DateTime(timezone=True), nullable=False),
    Column("published_until", DateTime(timezone=True), nullable=False),
    comment="Key pairs of the provider; the private half is encrypted (AES-GCM)",
)
