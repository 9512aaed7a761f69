"""Client applications, what they ask for, and what people agreed to."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from .metadata import metadata

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
    Column("profile", String(16), nullable=False),
    Column("grant_types", ARRAY(String(64)), nullable=False),
    Column("jwks", JSONB, nullable=False),
    Column("subject_type", String(16), nullable=False),
    Column("sector", String(253), nullable=False),
    Column("dpop_bound", Boolean, nullable=False),
    Column("backchannel_logout_uri", Text),
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
    Column("hinted_subject", Text),
    Column("acr_values", ARRAY(String(16)), nullable=False),
    Column("dpop_jkt", String(43)),
    Column("institution_id", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("consented_at", DateTime(timezone=True)),
    Column("answered_at", DateTime(timezone=True)),
    Column("device_id", Uuid, ForeignKey("device_requests.id", ondelete="CASCADE"), index=True),
    Column("pushed_hash", LargeBinary, unique=True),
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
