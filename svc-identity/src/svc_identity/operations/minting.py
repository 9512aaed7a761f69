"""Tokens for a grant: what every way to get them ends with."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import grant as grants
from ..domain import rules, scopes
from ..domain.client import Client, GrantType
from ..domain.grant import Grant, Token, TokenKind
from ..domain.rules import RuleId
from ..domain.signing_key import Use
from ..provider import Provider
from ..storage import grants as storage
from . import subjects


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client gets: the texts of its tokens, given out this once.

    `jkt` is the thumbprint of the key that the access token is bound to; none for a bearer token.
    """

    access_token: str
    expires_in: int
    scopes: tuple[str, ...]
    refresh_token: str | None
    id_token: str | None
    jkt: str | None = None


async def mint(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    grant: Grant,
    access_scopes: tuple[str, ...],
    now: datetime,
    *,
    nonce: str | None = None,
    jkt: str | None = None,
    refreshable: bool = True,
) -> Issued:
    """Make and store the tokens of a grant (`make`)."""
    issued, made = make(
        provider, client, grant, access_scopes, now, nonce=nonce, jkt=jkt, refreshable=refreshable
    )
    await storage.add_tokens(session, made)
    return issued


def make(
    provider: Provider,
    client: Client,
    grant: Grant,
    access_scopes: tuple[str, ...],
    now: datetime,
    *,
    nonce: str | None = None,
    jkt: str | None = None,
    refreshable: bool = True,
) -> tuple[Issued, list[Token]]:
    """Make the tokens of a grant: access, refresh (`offline_access`) and ID token (`openid`).

    A client that stands for itself gets an access token only, one that is not registered for refresh
    tokens none of them. `jkt` is the key that the access token is
    bound to, and with it the refresh token of a client that can prove itself in no other way (RFC 9449, 5).
    The second part is what is to be stored of them.
    """
    validity = rules.duration(RuleId.ACCESS_TOKEN_VALIDITY, now)
    access = grants.ACCESS_PREFIX + secrets.token_urlsafe(32)
    access_hash = grants.hash_of(access)
    made = [Token(access_hash, grant.id, TokenKind.ACCESS, access_scopes, now, now + validity, jkt=jkt)]
    next_refresh = None
    stays = refreshable and GrantType.REFRESH in client.grant_types
    if stays and grant.account_id and scopes.OFFLINE_ACCESS in grant.scopes:
        next_refresh = grants.REFRESH_PREFIX + secrets.token_urlsafe(32)
        ends = now + rules.duration(RuleId.REFRESH_TOKEN_VALIDITY, now)
        refresh_hash = grants.hash_of(next_refresh)
        bound_to = None if client.is_confidential else jkt
        made.append(Token(refresh_hash, grant.id, TokenKind.REFRESH, grant.scopes, now, ends, jkt=bound_to))
    id_token = None
    if grant.account_id and scopes.OPENID in grant.scopes:
        claims = _id_claims(provider, client, grant, access, nonce, now)
        id_token = provider.key_ring.sign(Use.ID_TOKEN, claims, now)
    return Issued(access, int(validity.total_seconds()), access_scopes, next_refresh, id_token, jkt), made


def _id_claims(
    provider: Provider, client: Client, grant: Grant, access_token: str, nonce: str | None, now: datetime
) -> dict[str, Any]:
    digest = hashlib.sha256(access_token.encode()).digest()
    claims = {
        "iss": provider.issuer,
        "sub": subjects.of_grant(provider.master_key, client, grant),
        "aud": grant.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + rules.duration(RuleId.ID_TOKEN_VALIDITY, now)).timestamp()),
        "auth_time": int(grant.authenticated_at.timestamp()),
        "acr": grant.assurance,
        "amr": list(grant.methods),
        "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
    }
    if grant.session_id:
        claims["sid"] = str(grant.session_id)
    return claims if nonce is None else claims | {"nonce": nonce}
